"""What generated/ says of the run that wrote it, and whether that has been applied."""

from collections.abc import Collection
from pathlib import Path
from typing import Any

from modules.errors import CommandError
from modules.state import generated, json_file, orphaned_stacks, state_file


class Record(json_file.JsonModel):
    values: dict[str, Any]


def read(file: Path) -> dict[str, Any]:
    """The values in the file, by key; nothing where there is no file, or a damaged one, which is written anew."""
    try:
        found = json_file.read(file, Record, generated.NEXT_STEP)
    except CommandError:
        return {}
    return found.values if found else {}


def unread_if_applied(
    folder: Path, stack: str | None, resource: str | None, destroyed: Collection[str]
) -> list[str] | None:
    """Whether a state holds a resource of this type in this stack of generated/; None stands for any.

    None: no state does. A state that can't be read here may, unless `destroyed` names its stack: their stacks, where no
    other does; an empty list where one is known to.
    """
    stacks = [one for one in orphaned_stacks.previous_stacks(folder) if stack in (None, one)]
    found = orphaned_stacks.find_orphaned(stacks, (), folder, destroyed)
    if any(one.resources and (resource is None or resource in _types(folder, one.stack)) for one in found):
        return []
    return [one.stack for one in found if one.resources is None] or None


def _types(folder: Path, stack: str) -> set[str]:
    """Of the resources in its states on this machine."""
    of_stack = generated.folder_of(folder, stack)
    files = {generated.declared_backend(of_stack).local_file, *generated.stray_states(of_stack)} - {None}
    return {one.type for file in files if file for one in state_file.read(file).managed}
