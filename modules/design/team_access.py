"""What teams may do in the cluster, and what the namespaces of those that write in them may name of AWS."""

from typing import Any

from modules.facts import regions
from modules.facts.load_balancer import PROTOCOL_VERSIONS
from modules.naming import address
from modules.spec.model import Spec

NAME = "team-access"
FILE = f"{NAME}.values.yaml"
# Names of `local.team_access`, besides those of services' groups.
ACCOUNT, PODS_GROUP = "account_id", "pods_security_group_id"


def bounded(spec: Spec) -> list[str]:
    """Services in whose namespaces somebody writes who does not administer the cluster."""
    return sorted({one for team in spec.cluster.teams.values() if team.access != "view" for one in team.services})


def group(service: str) -> str:
    """Name in `local.team_access` of the id of a service's security group."""
    return address(service, "security_group_id")


def values(spec: Spec) -> dict[str, Any]:
    """Each team with its namespaces, and each bounded namespace with what is its own in AWS."""
    return {
        "teams": [
            {"name": name, "access": team.access, "namespaces": list(team.services)}
            for name, team in spec.cluster.teams.items()
        ],
        "bounds": [_bound(spec, service) for service in bounded(spec)],
    }


def _bound(spec: Spec, service: str) -> dict[str, Any]:
    partition, names = regions.partition(spec.region), spec.names
    targets = f"arn:{partition}:elasticloadbalancing:{spec.region}:${{{ACCOUNT}}}:targetgroup"
    return {
        "namespace": service,
        "securityGroups": [f"${{{one}}}" for one in (PODS_GROUP, group(service))],
        # Of each protocol: while another takes over, pods are registered with both groups.
        "targetGroups": [f"{targets}/{names.target_group(service, protocol)}/" for protocol in PROTOCOL_VERSIONS],
        "role": f"arn:{partition}:iam::${{{ACCOUNT}}}:role/{names.role(service)}",
    }
