"""Copies of states beside the copies of stacks: from files of this machine, or as `terraform state pull` gives them."""

import json
from pathlib import Path
from typing import Any

from modules import bounded_file
from modules.errors import CommandError
from modules.plan.stack_copy import is_of_kubernetes
from modules.plan.terraform import Terraform
from modules.state import state_file
from modules.state.applied_stacks import Stack
from modules.state.json_file import MAX_BYTES, shown

STATE = "terraform.tfstate"


def content(stack: Stack, backend: dict[str, Any], folder: Path, terraform: Terraform) -> dict[str, Any] | None:
    """The state of a stack; None where it was never applied. `folder` is an empty one that a remote state needs.

    `backend` is the block of `terraform` that says where the state is.

    Raises CommandError where it is damaged, can't be read, or Terraform is writing it.
    """
    file = stack.local_state
    raw = _pulled(stack, backend, folder, terraform) if file is None else _local(stack, file, terraform.command)
    if not raw.strip():
        return None
    where = shown(file) if file else f"the state of {stack.name}"
    state_file.parse(raw, where)
    return dict(json.loads(raw))


def without_kubernetes(state: dict[str, Any]) -> dict[str, Any]:
    """What the copy without its Kubernetes half holds: Terraform would announce to destroy the rest."""
    return {**state, "resources": [one for one in state["resources"] if not is_of_kubernetes(one["type"])]}


def _local(stack: Stack, file: Path, command: str) -> bytes:
    if state_file.is_locked(file):
        what = f"Terraform is running on it: {shown(file)} is locked."
        raise CommandError(f"{command} {stack.name}", what, "Wait for it to end, and run this again.")
    try:
        return bounded_file.read(file, MAX_BYTES)
    except (FileNotFoundError, NotADirectoryError):
        return b""
    except OSError as error:
        raise CommandError(shown(file), f"The file can't be read: {error.strerror}.", state_file.NEXT_STEP) from None


def _pulled(stack: Stack, backend: dict[str, Any], folder: Path, terraform: Terraform) -> bytes:
    """Asks by the stack's own backend, so that the login is that of an apply; nothing is locked or written."""
    (folder / "backend.tf.json").write_text(json.dumps({"terraform": backend}), encoding="utf-8")
    terraform.init(stack.name, folder)
    return terraform.run(stack.name, folder, "state", "pull").encode()
