"""A service as the owner of resources."""

from dataclasses import dataclass

from modules.constructs.stack import Stack
from modules.spec.model import Service


@dataclass(frozen=True)
class Owner:
    """What the construct of a permission needs from its service; `key_arn` encrypts all its stores."""

    stack: Stack
    name: str
    key_arn: str

    @property
    def service(self) -> Service:
        """Its declaration in services.yaml."""
        return self.stack.spec.services[self.name]

    @property
    def protection(self) -> bool:
        """Whether its stores have deletion protection."""
        return self.stack.protection
