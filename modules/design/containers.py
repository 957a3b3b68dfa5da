"""The containers of a service's pods, and how they share the size that Fargate bills.

Fargate counts the larger of the sum of all containers and of the largest init container, and adds its own share:
https://docs.aws.amazon.com/eks/latest/userguide/fargate-pod-configuration.html. So the pod's `cpu:` and `memory:` are
what is billed, whatever runs in it: sidecars take their part of it, and each init container has it whole.
"""

from collections.abc import Mapping
from typing import NamedTuple

from modules.design import images
from modules.spec.container import Container, Sidecar
from modules.spec.model import Service, Spec

SERVER = "server"
"""Name of the service's own container."""
COPY = "copy-"
"""How the names of the chart's own init containers begin."""


class Size(NamedTuple):
    """What a container asks for, and may use: thousandths of a vCPU, and MiB."""

    millis: int
    mib: int

    def __str__(self) -> str:
        return f"{self.millis / 1000:g} vCPU, {self.mib} MiB"


# A program in less memory or time does not even start in the time that its probes give it; ours, not AWS's.
LEAST = Size(50, 64)


def pod(service: Service) -> Size:
    """All containers together."""
    return Size(round(service.cpu * 1000), service.request_mib)


def own(service: Service) -> Size:
    """The service's own container; a placeholder has no sidecars, and so the whole pod."""
    return rest(service) if sidecars(service) else pod(service)


def rest(service: Service) -> Size:
    """What the sidecars that are written leave of the pod, which may be too little."""
    sizes = [of(sidecar) for sidecar in service.sidecars.values()]
    whole = pod(service)
    return Size(whole.millis - sum(one.millis for one in sizes), whole.mib - sum(one.mib for one in sizes))


def of(sidecar: Sidecar) -> Size:
    """What a sidecar asks for."""
    return Size(round(sidecar.cpu * 1000), sidecar.memory_mib)


def sidecars(service: Service) -> Mapping[str, Sidecar]:
    """Containers beside the service's own; a placeholder has none."""
    return service.sidecars if service.image is not None else {}


def init(service: Service) -> Mapping[str, Container]:
    """Containers before the others, in their order; a placeholder has none."""
    return service.init if service.image is not None else {}


def further(service: Service) -> dict[str, Container]:
    """Both."""
    return {**init(service), **sidecars(service)}


def image(spec: Spec, service: Service, container: Container) -> str:
    """Reference of a further container's image; `${repository_url}` stands for the service's own repository."""
    return container.image or images.image(spec, service)


def variables(service: Service, container: Container) -> dict[str, str]:
    """The `env:` of a further container, with that of the service where it runs the service's own image."""
    return {**({} if container.image else service.env), **container.env}
