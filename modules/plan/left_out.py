"""What a plan could not look at, in sentences."""

from collections.abc import Sequence

from modules.errors import CommandError
from modules.parallel import Skipped
from modules.plan.planner import StackPlan
from modules.plan.system import Planned
from modules.plan.words import listed


def sentences(planned: Sequence[StackPlan], others: Sequence[str] = ()) -> list[str]:
    """Of other stacks, that nobody asked for them; and for each reason those whose Kubernetes half was left out."""
    stacks: dict[str, list[str]] = {}
    for one in planned:
        if one.without_kubernetes:
            stacks.setdefault(one.without_kubernetes, []).append(one.stack)
    asked = [f"Stacks that were not asked for: {listed(others)}."] if others else []
    halves = [f"Helm releases and Kubernetes objects of {listed(names)}: {why}." for why, names in stacks.items()]
    return [*asked, *halves]


def failed(found: Planned) -> list[str]:
    """What could not be planned, and what was not tried because of it."""
    said = []
    for name, error in found.items():
        if not isinstance(error, CommandError):
            continue
        skipped = [other for other, one in found.items() if isinstance(one, Skipped) and one.because == name]
        downstream = f" Not tried, as downstream of it: {listed(skipped)}." if skipped else ""
        said.append(f"{name} could not be planned ({error.what.splitlines()[0].rstrip(':.')}).{downstream}")
    return said
