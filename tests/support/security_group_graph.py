"""Who can reach whom, read off the security groups of generated/ alone, references followed through the states."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Network
from typing import Any

from modules.facts import terraform
from tests.support.built_files import Built, Json, stack

Group = tuple[str, str]
Edge = tuple[str, str, str, str]

ANYWHERE = IPv4Network("0.0.0.0/0")
PODS: Group = ("cluster", "pods")
# The argument that puts a resource into groups; what is not here has none, or the test that looks for more says so.
MEMBERS = {
    "aws_lb": "security_groups",
    "aws_rds_cluster": "vpc_security_group_ids",
    "aws_elasticache_replication_group": "security_group_ids",
    "aws_vpc_endpoint": "security_group_ids",
    "aws_redshiftserverless_workgroup": "security_group_ids",
}
_NAMES = {
    "aws_lb": "load balancer",
    "aws_rds_cluster": "Aurora",
    "aws_elasticache_replication_group": "Redis",
    "aws_vpc_endpoint": "private endpoints",
}
# AWS's, where the resource does not say.
_PORTS = {"aws_rds_cluster": 5432, "aws_elasticache_replication_group": 6379}
_STATE = re.compile(r'\$\{data\.terraform_remote_state\.(\w+)\.outputs\.(\w+)(?:\["([\w-]+)"\])?\}')
_ATTRIBUTE = re.compile(r"\$\{(aws_\w+)\.(\w+)\.([\w.\[\]]+)\}")


@dataclass(frozen=True)
class Party:
    """Somebody with groups, at these addresses; an AWS service behind a gateway endpoint is its prefix list."""

    groups: frozenset[Group]
    addresses: IPv4Network
    open: bool = False


@dataclass(frozen=True)
class Rule:
    """One way through the wall of `group`; the other side is a group, a range or a prefix list."""

    group: Group
    other: Group | IPv4Network
    protocol: str
    ports: tuple[int, int]

    def meets(self, party: Party) -> bool:
        if self.other in party.groups:
            return True
        # A way to everywhere counts as one to the internet, and not once more for each AWS service there.
        gateway = party.open and party.groups
        return isinstance(self.other, IPv4Network) and not gateway and party.addresses.subnet_of(self.other)


class Landscape:
    """All stacks of a system."""

    def __init__(self, built: Built):
        self.stacks = {name: stack(built, name) for name in json.loads(built["manifest.json"])["stacks"]}
        self.vpc = IPv4Network(self.stacks["network"]["resource"]["aws_vpc"]["main"]["cidr_block"])
        self.cluster = self.resolve("cluster", "${aws_eks_cluster.main.vpc_config[0].cluster_security_group_id}")
        self.into = list(self._rules("aws_vpc_security_group_ingress_rule"))
        self.out = list(self._rules("aws_vpc_security_group_egress_rule"))
        # EKS makes the cluster's group with a way out to everywhere, of which this is what concerns services:
        # https://docs.aws.amazon.com/eks/latest/userguide/sec-group-reqs.html.
        self.out.append(Rule(self.cluster, PODS, "tcp", (0, 65535)))

    def resources(self, kind: str) -> Iterator[tuple[str, str, Json]]:
        for name, content in self.stacks.items():
            for address, resource in content["resource"].get(kind, {}).items():
                yield name, address, resource

    def resolve(self, name: str, value: Any) -> Any:
        """What a value of this stack comes to: a literal, or the stack and address of a group or prefix list."""
        if isinstance(value, list):
            return [self.resolve(name, one) for one in value]
        if not isinstance(value, str) or not value.startswith("${"):
            return value
        if state := _STATE.fullmatch(value):
            address, output, key = state.groups()
            config = self.stacks[name]["data"]["terraform_remote_state"][address]["config"]
            upstream = self._stack_of(config)
            offered = self.stacks[upstream]["output"][output]["value"]
            return self.resolve(upstream, offered if key is None else offered[key])
        reference = _ATTRIBUTE.fullmatch(value)
        assert reference, f"{name}: {value} can't be followed"
        kind, address, attribute = reference.groups()
        if attribute == "port":
            return self.stacks[name]["resource"][kind][address].get("port", _PORTS[kind])
        known = {"aws_security_group": "id", "aws_eks_cluster": "vpc_config[0].cluster_security_group_id"}
        assert known.get(kind, "prefix_list_id") == attribute, f"{name}: {value} can't be followed"
        return name, address

    def _stack_of(self, config: Json) -> str:
        """Whose state is read."""
        found: str
        (found,) = (
            name
            for name, one in self.stacks.items()
            for own in terraform.backend(one["terraform"]).values()
            if terraform.state_place(own) == terraform.state_place(config)
        )
        return found

    def _rules(self, kind: str) -> Iterator[Rule]:
        for name, _, rule in self.resources(kind):
            others = [
                self.resolve(name, rule[key])
                for key in ("referenced_security_group_id", "prefix_list_id")
                if key in rule
            ]
            others += [IPv4Network(rule["cidr_ipv4"])] if "cidr_ipv4" in rule else []
            (other,) = others
            first, last = (self.resolve(name, rule[key]) for key in ("from_port", "to_port"))
            yield Rule(self.resolve(name, rule["security_group_id"]), other, rule["ip_protocol"], (first, last))

    def parties(self, services: list[str]) -> dict[str, Party]:
        """Everybody; that a service's pods have the group of all pods and its own is for its chart to say."""
        found = {name: {PODS, ("cluster", name.replace("-", "_"))} for name in services}
        found["control plane"] = {self.cluster}
        for kind, argument in MEMBERS.items():
            for name, _, resource in self.resources(kind):
                if argument in resource:
                    party = _NAMES.get(kind, f"{kind} of {name}")
                    found.setdefault(party, set()).update(self.resolve(name, resource[argument]))
        parties = {name: Party(frozenset(groups), self.vpc) for name, groups in found.items()}
        for name, address, endpoint in self.resources("aws_vpc_endpoint"):
            if endpoint["vpc_endpoint_type"] == "Gateway":
                parties[address] = Party(frozenset({(name, address)}), ANYWHERE, open=True)
        return parties | {"internet": Party(frozenset(), ANYWHERE, open=True)}

    def edges(self, services: list[str]) -> set[Edge]:
        """Source, target, protocol and port of every connection that both sides' groups admit."""
        parties = self.parties(services)
        gateways = {name for name, party in parties.items() if party.open and party.groups}
        return {
            (source, target, protocol, port)
            for source, here in parties.items()
            for target, there in parties.items()
            if source not in gateways and not (here.open and there.open)
            for protocol, port in self._between(here, there)
        }

    def _between(self, here: Party, there: Party) -> Iterator[tuple[str, str]]:
        out = [rule for rule in self.out if rule.group in here.groups and rule.meets(there)]
        into = [rule for rule in self.into if rule.group in there.groups and rule.meets(here)]
        if here.open:
            yield from ((rule.protocol, port) for rule in into for port in _ports(rule.ports))
        elif there.open:
            yield from ((rule.protocol, port) for rule in out for port in _ports(rule.ports))
        else:
            for one in out:
                for other in into:
                    if one.protocol == other.protocol:
                        both = max(one.ports[0], other.ports[0]), min(one.ports[1], other.ports[1])
                        yield from ((one.protocol, port) for port in _ports(both))


def _ports(ports: tuple[int, int]) -> list[str]:
    """`443`, `1-10249`, or nothing where the range is empty."""
    first, last = ports
    if first == last:
        return [str(first)]
    return [f"{first}-{last}"] if first < last else []
