"""Terraform remembers in .terraform how it was initialised, and asks what to do with the state where that differs.

Another role to log in with is no other place of the state, so there is nothing to ask.
"""

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from modules.errors import CommandError
from modules.state import generated, json_file
from modules.state.generated import Initialised

_LOGIN = "assume_role"


def forget(out: Path) -> None:
    """Lets the next `terraform init` of each stack whose backend in S3 has only another login begin anew."""
    for stack in generated.stack_folders(out):
        folder = generated.folder_of(out, stack)
        file = folder / ".terraform" / "terraform.tfstate"
        with suppress(CommandError):  # what is damaged, Terraform says itself
            found = json_file.read(file, Initialised, "")
            was = found.backend if found else None
            if was is None or was.type != "s3":
                continue
            declared = generated.configuration(folder).terraform.backend.get("s3")
            if declared and _only_login_differs(was.config or {}, declared):
                file.unlink(missing_ok=True)


def _only_login_differs(was: Mapping[str, Any], now: Mapping[str, Any]) -> bool:
    before = _given(was)
    return {name for name in before.keys() | now.keys() if before.get(name) != now.get(name)} == {_LOGIN}


def _given(values: Mapping[str, Any]) -> dict[str, Any]:
    """Terraform writes every argument that it knows, those that are not given as null."""
    return {
        name: _given(value) if isinstance(value, dict) else value for name, value in values.items() if value is not None
    }
