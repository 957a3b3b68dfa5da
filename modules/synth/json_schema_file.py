"""services.schema.json beside services.yaml, for editors; it follows the model."""

import json
from pathlib import Path

from modules import kept

FILE_NAME = "services.schema.json"


def differences(root: Path) -> list[str]:
    """The file's name where it does not hold the schema of the model."""
    file = root / FILE_NAME
    return [] if file.is_file() and file.read_bytes() == _content() else [FILE_NAME]


def write(root: Path) -> list[str]:
    """Brings the file up to date; returns its name if it had to."""
    changed = differences(root)
    if changed:
        (root / FILE_NAME).write_bytes(_content())
    return changed


def _content() -> bytes:
    """It follows from the generator alone; to make it takes as long as half a run without a change."""
    if found := kept.find("schema", b""):
        return found
    from modules.spec.json_schema import schema

    made = (json.dumps(schema(), indent=2, ensure_ascii=False) + "\n").encode()
    kept.keep("schema", b"", made)
    return made
