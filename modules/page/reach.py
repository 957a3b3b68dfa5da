"""Every allowed connection with the rules of security groups that allow it, as they are generated."""

from collections.abc import Iterator
from typing import NamedTuple

from modules.design import connectivity, load_balancers
from modules.design.connectivity import Edge
from modules.facts import vpc
from modules.facts.ports import DNS, HTTPS
from modules.naming import address, load_balancer
from modules.page.system import System

_KINDS = {"aws_vpc_security_group_ingress_rule": "in", "aws_vpc_security_group_egress_rule": "out"}
_ANYWHERE = "0.0.0.0/0"
# A group or a prefix list by its place, or a range of addresses.
End = tuple[str, str, str] | str
_PODS: End = ("cluster", "aws_security_group", "pods")
_CLUSTER: End = ("cluster", "aws_eks_cluster", "main")
_EACH, _ENDPOINTS = "${each.value}", "private endpoints"
_FIXED: dict[str, End] = {
    connectivity.EVERY_SERVICE: _PODS,
    connectivity.INTERNET: _ANYWHERE,
    "CoreDNS": _CLUSTER,
    "Kubernetes API": _CLUSTER,
    "Kubernetes control plane": _CLUSTER,
    _ENDPOINTS: ("network", "aws_security_group", "endpoints"),
    **{store.title: ("data", "aws_security_group", store.name) for store in connectivity.STORES.values()},
    **{word: ("network", "aws_vpc_endpoint", address(word)) for word in vpc.GATEWAY_ENDPOINTS},
}


class Rule(NamedTuple):
    """A rule of a security group; `direction` is seen from the group that has it."""

    stack: str
    address: str
    direction: str
    group: End
    peer: End
    first: int
    last: int
    protocol: str
    description: str


class Connection(NamedTuple):
    """An edge, its ports as text, and the rules behind it."""

    source: str
    target: str
    ports: str
    why: str
    rules: list[Rule]


def connections(system: System) -> list[Connection]:
    """All edges of design/connectivity.py."""
    by_ends: dict[tuple[str, End, End], list[Rule]] = {}
    for rule in rules(system):
        by_ends.setdefault((rule.direction, rule.group, rule.peer), []).append(rule)
    return [_connection(system, edge, by_ends) for edge in connectivity.edges(system.spec)]


def rules(system: System) -> Iterator[Rule]:
    """Every rule of generated/."""
    for kind, direction in _KINDS.items():
        for stack, name, rule in system.of_kind(kind):
            peer = rule.get("referenced_security_group_id") or rule.get("prefix_list_id")
            ends = [_place(system, stack, end) for end in (rule["security_group_id"], peer) if end]
            ends += [rule["cidr_ipv4"]] if "cidr_ipv4" in rule else []
            first, last = (_port(system, stack, rule[key]) for key in ("from_port", "to_port"))
            yield Rule(
                stack,
                f"{kind}.{name}",
                direction,
                *(ends[0], ends[1]),
                *(first, last),
                rule["ip_protocol"],
                system.text(stack, rule["description"]),
            )
    yield from _public_ranges(system)


def _public_ranges(system: System) -> Iterator[Rule]:
    """The API's public endpoint is in front of the VPC, and has a list of ranges instead of a group."""
    for stack, name, cluster in system.of_kind("aws_eks_cluster"):
        for cidr in cluster["vpc_config"].get("public_access_cidrs", ()):
            why = "public_access_cidrs, of the public endpoint"
            yield Rule(stack, f"aws_eks_cluster.{name}", "in", _CLUSTER, cidr, HTTPS, HTTPS, "tcp", why)


def _connection(system: System, edge: Edge, by_ends: dict[tuple[str, End, End], list[Rule]]) -> Connection:
    sources, targets = list(_ends(system, edge.source)), list(_ends(system, edge.target))
    found = [
        rule
        for source in sources
        for target in targets
        for rule in (*by_ends.get(("out", source, target), ()), *by_ends.get(("in", target, source), ()))
        if any(rule.first <= last and first <= rule.last for first, last in edge.ports)
    ]
    ports = ", ".join(str(first) if first == last else f"{first}\N{EN DASH}{last}" for first, last in edge.ports)
    if edge.ports == ((DNS, DNS),):
        ports += " TCP, UDP"
    return Connection(edge.source, edge.target, ports, edge.why, list(dict.fromkeys(found)))


def _ends(system: System, name: str) -> Iterator[End]:
    """The groups and ranges by which rules name it; pods are in the VPC, whose range some rules admit."""
    # Of an existing VPC the rules name each range, and each group of its endpoints, that Terraform reads.
    cidrs = system.spec.network.own_cidrs or (_EACH,)
    if name in system.spec.services:
        yield from (("cluster", "aws_security_group", address(name)), _PODS, *cidrs)
    elif name == connectivity.VPC:
        yield from cidrs
    elif name == connectivity.PRIVATE_NETWORKS:
        yield from map(str, vpc.PRIVATE_RANGES)
    elif name == _ENDPOINTS and system.spec.network.vpc_id is not None:
        yield _EACH
    elif name in (titles := {load_balancers.title(one): one for one in system.spec.balancers}):
        yield _balancer(system, titles[name])
    else:
        yield _FIXED.get(name, name)
        if name == connectivity.EVERY_SERVICE:
            yield from cidrs


def _balancer(system: System, balancer: str | None) -> End:
    """Its group, or how a service's stack names the group of somebody's else."""
    offered = "load_balancer_security_group_id"
    if system.spec.balancers[balancer].is_own:
        return "edge", "aws_security_group", address(*load_balancer(balancer))
    edge = address(system.spec.names.stack("edge"))
    key = "" if balancer is None else f'["{balancer}"]'
    return f"${{data.terraform_remote_state.{edge}.outputs.{load_balancers.output(balancer, offered)}{key}}}"


def _place(system: System, stack: str, value: str) -> End:
    target = system.target(stack, value)
    return value if target is None else (target.stack, target.kind, target.name)


def _port(system: System, stack: str, value: object) -> int:
    """A number, or the port of a store, which the store's arguments need not say."""
    target = system.target(stack, value)
    if target is None:
        return int(str(value))
    given = system.resources[target.stack][target.kind][target.name].get("port")
    ports = {("data", "aws_rds_cluster"): "rds", ("data", "aws_elasticache_replication_group"): "redis"}
    return int(given or connectivity.STORES[ports[target.stack, target.kind]].port)
