"""A stack to be rendered, and a stack as it was."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from modules.design.retirement import Before
from modules.spec.model import Spec

MANIFEST = "manifest.json"
# For Terraform, and the same in JSON for programs: cdktf-cli reads no HCL, and asks for the second file by its path.
HCL, METADATA = "cdk.tf", "metadata.json"


@dataclass(frozen=True)
class Wanted:
    """A stack to be rendered: of which environment, its name there, and what it declared before."""

    spec: Spec
    part: str
    before: Before
    types: tuple[str, ...] = ()
    """Of stack `deployer` alone: what all other stacks of the environment have, sorted."""

    @property
    def name(self) -> str:
        """With the environment."""
        return self.spec.names.stack(self.part)

    @property
    def given(self) -> Any:
        """All that it is made of besides its spec."""
        return self.before, self.types


@dataclass(frozen=True)
class Rendered:
    """`entry`: the stack in the manifest, of `version`; `files`: path below the output folder -> content."""

    entry: dict[str, Any]
    version: str
    files: dict[str, bytes]

    @property
    def configuration(self) -> dict[str, Any]:
        """What the stack declares, whether for Terraform it is JSON or HCL."""
        path = Path(self.entry["synthesizedStackPath"])
        content = self.files[str(path.with_name(METADATA) if path.name == HCL else path)]
        found: dict[str, Any] = json.loads(content)
        return found


def as_json(value: Any) -> bytes:
    """The same bytes for the same value."""
    return (json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False) + "\n").encode()


def resources_in(configuration: bytes) -> int:
    """How many resources a configuration declares, which `as_json` has laid out; of hundreds, parsing takes longer."""
    _, found, declared = configuration.partition(b'\n  "resource": {')
    block, end, _ = declared.partition(b"\n  }")
    return block.count(b'\n      "') if found and end else 0
