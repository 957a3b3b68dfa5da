"""Counts what generated/ holds, in the rows of the architecture's "Resource Count"."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from rich.table import Table

from modules.spec.model import Spec

Resources = dict[str, list[dict[str, Any]]]


class Held(NamedTuple):
    """What a system holds: its resources by type, and its pods at rest."""

    resources: Resources
    pods: int


class Row(NamedTuple):
    """A line of the architecture's table: what, how many it asks for, how to count, and whether more will do."""

    what: str
    asked: int
    count: Callable[[Held], int]
    at_least: bool = False

    def fits(self, held: Held) -> bool:
        """Whether the system holds as many as the architecture asks for."""
        count = self.count(held)
        return count >= self.asked if self.at_least else count == self.asked


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


# The architecture's "Resource Count".
ROWS = (
    Row("VPC", 1, _of("aws_vpc")),
    Row("Subnets", 6, _of("aws_subnet")),
    Row("NAT Gateways", 3, _of("aws_nat_gateway")),
    Row("Internet Gateway", 1, _of("aws_internet_gateway")),
    Row("VPC Endpoints", 7, _of("aws_vpc_endpoint")),
    Row("EKS Cluster", 1, _of("aws_eks_cluster")),
    Row("Fargate Profiles", 7, _of("aws_eks_fargate_profile")),
    Row("Fargate Pods (services.yaml)", 11, lambda held: held.pods),
    Row("RDS Instances", 2, _of("aws_rds_cluster_instance")),
    Row("Redis Nodes", 2, _cache_nodes),
    Row("ALB", 1, _load_balancers),
    Row("IRSA Roles", 5, _service_roles),
    Row("Security Groups", 5, _of("aws_security_group"), at_least=True),
    Row("CloudWatch Log Groups", 10, _of("aws_cloudwatch_log_group"), at_least=True),
    Row("Total", 60, _all, at_least=True),
)


def holds(generated: Path, spec: Spec) -> Held:
    """All resources of all stacks by type, and the pods that services.yaml declares."""
    found: Resources = {}
    for file in sorted(generated.glob("stacks/*/cdk.tf.json")):
        for kind, addresses in json.loads(file.read_bytes()).get("resource", {}).items():
            found.setdefault(kind, []).extend(addresses.values())
    return Held(found, sum(service.pods for service in spec.services.values()))


def table(held: Held) -> Table:
    """What the system holds, a line for each row of the architecture's table."""
    counted = Table("Resource type", "generated/")
    for row in ROWS:
        counted.add_row(row.what, str(row.count(held)))
    return counted
