"""What a word under `aws:` is: its options, and the private endpoints that its traffic can take."""

from dataclasses import dataclass
from typing import Literal

from modules.spec.base import Model, ServiceName


class Options(Model):
    """Options of a permission that has none."""

    @property
    def others(self) -> tuple[str, ...]:
        """Services whose resources are reached."""
        return ()


class SharedOptions(Options):
    """Options of a permission whose resource another service can reach."""

    of: ServiceName | None = None
    """The service whose resource is reached, instead of one of its own."""

    access: Literal["read", "write"] = "read"
    """What is allowed on the other service's resource; `write` includes `read`."""

    @property
    def others(self) -> tuple[str, ...]:
        return () if self.of is None else (self.of,)


@dataclass(frozen=True)
class Kind:
    """One word of `aws:`."""

    word: str
    title: str
    options: type[Options]
    endpoints: tuple[str, ...]
