"""`kms`: a key of the service's own, to encrypt and decrypt with; not the one that encrypts its stores."""

from dataclasses import dataclass

from pydantic import Field

from modules.iam.statement import Statement
from modules.permissions.adopt import AdoptKey
from modules.permissions.kind import Access, GrantContext, PermissionKind, SharedOptions

_READ = ("kms:Decrypt", "kms:DescribeKey")
_WRITE = (*_READ, "kms:Encrypt", "kms:GenerateDataKey")
_ACTIONS: dict[Access, tuple[str, ...]] = {"own": _WRITE, "read": _READ, "write": _WRITE}


class KmsOptions(SharedOptions):
    """Options of `kms`."""

    adopt: AdoptKey | None = Field(None)
    """A key that is there already, instead of a new one; `make adopt` writes it."""


@dataclass(frozen=True)
class Key:
    key_arn: str


def grants(key: Key, context: GrantContext) -> tuple[Statement, ...]:
    """The use of the key."""
    return (Statement("Key", _ACTIONS[context.access], (key.key_arn,)),)


def environment(key: Key) -> dict[str, str]:
    return {"KMS_KEY_ARN": key.key_arn}


KIND = PermissionKind(
    "kms",
    "KMS",
    KmsOptions,
    ("kms",),
    Key,
    grants,
    environment,
    makes="a key to encrypt and decrypt with",
)
