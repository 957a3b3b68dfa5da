"""What a plan adds to a month's bill: of the AWS resources that come, go or differ, at list prices."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from modules.plan.change import Change
from modules.plan.stack_copy import is_of_kubernetes
from modules.reports import cost
from modules.spec.model import Spec

Resources = dict[str, dict[str, dict[str, Mapping[str, Any]]]]


def lines(
    changes: Sequence[Change], configurations: Mapping[str, Mapping[str, Any]], spec: Spec, today: date
) -> list[str]:
    """Of stacks that were planned; empty where nothing that is billed by time differs."""
    after: Resources = {
        stack: {kind: held for kind, held in whole.get("resource", {}).items() if not is_of_kubernetes(kind)}
        for stack, whole in configurations.items()
    }
    before = _before(after, changes)
    region = spec.region
    return between(cost.bill(before, spec, today, region).lines, cost.bill(after, spec, today, region).lines)


def between(before: Sequence[cost.Line], after: Sequence[cost.Line]) -> list[str]:
    """What differs, and the sum."""
    pairs = cost.differences(before, after)
    if not pairs:
        return []
    each = [f"{now.what} in {now.stack}: {_usd(cost.change(was, now))}" for was, now in pairs]
    return [*each, f"in all: {_usd(cost.sum_of(cost.change(was, now) for was, now in pairs))}"]


def _before(after: Resources, changes: Sequence[Change]) -> Resources:
    """As the configuration would be without these changes."""
    before = {stack: {kind: dict(held) for kind, held in kinds.items()} for stack, kinds in after.items()}
    for change in changes:
        held = before.setdefault(change.stack, {}).setdefault(change.kind, {})
        name = change.address.partition(".")[2]
        match change.action:
            case "create" | "import":
                held.pop(name, None)
            case "delete" | "forget":
                held[name] = change.before
            case "update" | "replace":
                held[name] = {**held.get(name, {}), **{key: change.before.get(key) for key in change.attributes}}
    return before


def _usd(total: cost.Total) -> str:
    at_rest, at_most = (f"{one.usd:+,.2f}{'' if one.is_whole else ' + ?'}" for one in total)
    return f"{at_rest} US dollars a month" if at_rest == at_most else f"{at_rest} to {at_most} US dollars a month"
