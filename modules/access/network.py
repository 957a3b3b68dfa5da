"""Which connections security groups admit that they did not, between two versions of generated/.

A rule counts for the ports and addresses that it admits: one that others cover already opens nothing.
"""

import re
from collections.abc import Iterator, Mapping
from ipaddress import ip_network
from typing import Any, NamedTuple

from modules.access.policies import Policies

_RULES = {"aws_vpc_security_group_ingress_rule": "into", "aws_vpc_security_group_egress_rule": "out of"}
_PEERS = ("cidr_ipv4", "cidr_ipv6", "referenced_security_group_id", "prefix_list_id")
_UNKNOWN = re.compile(r"<\w+ of (\S+) (\w+)\.(\w+)>")


class Rule(NamedTuple):
    """Ports of a protocol, `into` or `out of` a group, from or to a peer: a group, a range or a prefix list."""

    way: str
    group: str
    peer: str
    protocol: str
    first: str
    last: str

    def covers(self, other: "Rule") -> bool:
        """Whether it admits all that the other does."""
        ends = (self.way, self.group) == (other.way, other.group) and _covers(self.peer, other.peer)
        if not ends or self.protocol == "-1":
            return ends
        ports = (self.first, self.last, other.first, other.last)
        if not all(one.lstrip("-").isdigit() for one in ports):
            return self[3:] == other[3:]
        first, last, low, high = map(int, ports)
        return self.protocol == other.protocol and first <= low and high <= last

    def __str__(self) -> str:
        both = self.first if self.first == self.last else f"{self.first} to {self.last}"
        what = "everything" if self.protocol == "-1" else f"{self.protocol.upper()} {both}"
        return f"{what} {self.way} {self.group} {'from' if self.way == 'into' else 'to'} {self.peer}"


def opened(before: Policies, after: Policies) -> list[Rule]:
    """What `after` admits and `before` does not; in the other order, what is closed."""
    old = set(rules(before))
    return sorted({one for one in rules(after) if not any(other.covers(one) for other in old)})


def rules(policies: Policies) -> Iterator[Rule]:
    """Those of all groups, and the ranges of the cluster's public endpoint."""
    for kind, way in _RULES.items():
        for place in policies.places(kind):
            block = policies.block(place)
            peer = next((block[one] for one in _PEERS if block.get(one)), "")
            ends = (_end(policies, place.stack, one) for one in (block.get("security_group_id", ""), peer))
            ports = (_end(policies, place.stack, block.get(one, "")) for one in ("from_port", "to_port"))
            yield Rule(way, *(next(ends), next(ends)), str(block.get("ip_protocol", "-1")), *(next(ports), next(ports)))
    for place in policies.places("aws_eks_cluster"):
        for config in _blocks(policies.block(place).get("vpc_config")):
            for cidr in config.get("public_access_cidrs", ()):
                yield Rule("into", "the Kubernetes API", str(cidr), "tcp", "443", "443")


def _end(policies: Policies, stack: str, value: Any) -> str:
    """A group by its name; else what the value comes to."""
    text = policies.values.text(stack, str(value))
    if found := _UNKNOWN.fullmatch(text):
        stack, kind, name = found.groups()
        block = policies.stacks.get(stack, {}).get("resource", {}).get(kind, {}).get(name, {})
        called = block.get("name")
        return called if isinstance(called, str) and "${" not in called else f"`{kind}.{name}` in {stack}"
    return text


def _covers(wide: str, narrow: str) -> bool:
    try:
        outer, inner = ip_network(wide), ip_network(narrow)
    except ValueError:
        return wide == narrow
    return outer.version == inner.version and inner.subnet_of(outer)  # type: ignore[arg-type]


def _blocks(value: Any) -> list[Mapping[str, Any]]:
    return value if isinstance(value, list) else [value] if isinstance(value, Mapping) else []
