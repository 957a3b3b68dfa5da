"""Counts what generated/ holds, in the rows of the architecture's "Resource Count"."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from rich.table import Table

from modules.spec.model import Spec
from modules.state.generated import configuration, folder_of, stack_folders

Resources = dict[str, list[dict[str, Any]]]


class Held(NamedTuple):
    """What a system holds: its resources by type, and its pods at rest."""

    resources: Resources
    pods: int


class Row(NamedTuple):
    """A line: what is counted, how, and the architecture's number, with a plus where it may be more."""

    what: str
    count: Callable[[Held], int]
    architecture: str


def _of(kind: str) -> Callable[[Held], int]:
    return lambda held: len(held.resources.get(kind, []))


def _load_balancers(held: Held) -> int:
    return sum(one["load_balancer_type"] == "application" for one in held.resources.get("aws_lb", []))


def _service_roles(held: Held) -> int:
    """Roles of services' own accounts, which are called as their namespaces are; not of the platform's, or of jobs."""
    accounts = [role.get("tags", {}).get("ServiceAccount") for role in held.resources.get("aws_iam_role", [])]
    return sum(len(set(account.split("/"))) == 1 for account in accounts if account)


def _cache_nodes(held: Held) -> int:
    return sum(group["num_cache_clusters"] for group in held.resources.get("aws_elasticache_replication_group", []))


def _all(held: Held) -> int:
    return sum(len(found) for found in held.resources.values())


# What the architecture's "Resource Count" counts, in its order; tests/synth/test_inventory.py holds its numbers.
ROWS = (
    Row("VPC", _of("aws_vpc"), "1"),
    Row("Subnets", _of("aws_subnet"), "6"),
    Row("NAT Gateways", _of("aws_nat_gateway"), "3"),
    Row("Internet Gateway", _of("aws_internet_gateway"), "1"),
    Row("VPC Endpoints", _of("aws_vpc_endpoint"), "7"),
    Row("EKS Cluster", _of("aws_eks_cluster"), "1"),
    Row("Fargate Profiles", _of("aws_eks_fargate_profile"), "7"),
    Row("Fargate Pods (services.yaml)", lambda held: held.pods, "11"),
    Row("RDS Instances", _of("aws_rds_cluster_instance"), "2"),
    Row("Redis Nodes", _cache_nodes, "2"),
    Row("ALB", _load_balancers, "1"),
    Row("IRSA Roles", _service_roles, "5"),
    Row("Security Groups", _of("aws_security_group"), "5"),
    Row("CloudWatch Log Groups", _of("aws_cloudwatch_log_group"), "10+"),
    Row("Total", _all, "60+"),
)


def holds(generated: Path, spec: Spec) -> Held:
    """All resources of all stacks of an environment by type, and the pods that services.yaml declares."""
    stacks = [stack for stack in stack_folders(generated) if spec.names.part(stack)]
    return held((configuration(folder_of(generated, stack)).resource for stack in stacks), spec)


def held(stacks: Iterable[Mapping[str, Mapping[str, dict[str, Any]]]], spec: Spec) -> Held:
    """Likewise of stacks as type -> address -> resource."""
    found: Resources = {}
    for kinds in stacks:
        for kind, addresses in kinds.items():
            found.setdefault(kind, []).extend(addresses.values())
    return Held(found, sum(service.pods for service in spec.services.values()))


def as_json(held: Held) -> dict[str, Any]:
    """The same for programs, and how many there are of each type."""
    return {
        "rows": [{"what": row.what, "count": row.count(held)} for row in ROWS],
        "types": {kind: len(found) for kind, found in sorted(held.resources.items())},
    }


def table(held: Held) -> Table:
    """What the system holds, a line for each row of the architecture's table."""
    counted = Table("Resource type", "generated/")
    for row in ROWS:
        counted.add_row(row.what, str(row.count(held)))
    return counted
