"""A stack to be rendered, and a stack as it was."""

import json
from dataclasses import dataclass
from typing import Any

from modules.design.retirement import Before
from modules.spec.model import Spec

MANIFEST = "manifest.json"


@dataclass(frozen=True)
class Wanted:
    """A stack to be rendered: of which environment, its name there, and what it declared before."""

    spec: Spec
    part: str
    before: Before

    @property
    def name(self) -> str:
        """With the environment."""
        return self.spec.names.stack(self.part)


@dataclass(frozen=True)
class Rendered:
    """`entry`: the stack in the manifest, of `version`; `files`: path below the output folder -> content."""

    entry: dict[str, Any]
    version: str
    files: dict[str, bytes]


def as_json(value: Any) -> bytes:
    """The same bytes for the same value."""
    return (json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False) + "\n").encode()
