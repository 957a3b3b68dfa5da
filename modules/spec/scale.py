"""What a service's number of pods follows."""

from typing import Annotated

from pydantic import Field

from modules.facts import time_zones
from modules.schema.base import Model, Unit

# The autoscaler's default where nothing else is asked for, in percent of a pod's CPU; ours.
DEFAULT_CPU = 70


class Times(Model):
    """A time in which at least so many pods run."""

    start: str
    """When it begins: minute, hour, day of the month, month, day of the week, such as `"0 8 * * 1-5"`."""

    end: str
    """When it ends, in the same form."""

    pods: Annotated[int, Unit("pods")] = Field(ge=1)
    """Pods that run at least, from `start` to `end`."""

    time_zone: str = time_zones.UTC
    """Time zone of both, such as Europe/Berlin."""


class Scale(Model):
    """What the number of pods follows, between `pods` and `max_pods`: the largest number that one of these asks for."""

    cpu: Annotated[int | None, Unit("percent")] = Field(None, ge=1, le=100)
    """CPU that the pods use on average, in percent of what they have. Without any key of `scale`, 70."""

    memory: Annotated[int | None, Unit("percent")] = Field(None, ge=1, le=100)
    """Memory that the pods use on average, in percent of what they have: for programs that give it back."""

    requests: Annotated[int | None, Unit("requests a minute")] = Field(None, ge=1)
    """Requests that a pod answers in a minute. The load balancer counts them, and is one to two minutes late."""

    queue: Annotated[int | None, Unit("messages")] = Field(None, ge=1)
    """Messages of the queue that the service reads, waiting and in hand, for each pod. With `pods: 0`, no pod runs
    while there is none."""

    times: tuple[Times, ...] = ()
    """Times in which at least so many pods run, such as business hours."""

    @property
    def cpu_percent(self) -> int | None:
        """`cpu`, or its default where nothing is asked for; None where something else is."""
        return self.cpu if self.model_fields_set else DEFAULT_CPU

    @property
    def needs_keda(self) -> bool:
        """Whether something is asked for that Kubernetes' own autoscaler does not know."""
        return self.requests is not None or self.queue is not None or bool(self.times)
