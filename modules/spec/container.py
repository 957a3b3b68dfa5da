"""Containers of a service's pods besides its own."""

from typing import Annotated

from pydantic import Field

from modules.schema import patterns
from modules.schema.base import Model, OneOrMany, Unit
from modules.spec.pod_size import memory_mib


class Container(Model):
    """A further container of the pods, with the user, writable folders, files and account of the service's own."""

    image: str | None = Field(None, pattern=patterns.IMAGE_REFERENCE)
    """Image with its registry and a tag or digest. Without it, the service's own, and then with its `env:` too."""

    command: Annotated[tuple[Annotated[str, Field(min_length=1)], ...], OneOrMany()] = ()
    """Replaces the image's entrypoint, one item per word."""

    args: Annotated[tuple[str, ...], OneOrMany()] = ()
    """Replaces the image's arguments, one item per word."""

    env: dict[Annotated[str, Field(pattern=patterns.VARIABLE)], str] = Field({})
    """Environment variables, besides those that the permissions and `calls:` set."""


class Sidecar(Container):
    """A container that runs beside the service's own, with a part of the pod's size."""

    cpu: Annotated[float, Unit("vCPU")] = Field(0.05, ge=0.01, le=16)
    """vCPU that it gets of the pod's `cpu`."""

    memory: str = Field("64MB", pattern=patterns.MEMORY)
    """Memory that it gets of the pod's `memory`."""

    @property
    def memory_mib(self) -> int:
        """Its memory in MiB."""
        return memory_mib(self.memory)
