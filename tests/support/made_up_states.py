"""Local states as an apply of a generated tree would leave them, for what reads no more than their addresses."""

import json
from pathlib import Path

from modules.state import generated as generated_folder


def apply(generated: Path, *stacks: str) -> None:
    """Writes the states of these stacks, of all where none is named: every resource that is declared is held."""
    for stack in stacks or generated_folder.stacks_of(generated):
        folder = generated_folder.folder_of(generated, stack)
        file = generated_folder.declared_backend(folder).local_file
        assert file is not None
        held = [
            {"mode": "managed", "type": kind, "name": name, "instances": [{"attributes": {"id": name}}]}
            for kind, named in generated_folder.configuration(folder).resource.items()
            for name in named
        ]
        file.parent.mkdir(exist_ok=True)
        file.write_text(json.dumps({"version": 4, "resources": held}))
