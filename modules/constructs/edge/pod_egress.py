"""The way from a load balancer to the pods of all services."""

from modules.constructs.component import Component
from modules.constructs.network.security_group import allow_out
from modules.facts import ports
from modules.naming import load_balancer


def allow_pods(scope: Component, balancer: str | None, *, group_id: str, pods_group_id: str) -> None:
    """On every port that a pod can have: a service's own group says which of them admits the load balancer."""
    for first, last in ports.POD_PORTS:
        allow_out(
            scope,
            *load_balancer(balancer),
            "pods",
            str(first),
            group=group_id,
            target=pods_group_id,
            why="Service pods",
            port=first,
            last=last,
        )
