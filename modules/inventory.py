"""Counts what generated/ holds, beside what the architecture asks for: `python -m modules.inventory`."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from rich.console import Console
from rich.table import Table

from modules.cli import ROOT

Resources = dict[str, list[dict[str, Any]]]


class Row(NamedTuple):
    """A line of the architecture's table: what, how many it asks for, whether that is the least, and how to count."""

    what: str
    asked: int
    at_least: bool
    count: Callable[[Resources], int]


def _of(kind: str, **attributes: str) -> Callable[[Resources], int]:
    def count(resources: Resources) -> int:
        return sum(
            all(resource.get(key) == value for key, value in attributes.items()) for resource in resources.get(kind, [])
        )

    return count


def _service_roles(resources: Resources) -> int:
    return sum("ServiceAccount" in role.get("tags", {}) for role in resources.get("aws_iam_role", []))


def _cache_nodes(resources: Resources) -> int:
    return sum(group["num_cache_clusters"] for group in resources.get("aws_elasticache_replication_group", []))


# The architecture's "Resource Count".
ROWS = (
    Row("VPC", 1, False, _of("aws_vpc")),
    Row("Subnets", 6, False, _of("aws_subnet")),
    Row("NAT Gateways", 3, False, _of("aws_nat_gateway")),
    Row("Internet Gateway", 1, False, _of("aws_internet_gateway")),
    Row("VPC Endpoints", 7, False, _of("aws_vpc_endpoint")),
    Row("EKS Cluster", 1, False, _of("aws_eks_cluster")),
    Row("Fargate Profiles", 7, False, _of("aws_eks_fargate_profile")),
    Row("RDS Instances", 2, False, _of("aws_rds_cluster_instance")),
    Row("Redis Nodes", 2, False, _cache_nodes),
    Row("ALB", 1, False, _of("aws_lb", load_balancer_type="application")),
    Row("IRSA Roles", 5, False, _service_roles),
    Row("Security Groups", 5, True, _of("aws_security_group")),
    Row("CloudWatch Log Groups", 10, True, _of("aws_cloudwatch_log_group")),
    Row("Total", 60, True, lambda resources: sum(len(found) for found in resources.values())),
)


def resources(generated: Path) -> Resources:
    """All resources of all stacks by type."""
    found: Resources = {}
    for file in sorted(generated.glob("stacks/*/cdk.tf.json")):
        for kind, addresses in json.loads(file.read_bytes()).get("resource", {}).items():
            found.setdefault(kind, []).extend(addresses.values())
    return found


def main() -> int:
    """Prints the table; exit code 1 where something is missing."""
    held = resources(ROOT / "generated")
    table = Table("Resource type", "Architecture", "generated/", "")
    met = True
    for row in ROWS:
        count = row.count(held)
        fits = count >= row.asked if row.at_least else count == row.asked
        met = met and fits
        table.add_row(row.what, f"{row.asked}{'+' if row.at_least else ''}", str(count), "ok" if fits else "differs")
    Console(width=100).print(table)
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
