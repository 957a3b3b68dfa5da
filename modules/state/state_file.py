"""A Terraform state file in its version 4, the only one that Terraform has written since 0.12."""

import fcntl
from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from modules.errors import CommandError
from modules.state import json_file
from modules.state.json_file import JsonModel

NEXT_STEP = "Restore it (Terraform keeps the previous one beside it as *.tfstate.backup), and run the command again."


class Instance(JsonModel):
    attributes: dict[str, Any] | None = None
    dependencies: list[str] = Field(default_factory=list)


class Resource(JsonModel):
    mode: str
    type: str
    name: str
    instances: list[Instance]


class Output(JsonModel):
    value: Any = None


class State(JsonModel):
    """What Terraform holds for a stack; without arguments, that of a stack that was never applied."""

    version: Literal[4]
    resources: list[Resource]
    outputs: dict[str, Output] = Field(default_factory=dict)
    lineage: str = ""  # the same in all versions of one state
    serial: int = 0  # goes up with each version

    @property
    def managed(self) -> list[Resource]:
        """Resources that are not data sources and exist at least once."""
        return [one for one in self.resources if one.mode == "managed" and one.instances]


NEVER_APPLIED = State(version=4, resources=[])


def read(file: Path) -> State:
    """The state; raises CommandError where the file is damaged."""
    return json_file.read(file, State, NEXT_STEP) or NEVER_APPLIED


def parse(content: bytes, where: str) -> State:
    """The state in these bytes; raises CommandError, with this place, where they are damaged."""
    return json_file.parse(content, State, where, NEXT_STEP) if content else NEVER_APPLIED


def is_readable(file: Path) -> bool:
    """Whether the file, if it is there, can be read."""
    try:
        read(file)
    except CommandError:
        return False
    return True


def lock_of(file: Path) -> Path:
    """The file that is there while Terraform works with a local state."""
    return file.with_name(f".{file.name}.lock.info")


def is_locked(file: Path) -> bool:
    """Whether a Terraform of this machine works with this local state now.

    Its lock is a POSIX record lock on the file, which ends with the process, while the file `lock_of` may stay:
    https://github.com/hashicorp/terraform/blob/v1.11.4/internal/states/statemgr/filesystem_lock_unix.go
    """
    try:
        with file.open("r+b") as opened:
            fcntl.lockf(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except OSError:
        return True
    return False
