"""What surely follows, although its new value is not known yet: for some types, AWS makes up a new identifier.

Terraform knows only that a value is unknown until the apply, and that may be what it was. The identifier of a replaced
load balancer can't be.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from modules.plan.change import Change, of_stack
from modules.plan.planner import StackPlan
from modules.plan.stack_copy import READS, stacks_read

# Attributes that AWS makes up for each new resource, in identifiers that are never used again.
NEW_IDENTIFIERS: Mapping[str, tuple[str, ...]] = {
    "aws_eip": ("id", "allocation_id"),
    "aws_internet_gateway": ("id",),
    "aws_kms_key": ("arn", "id", "key_id"),
    "aws_lb": ("arn", "arn_suffix", "dns_name", "id"),
    "aws_lb_listener": ("arn", "id"),
    "aws_lb_target_group": ("arn", "arn_suffix", "id"),
    "aws_nat_gateway": ("id",),
    "aws_route_table": ("id",),
    "aws_security_group": ("arn", "id"),
    "aws_subnet": ("arn", "id"),
    "aws_vpc": ("arn", "id"),
    "aws_vpc_endpoint": ("id",),
}
_REFERENCE = re.compile(r"(?<![\w.])(\w+)\.(\w+)\.(\w+)")
_LOCAL = re.compile(r"(?<![\w.])local\.(\w+)")
_READ = re.compile(rf"\bdata\.{READS}\.(\w+)\.outputs\.(\w+)")


def changes(planned: Sequence[StackPlan]) -> list[Change]:
    """All changes, in order of apply."""
    found: list[Change] = []
    configurations = {one.stack: one.configuration for one in planned}
    for one in planned:
        of_this = list(of_stack(one))
        while (better := [_surer(change, [*found, *of_this], configurations) for change in of_this]) != of_this:
            of_this = better  # a listener that is replaced for sure replaces its rules
        found += of_this
    return found


def _surer(change: Change, all_: Sequence[Change], configurations: Mapping[str, Mapping[str, Any]]) -> Change:
    if change.is_certain or change.action not in ("update", "replace"):
        return change
    arguments = change.because if change.action == "replace" else change.attributes
    kind, _, name = change.address.partition(".")
    declared = configurations[change.stack].get("resource", {}).get(kind, {}).get(name, {})
    text = json.dumps([declared.get(one) for one in arguments])
    new = {(one.stack, one.address) for one in all_ if one.is_certain and one.action == "replace"}
    referred = set(_identifiers(change.stack, text, configurations, depth=0))
    return change._replace(is_certain=True) if new & referred else change


def _identifiers(
    stack: str, text: str, configurations: Mapping[str, Mapping[str, Any]], depth: int
) -> Iterator[tuple[str, str]]:
    """The resources whose identifiers a text names, also by local values and by outputs of other stacks."""
    if depth > _DEEPEST:
        return
    whole = configurations.get(stack, {})
    for kind, name, attribute in _REFERENCE.findall(text):
        if attribute in NEW_IDENTIFIERS.get(kind, ()):
            yield stack, f"{kind}.{name}"
    for name in _LOCAL.findall(text):
        yield from _identifiers(stack, json.dumps(whole.get("locals", {}).get(name)), configurations, depth + 1)
    stacks = stacks_read(whole, configurations)
    for read, output in _READ.findall(text):
        upstream = stacks.get(read, "")
        value = configurations.get(upstream, {}).get("output", {}).get(output, {}).get("value")
        yield from _identifiers(upstream, json.dumps(value), configurations, depth + 1)


_DEEPEST = 5  # references from one value to the next
