"""Find the stacks that generated/ would lose while Terraform may still hold resources in their state."""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class OrphanedStack:
    stack: str
    resources: int | None  # None: the state could not be read
    text: str  # what is found, and the next step


def previous_stacks(generated: Path) -> list[str]:
    """What generated/ holds: the stacks of cdktf's manifest, then the folders with a configuration that it misses."""
    stacks = _json(generated / "manifest.json").get("stacks")
    named = list(stacks) if isinstance(stacks, dict) else []
    found = sorted(file.parent.name for file in generated.glob("stacks/*/cdk.tf.json"))
    return list(dict.fromkeys([*named, *found]))


def find_orphaned(
    previous: Iterable[str], current: Collection[str], generated: Path, destroyed: Collection[str] = ()
) -> list[OrphanedStack]:
    """The stacks of `previous` that may not be left out of `current`.

    `destroyed` names stacks whose state can't be read here and that the user vouches for;
    a state that can be read is believed before them.
    """
    gone = [stack for stack in previous if stack not in current]
    problems = [_orphaned(stack, generated / "stacks" / stack, stack in destroyed) for stack in gone]
    return [problem for problem in problems if problem]


def _orphaned(stack: str, folder: Path, destroyed: bool) -> OrphanedStack | None:
    local, remote = _backends(folder)
    states = {*local, *folder.glob("*.tfstate"), *folder.glob("terraform.tfstate.d/*/terraform.tfstate")}
    counts = {state: _managed(state) for state in sorted(states)}
    if locks := [lock for state in counts if _exists(lock := state.with_name(f".{state.name}.lock.info"))]:
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


def _backends(folder: Path) -> tuple[list[Path], list[str]]:
    """Local state files, and what keeps state that can't be read here.

    Both what was generated and what Terraform was initialised with count: they differ after a change of backend.
    """
    written = _json(folder / "cdk.tf.json")
    initialised = _json(folder / ".terraform" / "terraform.tfstate").get("backend")
    try:
        backends = list(written["terraform"]["backend"].items())
        if initialised:
            backends.append((initialised["type"], initialised["config"]))
        local = [folder / (config.get("path") or "terraform.tfstate") for kind, config in backends if kind == "local"]
    except (KeyError, TypeError, AttributeError):
        return [], [f"{_shown([folder])} does not say where it is"]
    return local, sorted({f"it is in the {kind} backend" for kind, _ in backends if kind != "local"})


def _managed(state: Path) -> int | None:
    """Instances of managed resources; None if the state can't be read."""
    try:
        if not state.exists() or not state.stat().st_size:  # Terraform makes an empty file before its first write
            return 0
        content = _json(state)
        if content["version"] != 4:
            return None
        return sum(len(resource["instances"]) for resource in content["resources"] if resource["mode"] == "managed")
    except (OSError, KeyError, TypeError):
        return None


def _json(file: Path) -> dict[str, Any]:
    """Empty if there is no such file or it is damaged."""
    try:
        content = json.loads(file.read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}


def _exists(file: Path) -> bool:
    try:
        return file.exists()
    except OSError:
        return False


def _shown(paths: Iterable[Path]) -> str:
    return " and ".join(os.path.relpath(path) for path in paths)


def _held(stack: str, resources: int, states: list[Path], stray: list[Path]) -> str:
    noun = "resource" if resources == 1 else "resources"
    return (
        f"The stack {stack} would vanish, but its state still holds {resources} {noun}: {_shown(states)}.\n"
        f"Put its block back into services.yaml, run `make destroy STACK={stack}`, then delete the block again."
    ) + (f"\nDelete {_shown(stray)} if it is out of date." if stray else "")


def _elsewhere(stack: str, remote: list[str]) -> str:
    return (
        f"The stack {stack} would vanish, but its state can't be read here: {' and '.join(remote)}.\n"
        f"Put its block back into services.yaml, run `make destroy STACK={stack}`, then delete the block again "
        f"and run `.venv/bin/python main.py --destroyed {stack}`. If it was never applied, run that at once."
    )


def _damaged(stack: str, states: list[Path]) -> str:
    return (
        f"The stack {stack} would vanish, but {_shown(states)} can't be read, so nobody knows what it still holds.\n"
        f"Restore that file (Terraform keeps the copy before it as *.tfstate.backup); "
        f"if nothing of the stack is left, run `.venv/bin/python main.py --destroyed {stack}`."
    )


def _locked(stack: str, locks: list[Path]) -> str:
    return (
        f"The stack {stack} would vanish, but Terraform is at work on it: {_shown(locks)}.\n"
        f"Wait for it to end; if it was killed, delete that file. Then run this again."
    )
