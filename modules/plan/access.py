"""Which connections and permissions a change adds or takes away, as far as values and configuration tell it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from modules.plan import policies
from modules.plan.change import Change
from modules.plan.policies import POLICIES
from modules.plan.readable import readable
from modules.plan.unreachable import Configurations
from modules.plan.words import listed

_RULES = {
    "aws_vpc_security_group_ingress_rule": ("into", "from"),
    "aws_vpc_security_group_egress_rule": ("out of", "to"),
}
_PEERS = ("cidr_ipv4", "cidr_ipv6", "referenced_security_group_id", "prefix_list_id")
_OF_RULE = {*_PEERS, "security_group_id", "from_port", "to_port", "ip_protocol"}
_ATTACHED = ("aws_iam_role_policy_attachment", "aws_eks_access_policy_association")


class Access:
    """Of some changes; `before` are configurations as they were, where they are known."""

    def __init__(self, changes: Sequence[Change], before: Configurations, after: Configurations) -> None:
        self._changes, self._before, self._after = changes, before, after

    def sentences(self, permissions: Sequence[str] | None = None) -> list[str]:
        """New rules first, then new permissions, then rules that go; `permissions` are evaluated ones, where known."""
        rules = [one for one in self._changes if one.kind in _RULES]
        new = [f"new rule: {self._rule(one)}" for one in rules if _is_new(one)]
        gone = [f"rule goes: {self._rule(one)}" for one in rules if one.action == "delete"]
        found = [*self._attached(), *self._permissions()] if permissions is None else permissions
        return [*new, *found, *gone]

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

    def _attached(self) -> Iterator[str]:
        for change in self._changes:
            if change.kind in _ATTACHED and change.action == "create":
                configuration = self._after.get(change.stack, {})
                told = {**_declared(change, configuration), **change.after}
                policy = str(told.get("policy_arn")).rpartition("/")[2]
                who = readable(told.get("role") or told.get("principal_arn"), configuration)
                yield f"new permission: policy {policy} for {who}, `{change.address}` in {change.stack}"

    def _permissions(self) -> Iterator[str]:
        for change in self._changes:
            if change.kind in POLICIES and change.action in ("create", "update", "replace"):
                for resources, actions in self._new(change).items():
                    where = [readable(one, self._after.get(change.stack, {})) for one in resources]
                    on = f" on {listed(where)}" if where else ""
                    yield f"new permission: {', '.join(actions)}{on}, by `{change.address}` in {change.stack}"

    def _new(self, change: Change) -> Mapping[tuple[str, ...], list[str]]:
        argument = POLICIES[change.kind]
        before, after = self._before.get(change.stack, {}), self._after.get(change.stack, {})
        return policies.new(
            policies.policy(change.before.get(argument), None, before),
            policies.policy(change.after.get(argument), _declared(change, after).get(argument), after),
        )


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
