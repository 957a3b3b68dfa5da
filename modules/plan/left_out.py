"""What a plan could not look at, in sentences."""

from collections.abc import Sequence

from modules.plan.planner import StackPlan
from modules.plan.words import listed


def sentences(planned: Sequence[StackPlan], all_: Sequence[str] = ()) -> list[str]:
    """Of these stacks, those that were not planned; and for each reason those whose Kubernetes half was left out."""
    others = [name for name in all_ if name not in {one.stack for one in planned}]
    stacks: dict[str, list[str]] = {}
    for one in planned:
        if one.without_kubernetes:
            stacks.setdefault(one.without_kubernetes, []).append(one.stack)
    asked = [f"Stacks that were not asked for: {listed(others)}."] if others else []
    halves = [f"Helm releases and Kubernetes objects of {listed(names)}: {why}." for why, names in stacks.items()]
    return [*asked, *halves]
