"""The health checks that follow from a service's `health:`: the load balancer's, and Kubernetes' probes."""

from dataclasses import dataclass
from math import ceil
from typing import Any

from modules.design import service_ports
from modules.facts import load_balancer
from modules.spec.health import Health
from modules.spec.model import Service

# Seconds between two checks and for an answer, where `health:` does not say.
INTERVAL, TIMEOUT = 15, 5
PROBE_INTERVAL, PROBE_TIMEOUT = 5, 3
# A busy pod leaves the load balancer before it is restarted: liveness asks at half the pace, with more patience.
_LIVE_PACE, _LIVE_PATIENCE = 2, 2

Probe = dict[str, Any]


@dataclass(frozen=True)
class TargetGroupCheck:
    """A target group's health check; times in seconds."""

    path: str
    port: str | None
    codes: str
    interval: int
    timeout: int
    healthy: int
    unhealthy: int


def of(service: Service) -> Health | None:
    """Its `health:`; the placeholder, which knows neither gRPC nor a command, is asked by HTTP.

    A server of gRPC is asked by gRPC, unless `health:` names another way. A worker is asked by a command, if at all.
    """
    health = service.health
    if service.listens_on is None:
        return health if health and health.command and service.image is not None else None
    if health is None:
        return None
    if service.image is None:
        codes = () if service.protocol == "grpc" else health.codes
        return health.model_copy(update={"grpc": False, "tcp": False, "command": (), "port": None, "codes": codes})
    by_grpc = service.protocol == "grpc" and not health.probe and (service.path or health.path is None)
    return health.model_copy(update={"grpc": True}) if by_grpc else health


def target_group_check(service: Service) -> TargetGroupCheck:
    """The check of the load balancer, for a service with a path."""
    health = of(service) or Health()
    interval = health.interval or INTERVAL
    is_grpc = service_ports.protocol(service) == "grpc"
    return TargetGroupCheck(
        path=health.path or load_balancer.GRPC_HEALTH if is_grpc else health.http_path,
        port=None if health.port in (None, service.listens_on) else str(health.port),
        codes=",".join(health.codes) or (load_balancer.GRPC_OK if is_grpc else "200"),
        interval=interval,
        timeout=health.timeout or min(TIMEOUT, interval - 1),
        healthy=health.healthy,
        unhealthy=health.unhealthy,
    )


def probes(service: Service) -> dict[str, Probe]:
    """Kubernetes' probes by their kind, as a container has them; none of a service without health check."""
    if (health := of(service)) is None:
        return {}
    check = _check(health, service.listens_on)
    ready, interval = probe_seconds(service), min(probe_seconds(service), PROBE_INTERVAL)
    timeout = health.timeout or PROBE_TIMEOUT
    made = {
        "startup": check
        | {
            "periodSeconds": interval,
            "timeoutSeconds": timeout,
            "failureThreshold": ceil(health.start / interval),
        },
        "readiness": check | {"periodSeconds": ready, "timeoutSeconds": timeout, "failureThreshold": health.unhealthy},
    }
    if health.live != "none":
        made["liveness"] = (_http(health.live, health, service.listens_on) if health.live else check) | {
            "periodSeconds": _LIVE_PACE * ready,
            "timeoutSeconds": health.timeout or TIMEOUT,
            "failureThreshold": _LIVE_PATIENCE * health.unhealthy,
        }
    return made


def probe_seconds(service: Service) -> int:
    """Seconds between two checks by Kubernetes of a pod that runs."""
    health = of(service)
    return PROBE_INTERVAL if health is None else health.interval or PROBE_INTERVAL


def start_seconds(service: Service) -> int:
    """Seconds that a container may take until its first answer: 0 without health check."""
    health = of(service)
    return 0 if health is None else health.start


def described(service: Service) -> str:
    """When its pods are healthy, in a few words."""
    health = of(service)
    if health is None:
        return "without health check"
    ways = {
        "grpc": "healthy by its gRPC health check",
        "tcp": "healthy if the port accepts connections",
        "command": f"healthy if {' '.join(health.command)} exits with 0",
    }
    codes = ", ".join(health.codes) or "200"
    return ways.get(health.probe or "", f"healthy if {health.http_path} answers {codes}")


def _check(health: Health, port: int | None) -> Probe:
    match health.probe:
        case "grpc":
            return {"grpc": {"port": health.port or port}}
        case "tcp":
            return {"tcpSocket": {"port": health.port or "http"}}
        case "command":
            return {"exec": {"command": list(health.command)}}
    return _http(health.http_path, health, port)


def _http(path: str, health: Health, port: int | None) -> Probe:
    return {"httpGet": {"path": path, "port": health.port if health.port not in (None, port) else "http"}}
