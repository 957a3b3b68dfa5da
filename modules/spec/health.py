"""How a service is asked whether it is healthy."""

from typing import Annotated

from pydantic import Field

from modules.facts import load_balancer
from modules.schema import patterns
from modules.schema.base import Model, OneOrMany, Seconds

_INTERVALS, _TIMEOUTS, _COUNTS = (
    load_balancer.HEALTH_INTERVALS,
    load_balancer.HEALTH_TIMEOUTS,
    load_balancer.HEALTH_COUNTS,
)


class Health(Model):
    """The health check of the load balancer and of Kubernetes: by HTTP, where none of `grpc`, `tcp` and `command` is
    given. The load balancer checks by the service's `protocol:` always."""

    path: str | None = Field(None, pattern=patterns.HEALTH, max_length=load_balancer.HEALTH_PATH_LENGTH)
    """Path, with its query if it needs one, that answers 200 when the pod is healthy. Without it, /healthz. With
    `protocol: grpc`, the method that the load balancer calls; without it, /grpc.health.v1.Health/Check."""

    codes: Annotated[tuple[Annotated[str, Field(pattern=patterns.STATUS_CODES)], ...], OneOrMany()] = ()
    """Status codes that the load balancer counts as healthy, each a code or a range: from 200 to 399, without it 200;
    with `protocol: grpc` from 0 to 99, without it 0. Kubernetes counts all of 200-399."""

    port: int | None = Field(None, ge=1, le=65535)
    """Port that is asked. Without it, the service's."""

    grpc: bool = False
    """Kubernetes checks by the gRPC Health Checking Protocol."""

    tcp: bool = False
    """Kubernetes checks that the port accepts connections, and nothing else."""

    command: Annotated[tuple[Annotated[str, Field(min_length=1)], ...], OneOrMany()] = ()
    """Kubernetes runs this command in the container, one item per word; with exit code 0 the pod is healthy."""

    interval: Seconds | None = Field(None, ge=_INTERVALS[0], le=_INTERVALS[1])
    """Time between two checks, in seconds. Without it, 15 for the load balancer and 5 for Kubernetes."""

    timeout: Seconds | None = Field(None, ge=_TIMEOUTS[0], le=_TIMEOUTS[1])
    """Time for an answer, in seconds. Without it, 5 for the load balancer and 3 for Kubernetes."""

    healthy: int = Field(2, ge=_COUNTS[0], le=_COUNTS[1])
    """Successful checks in a row after which the load balancer sends requests to a pod."""

    unhealthy: int = Field(3, ge=_COUNTS[0], le=_COUNTS[1])
    """Failed checks in a row after which a pod gets no more requests. After twice as many its container is
    restarted."""

    start: Seconds = Field(150, ge=5, le=3600)
    """Time in which a container has to pass the check after its start, in seconds. How long a deployment waits follows
    from it."""

    live: str | None = Field(None, pattern=patterns.LIVE)
    """Path of the check that decides whether a container is restarted, or `none`: it is never restarted while its
    program runs. Without it, the same check."""

    @property
    def probe(self) -> str | None:
        """The way that Kubernetes checks, unless by HTTP."""
        return "grpc" if self.grpc else "tcp" if self.tcp else "command" if self.command else None

    @property
    def http_path(self) -> str:
        """The path for checks by HTTP."""
        return self.path or "/healthz"
