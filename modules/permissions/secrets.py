"""`secrets`: a secret under the path of the service, which the service and those with `of:` read."""

from dataclasses import dataclass

from pydantic import Field

from modules.iam.statement import Statement
from modules.permissions.adopt import AdoptSecret
from modules.permissions.kind import GrantContext, PermissionKind, ReadableOptions
from modules.schema.base import ServiceName


class SecretsOptions(ReadableOptions):
    """Options of `secrets`."""

    of: ServiceName | None = None
    """Another service whose secret is read, instead of one of its own."""

    adopt: AdoptSecret | None = Field(None)
    """A secret that is there already, instead of a new one; `make adopt` writes it."""


@dataclass(frozen=True)
class Secret:
    secret_arn: str
    stores_key_arn: str


def grants(secret: Secret, context: GrantContext) -> tuple[Statement, ...]:
    """The secret's value, to read."""
    return (
        Statement("Secret", ("secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"), (secret.secret_arn,)),
        context.via_service("secretsmanager", "SecretKey", secret.stores_key_arn, "kms:Decrypt"),
    )


def environment(secret: Secret) -> dict[str, str]:
    """Where the secret is, never what it holds."""
    return {"SECRET_ARN": secret.secret_arn}


KIND = PermissionKind(
    "secrets",
    "Secrets Manager",
    SecretsOptions,
    ("secretsmanager",),
    Secret,
    grants,
    environment,
    makes="a secret; the command in the output `secret_command` stores its value",
)
