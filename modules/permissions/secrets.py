"""`secrets`: a secret under the path of the service, which only the service reads."""

from dataclasses import dataclass

from modules.iam.statement import Statement
from modules.permissions.kind import Kind, Options, Reach


@dataclass(frozen=True)
class Secret:
    secret_arn: str
    stores_key_arn: str


def grants(secret: Secret, reach: Reach) -> tuple[Statement, ...]:
    """The secret's value, to read."""
    return (
        Statement("Secret", ("secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"), (secret.secret_arn,)),
        reach.through("secretsmanager", "SecretKey", secret.stores_key_arn, "kms:Decrypt"),
    )


def environment(secret: Secret) -> dict[str, str]:
    """Where the secret is, never what it holds."""
    return {"SECRET_ARN": secret.secret_arn}


KIND = Kind("secrets", "Secrets Manager", Options, ("secretsmanager",), Secret, grants, environment)
