"""`glue`: a database in the catalog; the settings of the catalog itself belong to the account and are never touched."""

from dataclasses import dataclass

from modules.iam.statement import Statement
from modules.permissions.kind import GrantContext, Options, PermissionKind

_TABLES = (
    "glue:GetDatabase",
    "glue:GetTable",
    "glue:GetTables",
    "glue:CreateTable",
    "glue:UpdateTable",
    "glue:DeleteTable",
    "glue:GetPartition",
    "glue:GetPartitions",
    "glue:BatchGetPartition",
    "glue:CreatePartition",
    "glue:BatchCreatePartition",
    "glue:UpdatePartition",
    "glue:DeletePartition",
    "glue:BatchDeletePartition",
)


@dataclass(frozen=True)
class Catalog:
    catalog_arn: str
    catalog_database_arn: str
    catalog_database_name: str
    catalog_tables_arn: str


def grants(catalog: Catalog, _: GrantContext) -> tuple[Statement, ...]:
    """Tables and partitions of the database."""
    # Glue checks a table together with its database and the catalog around them:
    # https://docs.aws.amazon.com/glue/latest/dg/glue-specifying-resource-arns.html.
    arns = (catalog.catalog_arn, catalog.catalog_database_arn, catalog.catalog_tables_arn)
    return (Statement("Catalog", _TABLES, arns),)


def environment(catalog: Catalog) -> dict[str, str]:
    return {"GLUE_DATABASE": catalog.catalog_database_name}


KIND = PermissionKind(
    "glue",
    "Glue Data Catalog",
    Options,
    ("glue",),
    Catalog,
    grants,
    environment,
    makes="a database in the Glue Data Catalog",
)
