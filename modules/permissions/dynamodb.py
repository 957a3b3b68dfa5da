"""`dynamodb`: a table, billed on demand."""

from dataclasses import dataclass
from typing import Literal

from pydantic import Field

from modules.iam.statement import Statement
from modules.permissions.adopt import AdoptTable
from modules.permissions.kind import Access, GrantContext, PermissionKind, SharedOptions
from modules.schema import patterns
from modules.schema.base import Model


class Key(Model):
    """A key attribute of a table."""

    name: str = Field(pattern=patterns.ATTRIBUTE)
    """Name of the attribute."""

    type: Literal["S", "N", "B"] = "S"
    """S(tring), N(umber) or B(inary)."""


class DynamodbOptions(SharedOptions):
    """Options of `dynamodb`."""

    partition_key: Key = Key(name="id")
    """Key by which items are spread; fixed for the life of the table."""

    sort_key: Key | None = None
    """Key by which items of one partition are ordered; fixed for the life of the table."""

    ttl: str | None = Field(None, pattern=patterns.ATTRIBUTE)
    """Attribute with the second (Unix time) at which an item expires."""

    adopt: AdoptTable | None = Field(None)
    """A table that is there already, instead of a new one; `make adopt` writes it, with its keys."""


_READ = (
    "dynamodb:GetItem",
    "dynamodb:BatchGetItem",
    "dynamodb:Query",
    "dynamodb:Scan",
    "dynamodb:ConditionCheckItem",
    "dynamodb:DescribeTable",
)
_WRITE = (*_READ, "dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem", "dynamodb:BatchWriteItem")
_ITEMS: dict[Access, tuple[str, ...]] = {"own": _WRITE, "read": _READ, "write": _WRITE}


@dataclass(frozen=True)
class Table:
    table_arn: str
    table_name: str
    stores_key_arn: str


def grants(table: Table, context: GrantContext) -> tuple[Statement, ...]:
    """Items of the table."""
    # DynamoDB makes and renews the table's key by grants of its own, and decrypts it as whoever reads or writes:
    # https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.howitworks.html.
    return (
        Statement("Table", _ITEMS[context.access], (table.table_arn,)),
        context.via_service("dynamodb", "TableKey", table.stores_key_arn, "kms:Decrypt", "kms:DescribeKey"),
    )


def environment(table: Table) -> dict[str, str]:
    return {"TABLE_NAME": table.table_name}


KIND = PermissionKind(
    "dynamodb",
    "DynamoDB",
    DynamodbOptions,
    ("dynamodb",),
    Table,
    grants,
    environment,
    makes="a table, billed on demand, with point-in-time recovery",
    example={
        "partition_key": {"name": "pk"},
        "sort_key": {"name": "at", "type": "N"},
        "ttl": "gone",
    },
)
