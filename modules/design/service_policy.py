"""The sum of a service's permissions: the statements of its role, and the environment of its pods."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

from modules.iam.statement import Condition, Statement, via_service
from modules.permissions import KINDS
from modules.permissions.kind import GrantContext
from modules.spec.model import Service

# Names of the statements for `secrets:`.
SECRET_VALUES, SECRET_KEYS, KEYS_ELSEWHERE = "SecretValues", "SecretValueKeys", "SecretValueKeysElsewhere"
SECRET_STATEMENTS = (SECRET_VALUES, SECRET_KEYS, KEYS_ELSEWHERE)


def statements(service: Service, resources: Mapping[str, Any], region: str) -> list[Statement]:
    """Statements on the resources of its kinds, by word, and then its own `statements:`."""
    granted = [
        statement
        for word, options in service.permissions.items()
        for statement in KINDS[word].grants(resources[word], GrantContext(options.access_level, region))
    ]
    return [*granted, *(raw.statement(sid) for sid, raw in service.statements.items())]


def secret_statements(
    service: Service,
    *,
    made_elsewhere: Sequence[str],
    of_others: Sequence[tuple[str, str]],
    keys: Sequence[str],
    region: str,
) -> list[Statement]:
    """Statements on the secrets of `secrets:` that are not the service's own.

    `made_elsewhere` are ARNs; `of_others` are those of other services, each with that of its key. Which key encrypts a
    secret that is made elsewhere is not known here: `keys` are patterns of all keys of an account, for that alone:
    https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html#security-encryption-encryption-context.
    """
    if not service.secrets or not (made_elsewhere or of_others):
        return []
    arns = (*(arn for arn, _ in of_others), *made_elsewhere)
    found = [Statement(SECRET_VALUES, ("secretsmanager:GetSecretValue",), arns)]
    via = via_service("secretsmanager", region)
    if of_others:
        found.append(Statement(SECRET_KEYS, ("kms:Decrypt",), tuple(key for _, key in of_others), conditions=(via,)))
    if made_elsewhere:
        secrets = Condition("StringEquals", "kms:EncryptionContext:SecretARN", tuple(made_elsewhere))
        found.append(Statement(KEYS_ELSEWHERE, ("kms:Decrypt",), tuple(keys), conditions=(via, secrets)))
    return found


def environment(resources: Mapping[str, Any]) -> dict[str, str]:
    """Variables that say where the resources of its kinds are; no secret is among them."""
    return {
        name: value for word, resource in resources.items() for name, value in KINDS[word].environment(resource).items()
    }


def env_var_names(word: str) -> set[str]:
    """Names of the environment variables of a kind."""
    return set(KINDS[word].environment(_sample(word)))


def statement_ids(word: str) -> set[str]:
    """Names of the statements of a kind."""
    return {statement.sid for statement in KINDS[word].grants(_sample(word), GrantContext("own", "region"))}


def _sample(word: str) -> Any:
    resource = KINDS[word].resource
    return resource(*(field.name for field in fields(resource)))
