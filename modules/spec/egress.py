"""Where a service may connect to outside of the system."""

from typing import Annotated

from pydantic import Field

from modules.facts import ports
from modules.schema import patterns
from modules.schema.base import Model, OneOrMany

ANYWHERE = "0.0.0.0/0"


class Egress(Model):
    """Addresses and TCP ports outside of the system; the word `internet` is HTTPS to any address."""

    to: Annotated[tuple[Annotated[str, Field(pattern=patterns.CIDR)], ...], OneOrMany()] = Field(
        (ANYWHERE,), min_length=1
    )
    """Address ranges."""

    ports: Annotated[tuple[Annotated[int, Field(ge=1, le=65535)], ...], OneOrMany(int)] = Field(
        (ports.HTTPS,), min_length=1
    )
    """TCP ports."""

    @property
    def ways(self) -> list[tuple[str, int]]:
        """Each range with each port."""
        return [(cidr, port) for cidr in self.to for port in self.ports]
