"""Find the stacks that generated/ would lose while Terraform may still hold resources in their state."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from modules.errors import CommandError
from modules.state import generated as generated_folder
from modules.state import state_file
from modules.state.json_file import shown


@dataclass(frozen=True)
class OrphanedStack:
    stack: str
    resources: int | None  # None: the state could not be read
    text: str  # what is found, and the next step


def previous_stacks(generated: Path) -> list[str]:
    """What generated/ holds: the stacks of cdktf's manifest, then the folders with a configuration that it misses."""
    named: list[str] = []
    with suppress(CommandError):  # a damaged manifest is written anew; the folders still name their stacks
        named = list(generated_folder.manifest(generated))
    return list(dict.fromkeys([*named, *generated_folder.stack_folders(generated)]))


def find_orphaned(
    previous: Iterable[str], current: Collection[str], generated: Path, destroyed: Collection[str] = ()
) -> list[OrphanedStack]:
    """The stacks of `previous` that may not be left out of `current`.

    `destroyed` names stacks whose state can't be read here and that the user vouches for;
    a state that can be read is believed before them.
    """
    gone = [stack for stack in previous if stack not in current]
    problems = [_orphaned(stack, generated_folder.folder_of(generated, stack), stack in destroyed) for stack in gone]
    return [problem for problem in problems if problem]


def _orphaned(stack: str, folder: Path, destroyed: bool) -> OrphanedStack | None:
    local, remote = _backends(folder)
    counts = {state: _managed(state) for state in sorted(local | generated_folder.stray_states(folder))}
    if locks := [lock for state in counts if _exists(lock := state_file.lock_of(state))]:
        return OrphanedStack(stack, None, _locked(stack, locks))
    if held := [state for state, count in counts.items() if count]:
        resources = sum(count or 0 for count in counts.values())
        stray = [state for state in held if state not in local]
        return OrphanedStack(stack, resources, _held(stack, resources, held, stray))
    if destroyed:
        return None
    if damaged := [state for state, count in counts.items() if count is None]:
        return OrphanedStack(stack, None, _damaged(stack, damaged))
    return OrphanedStack(stack, None, _elsewhere(stack, remote)) if remote else None


def _backends(folder: Path) -> tuple[set[Path], list[str]]:
    """Local state files, and what keeps state that can't be read here.

    Both what was generated and what Terraform was initialised with count: they differ after a change of backend.
    """
    if _size(generated_folder.configuration_file(folder)) == 0:
        return _backends_beside(folder)
    try:
        backends = [generated_folder.declared_backend(folder), generated_folder.initialised_backend(folder)]
    except CommandError:
        return set(), [f"{shown(folder)} does not say where it is"]
    local = {backend.local_file for backend in backends if backend and backend.local_file}
    remote = {f"it is in the {backend.kind} backend" for backend in backends if backend and not backend.local_file}
    return local, sorted(remote)


def _size(file: Path) -> int | None:
    """In bytes; None where there is no such file. `git add -N`, then `git checkout`, leave a new file with none."""
    try:
        return file.stat().st_size
    except OSError:
        return None


def _backends_beside(folder: Path) -> tuple[set[Path], list[str]]:
    """Where the state is if it is where the other stacks have theirs; each has the stack's name."""
    others = [other for other in sorted(folder.parent.iterdir()) if _size(generated_folder.configuration_file(other))]
    local: set[Path] = set()
    remote: set[str] = set()
    for other in others:
        more, elsewhere = _backends(other)
        local |= {state.with_name(f"{folder.name}.tfstate") for state in more}
        remote |= set(elsewhere)
    return (local, sorted(remote)) if others else (set(), [f"{shown(folder)} does not say where it is"])


def _managed(state: Path) -> int | None:
    """Instances of managed resources; None if the state can't be read."""
    try:
        return sum(len(resource.instances) for resource in state_file.read(state).managed)
    except CommandError:
        return None


def _exists(file: Path) -> bool:
    try:
        return file.exists()
    except OSError:
        return False


def _shown(paths: Iterable[Path]) -> str:
    return " and ".join(shown(path) for path in paths)


def _would_go(stack: str) -> str:
    return f"The stack {stack} would be removed from generated/"


def _steps(stack: str) -> tuple[str, str]:
    """How the stack comes back into generated/, and how it leaves it again."""
    if stack == "edge":
        return "Take `load_balancer: none` out of services.yaml", "write it again"
    return "Put its block back into services.yaml", "delete the block again"


def _held(stack: str, resources: int, states: list[Path], stray: list[Path]) -> str:
    noun = "resource" if resources == 1 else "resources"
    back, again = _steps(stack)
    return (
        f"{_would_go(stack)}, but its state still contains {resources} {noun}: {_shown(states)}.\n"
        f"{back}, run `make destroy STACK={stack}`, then {again}."
    ) + (f"\nDelete {_shown(stray)} if it is out of date." if stray else "")


def _elsewhere(stack: str, remote: list[str]) -> str:
    back, again = _steps(stack)
    return (
        f"{_would_go(stack)}, but its state can't be read here: {' and '.join(remote)}.\n"
        f"{back}, run `make destroy STACK={stack}`, then {again} "
        f"and run `.venv/bin/python main.py --destroyed {stack}`. If it was never applied, run that at once."
    )


def _damaged(stack: str, states: list[Path]) -> str:
    return (
        f"{_would_go(stack)}, but {_shown(states)} can't be read, so it may still contain resources.\n"
        f"Restore that file (Terraform keeps the previous one as *.tfstate.backup); "
        f"if nothing of the stack is left, run `.venv/bin/python main.py --destroyed {stack}`."
    )


def _locked(stack: str, locks: list[Path]) -> str:
    return (
        f"{_would_go(stack)}, but Terraform is running on it: {_shown(locks)} exists.\n"
        f"Wait for it to end; if it was killed, delete that file. Then run this again."
    )
