"""Ports of a service: those of its address in the cluster, and those of its container behind them."""

from typing import NamedTuple

from modules.spec.model import Service

# A process without privileges binds to ports from here on, unless a setting of the pod's network says another:
# https://docs.kernel.org/networking/ip-sysctl.html, ip_unprivileged_port_start.
PRIVILEGED = 1024

MAIN = "http"
"""Name of the container's port `port:`."""


class Port(NamedTuple):
    """A further port of the address; `container` is behind it, and has the name `target`."""

    name: str
    port: int
    container: int
    target: str


def further(service: Service) -> list[Port]:
    """The ports under `ports:`, in their order. A name follows from the port that is called: what is behind it can
    change while pods of both versions run."""
    return [
        Port(name := f"port-{port}", int(port), container, MAIN if container == service.listens_on else name)
        for port, container in sorted(service.ports.items(), key=lambda item: int(item[0]))
    ]


def unprivileged_start(service: Service) -> int | None:
    """The lowest port, where the container's user has to be allowed to bind to it; None where it is anyway."""
    lowest = min(service.container_ports, default=PRIVILEGED)
    return lowest if lowest < PRIVILEGED and service.user != 0 else None


def protocol(service: Service) -> str:
    """What runs on `port`: the placeholder speaks HTTP, whatever the service is to speak."""
    return "http" if service.image is None else service.protocol
