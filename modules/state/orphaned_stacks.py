"""Find the stacks that generated/ would lose while Terraform may still hold resources in their state."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path

from modules.naming import DEPLOYER
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
    gone = [stack for stack in record.stacks if stack not in current]
    found = [problem for stack in gone if (problem := _orphaned(stack, record))]
    return list({_environment(one.stack, record) or one.stack: one for one in reversed(found)}.values())[::-1]


def _orphaned(stack: str, record: Record) -> OrphanedStack | None:
    states, name = record.states(stack), record.names.stack(stack)
    if states.locks:
        return OrphanedStack(stack, None, *_locked(name, states.locks))
    step = _step(stack, record)
    if held := [state for state, count in states.resources.items() if count]:
        resources = sum(count or 0 for count in states.resources.values())
        stray = [state for state in held if state in states.stray]
        return OrphanedStack(stack, resources, *_held(name, resources, held, stray, step))
    if not record.unread(stack):
        return None
    if damaged := [state for state, count in states.resources.items() if count is None]:
        return OrphanedStack(stack, None, *_damaged(name, damaged))
    return OrphanedStack(stack, None, *_elsewhere(name, states.elsewhere, step))


def _shown(paths: Iterable[Path]) -> str:
    return " and ".join(shown(path) for path in paths)


def _would_go(stack: str) -> str:
    return f"The stack {stack} would be removed from generated/"


def _environment(stack: str, record: Record) -> str | None:
    """The environment, now without an entry, whose stack it is."""
    end = f"-{record.environment.values_file}"
    names = [file.name.removesuffix(end) for file in record.folder.glob(f"*{end}")]
    return next((name for name in names if stack.startswith(f"{name}-")), None)


def _step(stack: str, record: Record) -> str:
    """How the stack comes back into generated/, and how it leaves it."""
    if name := _environment(stack, record):
        return (
            f"Put `environments: {{{name}: …}}` back into services.yaml. To give up all of {name} with its data: write "
            f"`protection: false` there, then make deploy ENV={name}, make destroy ENV={name}, and remove it."
        )
    if stack == "edge":
        called = record.names.stack(stack)
        return (
            f"Take `load_balancer: none` out of services.yaml, run `make destroy STACK={called}`, then write it again."
        )
    if stack == DEPLOYER:
        called = record.names.stack(stack)
        return f"Put `deployer:` back into services.yaml, run `make destroy STACK={called}`, then take it out again."
    if stack == "data":
        return (
            "Take `database: none` and `cache: none` out of services.yaml; or give them up with their data: "
            "`retired: {aurora: destroy, redis: destroy}`, of those that there are."
        )
    return (
        f"Put its block back into services.yaml; or say what becomes of its data: `make retire SERVICE={stack}`. "
        f"If the service has another name now, write `renamed_from: {stack}` into its block."
    )


def _held(stack: str, resources: int, states: list[Path], stray: list[Path], step: str) -> tuple[str, str]:
    noun = "resource" if resources == 1 else "resources"
    what = f"{_would_go(stack)}, but its state still contains {resources} {noun}: {_shown(states)}."
    return what, step + (f" Delete {_shown(stray)} if it is out of date." if stray else "")


def _elsewhere(stack: str, remote: Iterable[str], step: str) -> tuple[str, str]:
    what = f"{_would_go(stack)}, but its state can't be read here: {' and '.join(remote)}."
    return what, f"{step} If nothing of it is applied, never or no longer, run {never_applied(stack)}."


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
