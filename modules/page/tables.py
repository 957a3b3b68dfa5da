"""Routes and sizes: what the load balancer sends where, and what Fargate bills for a pod of each service."""

from collections.abc import Iterator
from typing import NamedTuple

from modules.design import containers, fargate_vcpu, health, listener_rules
from modules.facts import fargate
from modules.naming import address
from modules.spec.model import Service, Spec
from modules.spec.pod_size import billed, render_gb


class Route(NamedTuple):
    """A listener rule, and the target group that it forwards to."""

    path: str
    hosts: tuple[str, ...]
    priority: int
    service: str
    patterns: tuple[str, ...]
    port: int
    health: str
    address: str
    load_balancer: str | None
    """One of the further ones."""


class Size(NamedTuple):
    """Pods of a service, what is written for one, and what Fargate bills for it."""

    service: str
    pods: int
    max_pods: int
    declared: str
    requested: str
    billed: str
    vcpu_at_rest: float
    vcpu_at_most: float


def routes(spec: Spec) -> list[Route]:
    """All rules in the order in which the load balancer tries them, those of the first load balancer first."""
    return sorted(
        (route for name, service in spec.services.items() for route in _routes(name, service)),
        key=lambda route: (route.load_balancer or "", route.priority),
    )


def _routes(name: str, service: Service) -> Iterator[Route]:
    check = health.target_group_check(service).path
    for one in listener_rules.rules(name, service):
        rule = f"aws_lb_listener_rule.{address(name, *one.address)}"
        port = service.container_ports[0]  # nothing is routed to a worker
        yield Route(
            one.path, one.hosts, one.priority, name, tuple(one.patterns), port, check, rule, service.load_balancer
        )


def sizes(spec: Spec) -> list[Size]:
    """The platform's pods come last."""
    return [*(_size(name, service) for name, service in spec.services.items()), _platform(spec)]


def _size(name: str, service: Service) -> Size:
    vcpu, gb = billed(service.cpu, service.request_mib)
    return Size(
        name,
        service.pods,
        service.max_replicas,
        f"{service.cpu:g} vCPU, {service.memory}",
        str(containers.own(service)),
        f"{vcpu:g} vCPU, {render_gb(gb)}",
        vcpu * service.pods,
        vcpu * service.max_replicas,
    )


def _platform(spec: Spec) -> Size:
    needed = fargate_vcpu.needed(spec).platform
    pods = round(needed / fargate.SYSTEM_VCPU)
    smallest = fargate.SYSTEM_VCPU, fargate.SIZES[fargate.SYSTEM_VCPU][0]
    size = f"{smallest[0]:g} vCPU, {render_gb(smallest[1])}"
    requested = f"{smallest[0]:g} vCPU, {fargate.SMALLEST['memory'].replace('Mi', ' MiB')}"
    return Size("kube-system", pods, pods, size, requested, size, needed, needed)
