"""Which connections a change adds or takes away, as far as values and configuration tell it."""

from collections.abc import Mapping, Sequence
from typing import Any

from modules.plan.change import Change
from modules.plan.readable import readable
from modules.plan.unreachable import Configurations

_RULES = {
    "aws_vpc_security_group_ingress_rule": ("into", "from"),
    "aws_vpc_security_group_egress_rule": ("out of", "to"),
}
_PEERS = ("cidr_ipv4", "cidr_ipv6", "referenced_security_group_id", "prefix_list_id")
_OF_RULE = {*_PEERS, "security_group_id", "from_port", "to_port", "ip_protocol"}


class Access:
    """Of some changes; `before` are configurations as they were, where they are known."""

    def __init__(self, changes: Sequence[Change], before: Configurations, after: Configurations) -> None:
        self._changes, self._before, self._after = changes, before, after

    def sentences(self, permissions: Sequence[str] = ()) -> list[str]:
        """New rules first, then `permissions`, then rules that go."""
        rules = [one for one in self._changes if one.kind in _RULES]
        new = [f"new rule: {self._rule(one)}" for one in rules if _is_new(one)]
        gone = [f"rule goes: {self._rule(one)}" for one in rules if one.action == "delete"]
        return [*new, *permissions, *gone]

    def _rule(self, change: Change) -> str:
        """In the words of the configuration, which names groups; else by the values."""
        configuration = (self._before if change.action == "delete" else self._after).get(change.stack, {})
        values = change.before if change.action == "delete" else change.after
        told = {**values, **_declared(change, configuration)}
        way, other = _RULES[change.kind]
        peer = next((told[one] for one in _PEERS if told.get(one)), "an address that is not known yet")
        group = told.get("security_group_id") or "a group that is not known yet"
        why = f" ({told['description']})" if told.get("description") else ""
        ends = f"{way} {readable(group, configuration)} {other} {readable(peer, configuration)}"
        return f"{_ports(told)} {ends}{why}, `{change.address}` in {change.stack}"


def _is_new(change: Change) -> bool:
    if change.action in ("update", "replace"):
        return change.is_certain and bool(_OF_RULE.intersection(change.attributes))
    return change.action == "create"


def _ports(values: Mapping[str, Any]) -> str:
    protocol = str(values.get("ip_protocol", "-1"))
    if protocol == "-1":
        return "everything"
    first, last = values.get("from_port"), values.get("to_port")
    return f"{protocol.upper()} {first}" if first == last else f"{protocol.upper()} {first} to {last}"


def _declared(change: Change, configuration: Mapping[str, Any]) -> Mapping[str, Any]:
    held = configuration.get("resource", {}).get(change.kind, {})
    found: Mapping[str, Any] = held.get(change.address.partition(".")[2].partition("[")[0], {})
    return found
