"""`secrets`: a secret under the path of the service, which only the service reads."""

from dataclasses import dataclass

from modules.iam.statement import Statement
from modules.permissions.kind import GrantContext, Options, PermissionKind


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
    Options,
    ("secretsmanager",),
    Secret,
    grants,
    environment,
    makes="a secret; the command in the output `secret_command` stores its value",
)
