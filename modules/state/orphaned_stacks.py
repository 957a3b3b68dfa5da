"""Find the stacks that generated/ would lose while Terraform may still hold resources in their state."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path

from modules.state.json_file import shown
from modules.state.record import Record


@dataclass(frozen=True)
class OrphanedStack:
    stack: str
    resources: int | None  # None: the state could not be read
    what: str
    next_step: str


def find_orphaned(record: Record, current: Collection[str]) -> list[OrphanedStack]:
    """The stacks of the record that may not be left out of `current`.

    A state that can be read is believed before whoever vouches for the stack.
    """
    found = [_orphaned(stack, record) for stack in record.stacks if stack not in current]
    return [problem for problem in found if problem]


def _orphaned(stack: str, record: Record) -> OrphanedStack | None:
    states = record.states(stack)
    if states.locks:
        return OrphanedStack(stack, None, *_locked(stack, states.locks))
    if held := [state for state, count in states.resources.items() if count]:
        resources = sum(count or 0 for count in states.resources.values())
        stray = [state for state in held if state in states.stray]
        return OrphanedStack(stack, resources, *_held(stack, resources, held, stray))
    if not record.unread(stack):
        return None
    if damaged := [state for state, count in states.resources.items() if count is None]:
        return OrphanedStack(stack, None, *_damaged(stack, damaged))
    return OrphanedStack(stack, None, *_elsewhere(stack, states.elsewhere))


def _shown(paths: Iterable[Path]) -> str:
    return " and ".join(shown(path) for path in paths)


def _would_go(stack: str) -> str:
    return f"The stack {stack} would be removed from generated/"


def _step(stack: str) -> str:
    """How the stack comes back into generated/, and how it leaves it."""
    if stack == "edge":
        return (
            f"Take `load_balancer: none` out of services.yaml, run `make destroy STACK={stack}`, then write it again."
        )
    if stack == "data":
        return (
            "Take `database: none` and `cache: none` out of services.yaml; or give them up with their data: "
            "`retired: {aurora: destroy, redis: destroy}`, of those that there are."
        )
    return (
        f"Put its block back into services.yaml; or say what becomes of its data: `make retire SERVICE={stack}`. "
        f"If the service has another name now, write `renamed_from: {stack}` into its block."
    )


def _held(stack: str, resources: int, states: list[Path], stray: list[Path]) -> tuple[str, str]:
    noun = "resource" if resources == 1 else "resources"
    what = f"{_would_go(stack)}, but its state still contains {resources} {noun}: {_shown(states)}."
    return what, _step(stack) + (f" Delete {_shown(stray)} if it is out of date." if stray else "")


def _elsewhere(stack: str, remote: Iterable[str]) -> tuple[str, str]:
    what = f"{_would_go(stack)}, but its state can't be read here: {' and '.join(remote)}."
    return what, f"{_step(stack)} If nothing of it is applied, never or no longer, run {never_applied(stack)}."


def _damaged(stack: str, states: list[Path]) -> tuple[str, str]:
    return f"{_would_go(stack)}, but {_shown(states)} can't be read, so it may still contain resources.", (
        "Restore that file (Terraform keeps the previous one as *.tfstate.backup); "
        f"if nothing of the stack is left, run {never_applied(stack)}."
    )


def _locked(stack: str, locks: list[Path]) -> tuple[str, str]:
    what = f"{_would_go(stack)}, but Terraform is running on it: {_shown(locks)} exists."
    return what, "Wait for it to end; if it was killed, delete that file. Then run this again."


def never_applied(*stacks: str) -> str:
    """The command that vouches for stacks."""
    return f"`.venv/bin/python main.py{''.join(f' --never-applied {stack}' for stack in stacks)}`"
