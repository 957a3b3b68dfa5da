"""What happens to a resource beyond what its block says: it gets another address, is let go of, or is taken over."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Moved:
    """A resource that has another address now."""

    source: str
    target: str

    block = "moved"

    def arguments(self) -> dict[str, Any]:
        """As Terraform's JSON has them."""
        return {"from": self.source, "to": self.target}


@dataclass(frozen=True)
class Kept:
    """A resource that Terraform forgets and does not delete."""

    address: str

    block = "removed"

    def arguments(self) -> dict[str, Any]:
        """As Terraform's JSON has them."""
        return {"from": self.address, "lifecycle": {"destroy": False}}


@dataclass(frozen=True)
class Imported:
    """A resource that is in AWS, and comes under this address; `id` is what the provider's documentation imports."""

    address: str
    id: str

    block = "import"

    def arguments(self) -> dict[str, Any]:
        """As Terraform's JSON has them."""
        return {"to": self.address, "id": self.id}


Transition = Moved | Kept | Imported
