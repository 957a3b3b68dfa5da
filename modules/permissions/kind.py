"""What a word under `aws:` is: its options, the endpoints of its traffic, its statements and its environment variables.

A resource is a value of a frozen class: each of its fields is an output of the owner's stack, so that another service
reaches it with the same fields, read from there.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Generic, Literal, TypeVar

from modules.iam.statement import Statement, via_service
from modules.schema.base import Model, ServiceName

Access = Literal["own", "read", "write"]
Resource = TypeVar("Resource")


class Options(Model):
    """This permission has no options."""

    @property
    def others(self) -> tuple[str, ...]:
        """Services whose Terraform states are read."""
        return ()

    @property
    def owner(self) -> str | None:
        """The other service whose resource is reached instead of one of its own."""
        return None

    @property
    def read_from(self) -> str | None:
        """The other service whose Terraform state knows the resource; None where the service's own state does."""
        return None

    @property
    def notes(self) -> tuple[str, ...]:
        """What a table of permissions says of it besides whose it is and the access."""
        return ()

    @property
    def subscriptions(self) -> tuple[str, ...]:
        """The other services whose topics deliver into the resource."""
        return ()

    @property
    def buckets(self) -> tuple[str, ...]:
        """The other services whose buckets' new objects become messages of the resource."""
        return ()

    @property
    def access_level(self) -> Access:
        """What is allowed on the resource."""
        return "own"


class ReadableOptions(Options):
    """Options of a permission whose resource another service can read."""

    of: ServiceName | None = None
    """Another service whose resource is used, instead of one of its own."""

    @property
    def others(self) -> tuple[str, ...]:
        return () if self.read_from is None else (self.read_from,)

    @property
    def owner(self) -> str | None:
        return self.of

    @property
    def read_from(self) -> str | None:
        return self.of

    @property
    def access_level(self) -> Access:
        return "own" if self.of is None else "read"


class SharedOptions(ReadableOptions):
    """Options of a permission whose resource another service can read or write."""

    access: Literal["read", "write"] = "read"
    """Access to the other service's resource; `write` includes `read`."""

    kept: ClassVar[tuple[str, ...]] = ()
    """Options that stay the service's own with `of`."""

    @property
    def access_level(self) -> Access:
        return "own" if self.of is None else self.access


class UserOptions(SharedOptions):
    """Options of a permission that is a user of a shared store: with `of` the user is the service's own all the same.

    Names alone say which part of the store it reaches, so no other service's state is read.
    """

    login: Literal["iam", "password"] = "iam"
    """How its program logs in. `iam`: with a token of the service's role. `password`: for programs that can't, with a
    user and a password that the pods are given; `make rotate` changes it."""

    @property
    def notes(self) -> tuple[str, ...]:
        return ("password",) if self.login == "password" else ()

    @property
    def read_from(self) -> str | None:
        return None


@dataclass(frozen=True)
class GrantContext:
    """How a service reaches a resource: with which access, and in which region."""

    access: Access
    region: str

    def via_service(self, service: str, sid: str, key_arn: str, *actions: str) -> Statement:
        """The use of a key by an AWS service for the caller, and in no other way."""
        return Statement(sid, actions, (key_arn,), conditions=(via_service(service, self.region),))


@dataclass(frozen=True)
class PermissionKind(Generic[Resource]):
    """One word of `aws:`."""

    word: str
    title: str
    options: type[Options]
    endpoints: tuple[str, ...]
    resource: type[Resource]
    grants: Callable[[Resource, GrantContext], tuple[Statement, ...]]
    environment: Callable[[Resource], dict[str, str]]
    makes: str
    """What the word makes, as a phrase for the table in docs/reference/permissions.md."""
    example: Mapping[str, Any] = field(default_factory=dict)
    """Options as services.yaml writes them: required ones at least. Random systems and tests of every kind use it."""
