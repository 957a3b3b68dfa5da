"""`rds`: the service logs in to Aurora as its own user. The cluster is in the VPC; its Data API has an endpoint."""

from dataclasses import dataclass
from typing import ClassVar, Literal

from pydantic import Field

from modules.facts import aurora
from modules.iam.statement import Statement
from modules.naming import LIMITS, Names, shorten
from modules.permissions.kind import GrantContext, PermissionKind, UserOptions
from modules.schema.base import ServiceName


class RdsOptions(UserOptions):
    """Options of `rds`."""

    of: ServiceName | None = None
    """Another service whose tables are used, also those that it makes later, instead of a schema of its own."""

    access: Literal["read", "write"] = "read"
    """Access to the other service's tables: `read` selects, `write` inserts, updates and deletes too."""

    connections: int | None = Field(None, ge=1, le=aurora.MAX_CONNECTIONS)
    """Most connections at a time, fixed when its user is made; without it a tenth of what `max_acu` allows."""

    kept: ClassVar = ("connections", "login")


@dataclass(frozen=True)
class DatabaseUser:
    database_user_arn: str
    database_user_name: str
    database_host: str
    database_reader_host: str
    database_port: str
    database_name: str


def schema(names: Names, service: str) -> str:
    """The PostgreSQL schema of a service that has one; in a form that SQL needs no quotes for."""
    return names.of(service, kind="postgresql").replace("-", "_")


def user_name(names: Names, service: str, options: RdsOptions) -> str:
    """The service's PostgreSQL user, which logs in with IAM tokens: called as its schema.

    With `of` the name says what the user may do: nothing can change a user later (docs/decisions/0007), so that
    another owner or another access is another user, and running pods keep theirs.
    """
    if options.of is None:
        return schema(names, service)
    owner = names.first(options.of)
    return shorten(f"{names.of(service)}__{options.access}s_{owner}", LIMITS["postgresql"]).replace("-", "_")


def logins(user: str) -> tuple[str, str]:
    """The users beside this one that log in with a password, in turn; at most as long as other names made of it."""
    return f"{user}__a", f"{user}__b"


def grants(user: DatabaseUser, _: GrantContext) -> tuple[Statement, ...]:
    """A login as this user."""
    return (Statement("Database", ("rds-db:connect",), (user.database_user_arn,)),)


def environment(user: DatabaseUser) -> dict[str, str]:
    return {
        "DATABASE_HOST": user.database_host,
        "DATABASE_READER_HOST": user.database_reader_host,
        "DATABASE_PORT": user.database_port,
        "DATABASE_NAME": user.database_name,
        "DATABASE_USER": user.database_user_name,
    }


KIND = PermissionKind(
    "rds",
    "Aurora PostgreSQL",
    RdsOptions,
    (),
    DatabaseUser,
    grants,
    environment,
    makes=(
        "the right to log in to Aurora with IAM, as a database user of the service's own that a job "
        "creates together with a schema of that name"
    ),
)
