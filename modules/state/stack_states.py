"""Where the states of a stack are, and what those on this machine hold."""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from modules.errors import CommandError
from modules.state import generated, state_file
from modules.state.generated import Backend
from modules.state.json_file import shown


@dataclass(frozen=True)
class StackStates:
    """The files in which Terraform may keep a stack on this machine, and what keeps it elsewhere, as phrases.

    `stray` are those of `local` that no backend names, such as those of workspaces.
    """

    local: frozenset[Path]
    stray: frozenset[Path]
    elsewhere: tuple[str, ...]

    @cached_property
    def held(self) -> frozenset[str]:
        """Addresses of all managed resources in those files that can be read, without their index."""
        return frozenset(f"{one.type}.{one.name}" for file in self.local for one in _managed(file) or ())

    @property
    def resources(self) -> dict[Path, int | None]:
        """Number of managed resources by file; None where it can't be read."""
        found = {file: _managed(file) for file in sorted(self.local)}
        return {
            file: None if resources is None else sum(len(one.instances) for one in resources)
            for file, resources in found.items()
        }

    @property
    def locks(self) -> list[Path]:
        """Files that are there while Terraform works with one of them."""
        return [lock for file in sorted(self.local) if _exists(lock := state_file.lock_of(file))]

    @cached_property
    def unread(self) -> list[str]:
        """Why something may be applied that is not in `held`; empty where nothing can be."""
        damaged = [f"{shown(file)} can't be read" for file, number in self.resources.items() if number is None]
        return [*damaged, *self.elsewhere]


def of(folder: Path, committed: Backend | None = None) -> StackStates:
    """Those of the stack in this folder of generated/stacks.

    What was generated, what was committed and what Terraform was initialised with counts: they differ after a change of
    backend. A new file that `git add -N` and `git checkout` emptied says nothing; then it is where those of the other
    stacks are.
    """
    if _size(generated.configuration_file(folder)) == 0:
        local, elsewhere = _beside(folder)
    else:
        local, elsewhere = _declared(folder, committed)
    stray = generated.stray_states(folder)
    return StackStates(frozenset(local | stray), frozenset(stray - local), tuple(elsewhere))


def _declared(folder: Path, committed: Backend | None = None) -> tuple[set[Path], list[str]]:
    try:
        is_gone = committed is not None and _size(generated.configuration_file(folder)) is None
        now = None if is_gone else generated.declared_backend(folder)
        backends: Iterable[Backend | None] = [now, committed, generated.initialised_backend(folder)]
    except CommandError:
        return set(), [f"{shown(folder)} does not say where it is"]
    local = {backend.local_file for backend in backends if backend and backend.local_file}
    if not folder.is_dir():  # no path leads through it then
        local = {Path(os.path.normpath(file)) for file in local}
    remote = {f"it is in the {backend.kind} backend" for backend in backends if backend and not backend.local_file}
    return local, sorted(remote)


def _beside(folder: Path) -> tuple[set[Path], list[str]]:
    """Where the state is if it is where the other stacks have theirs; each has the stack's name."""
    others = [other for other in sorted(folder.parent.iterdir()) if _size(generated.configuration_file(other))]
    local: set[Path] = set()
    remote: set[str] = set()
    for other in others:
        more, elsewhere = _declared(other)
        local |= {state.with_name(f"{folder.name}.tfstate") for state in more}
        remote |= set(elsewhere)
    return (local, sorted(remote)) if others else (set(), [f"{shown(folder)} does not say where it is"])


def _size(file: Path) -> int | None:
    """In bytes; None where there is no such file."""
    try:
        return file.stat().st_size
    except OSError:
        return None


def _managed(file: Path) -> list[state_file.Resource] | None:
    """Managed resources; None where the file can't be read."""
    try:
        return state_file.read(file).managed
    except CommandError:
        return None


def _exists(file: Path) -> bool:
    try:
        return file.exists()
    except OSError:
        return False
