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
Range = IPv4Network | str
"""A range of addresses; that of a VPC of others by what it is called, since only Terraform learns it."""

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
    "aws_rds_cluster": "Aurora",
    "aws_elasticache_replication_group": "Redis",
    "aws_vpc_endpoint": "private endpoints",
}
# AWS's, where the resource does not say.
_PORTS = {"aws_rds_cluster": 5432, "aws_elasticache_replication_group": 6379}
# What belongs to others is read by Terraform: what such an expression comes to.
THEIR_VPC = "the existing VPC"
THEIR_ENDPOINTS: Group = ("network", "endpoints of others")
# Of theirs, by the address at which it is read.
THEIR_LOAD_BALANCER = "load balancer of others at "
_THEIRS: dict[str, Any] = {
    r"\$\{data\.aws_vpc\.main\.cidr_block_associations\[\*\]\.cidr_block\}": THEIR_VPC,
    r"\$\{setunion\((data\.aws_vpc_endpoint\.\w+\.security_group_ids(, )?)+\)\}": THEIR_ENDPOINTS,
}
_THEIR_BALANCER = re.compile(r"\$\{sort\(tolist\(data\.aws_lb\.(\w+)\.security_groups\)\)\[0\]\}")
_EACH, _OF_EACH = "${each.value}", re.compile(r"\$\{toset\((.+)\)\}")
_STATE = re.compile(r'\$\{data\.terraform_remote_state\.(\w+)\.outputs\.(\w+)(?:\["([\w-]+)"\])?\}')
_ATTRIBUTE = re.compile(r"\$\{(?:data\.)?(aws_\w+)\.(\w+)\.([\w.\[\]]+)\}")


def load_balancer(address: str) -> str:
    """How people call the load balancer at an address; the first is at `main`."""
    return f"load balancer {address.removeprefix('load_balancer_').replace('_', '-')}".removesuffix(" main")


@dataclass(frozen=True)
class Party:
    """Somebody with groups, at these addresses; an AWS service behind a gateway endpoint is its prefix list."""

    groups: frozenset[Group]
    addresses: Range
    open: bool = False


@dataclass(frozen=True)
class Rule:
    """One way through the wall of `group`; the other side is a group, a range or a prefix list."""

    group: Group
    other: Group | Range
    protocol: str
    ports: tuple[int, int]

    def meets(self, party: Party) -> bool:
        if self.other in party.groups or self.other == party.addresses == THEIR_VPC:
            return True
        # A way to everywhere counts as one to the internet, and not once more for each AWS service there.
        gateway = party.open and party.groups
        is_known = isinstance(self.other, IPv4Network) and isinstance(party.addresses, IPv4Network)
        if not is_known and self.other == ANYWHERE:
            return not gateway
        return is_known and not gateway and party.addresses.subnet_of(self.other)  # type: ignore[union-attr,arg-type]


class Landscape:
    """All stacks of a system."""

    def __init__(self, built: Built):
        self.stacks = {name: stack(built, name) for name in json.loads(built["manifest.json"])["stacks"]}
        own = self.stacks["network"]["resource"].get("aws_vpc")
        self.vpc: Range = IPv4Network(own["main"]["cidr_block"]) if own else THEIR_VPC
        self.cluster = self.resolve("cluster", "${aws_eks_cluster.main.vpc_config[0].cluster_security_group_id}")
        self.into = list(self._rules("aws_vpc_security_group_ingress_rule"))
        self.out = list(self._rules("aws_vpc_security_group_egress_rule"))
        # EKS makes the cluster's group with a way out to everywhere, of which this is what concerns services:
        # https://docs.aws.amazon.com/eks/latest/userguide/sec-group-reqs.html.
        self.out.append(Rule(self.cluster, PODS, "tcp", (0, 65535)))
        # Of their owner, as docs/reference/topics.md asks for them.
        self.assumed = [Rule(THEIR_ENDPOINTS, THEIR_VPC, "tcp", (443, 443))]

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
        for theirs, found in _THEIRS.items():
            if re.fullmatch(theirs, value):
                return found
        if balancer := _THEIR_BALANCER.fullmatch(value):
            return name, THEIR_LOAD_BALANCER + balancer[1]
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
            (other,) = (
                self._other(name, rule, rule[key])
                for key in ("referenced_security_group_id", "prefix_list_id", "cidr_ipv4")
                if key in rule
            )
            if other == []:  # a rule for each of nothing
                continue
            first, last = (self.resolve(name, rule[key]) for key in ("from_port", "to_port"))
            yield Rule(self.resolve(name, rule["security_group_id"]), other, rule["ip_protocol"], (first, last))

    def _other(self, name: str, rule: Json, value: str) -> Group | Range:
        if value == _EACH and (each := _OF_EACH.fullmatch(rule["for_each"])):
            value = f"${{{each[1]}}}"
        found: Group | Range = self.resolve(name, value)
        return IPv4Network(found) if isinstance(found, str) and found != THEIR_VPC else found

    def parties(self, services: list[str]) -> dict[str, Party]:
        """Everybody; that a service's pods have the group of all pods and its own is for its chart to say."""
        found = {name: {PODS, ("cluster", name.replace("-", "_"))} for name in services}
        found["control plane"] = {self.cluster}
        for kind, argument in MEMBERS.items():
            for name, address, resource in self.resources(kind):
                if argument in resource:
                    party = _NAMES.get(kind, f"{kind} of {name}")
                    party = load_balancer(address) if kind == "aws_lb" else party
                    found.setdefault(party, set()).update(self.resolve(name, resource[argument]))
        theirs = self.stacks["network"].get("data", {}).get("aws_vpc_endpoint", {})
        if any(_kind(endpoint) == "Interface" for endpoint in theirs.values()):
            found["private endpoints"] = {THEIR_ENDPOINTS}
        for address in self.stacks.get("edge", {}).get("data", {}).get("aws_lb", {}):
            found[load_balancer(address)] = {("edge", THEIR_LOAD_BALANCER + address)}
        parties = {name: Party(frozenset(groups), self._addresses(name)) for name, groups in found.items()}
        own = {address: endpoint for _, address, endpoint in self.resources("aws_vpc_endpoint")}
        for address, endpoint in {**own, **theirs}.items():
            if _kind(endpoint) == "Gateway":
                parties[address] = Party(frozenset({("network", address)}), ANYWHERE, open=True)
        return parties | {"internet": Party(frozenset(), ANYWHERE, open=True)}

    def _addresses(self, party: str) -> Range:
        """Of the pods of a service, the further range whose subnets its Fargate profile has; else the VPC's first."""
        profile = self.stacks["cluster"]["resource"]["aws_eks_fargate_profile"].get(party.replace("-", "_"), {})
        further = re.search(r'secondary_subnet_ids\["(.+)"\]', str(profile.get("subnet_ids")))
        return IPv4Network(further[1]) if further else self.vpc

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

    def ranges(self, services: list[str]) -> set[Edge]:
        """Party, direction with the range, protocol and port of every rule that names addresses, of whoever has it."""
        return {
            (name, f"{way} {rule.other}", rule.protocol, port)
            for name, party in self.parties(services).items()
            for way, rules in (("from", self.into), ("to", self.out))
            for rule in rules
            if rule.group in party.groups and (isinstance(rule.other, IPv4Network) or rule.other == THEIR_VPC)
            for port in _ports(rule.ports)
        }

    def _between(self, here: Party, there: Party) -> Iterator[tuple[str, str]]:
        out = [rule for rule in self.out if rule.group in here.groups and rule.meets(there)]
        into = [rule for rule in (*self.into, *self.assumed) if rule.group in there.groups and rule.meets(here)]
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


def _kind(endpoint: Json) -> str:
    """Gateway or Interface: as it is made, or as it is looked for."""
    wanted = [one["values"][0] for one in endpoint.get("filter", []) if one["name"] == "vpc-endpoint-type"]
    return str(endpoint.get("vpc_endpoint_type") or wanted[0])
