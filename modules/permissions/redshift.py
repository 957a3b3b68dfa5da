"""`redshift`: a Redshift Serverless namespace and workgroup, queried through the Data API."""

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from modules.iam.statement import Statement
from modules.iam.unscoped import STATEMENTS, unscoped
from modules.permissions.kind import GrantContext, Options, PermissionKind
from modules.schema.base import Unit


class RedshiftOptions(Options):
    """Options of `redshift`."""

    # https://docs.aws.amazon.com/redshift/latest/mgmt/serverless-capacity.html
    base_capacity: Annotated[Literal[4, 8, 16, 24, 32, 40, 48, 56, 64, 128, 256, 512], Unit("RPU")] = 8
    """Redshift processing units (RPU) at rest; 4 is not offered in every region."""

    # https://docs.aws.amazon.com/redshift/latest/mgmt/serverless-workgroup-max-rpu.html
    max_capacity: Annotated[int | None, Unit("RPU")] = Field(None, ge=8, le=5632)
    """Most RPU, billed by the second while queries run; four times `base_capacity` without it."""

    @property
    def most_capacity(self) -> int:
        """The most RPU that it uses; without a limit a single query can take 5,632."""
        return 4 * self.base_capacity if self.max_capacity is None else self.max_capacity


_QUERY = ("redshift-data:ExecuteStatement", "redshift-data:BatchExecuteStatement")


@dataclass(frozen=True)
class Warehouse:
    warehouse_arn: str
    warehouse_name: str
    warehouse_database: str


def grants(warehouse: Warehouse, _: GrantContext) -> tuple[Statement, ...]:
    """SQL in the workgroup, as the database user that Redshift makes for this role."""
    return (
        Statement("Warehouse", _QUERY, (warehouse.warehouse_arn,)),
        Statement("WarehouseLogin", ("redshift-serverless:GetCredentials",), (warehouse.warehouse_arn,)),
        # &{…} is the AWS provider's way to write IAM's ${…}.
        unscoped("WarehouseStatements", STATEMENTS, "&{aws:userid}"),
    )


def environment(warehouse: Warehouse) -> dict[str, str]:
    return {"REDSHIFT_WORKGROUP": warehouse.warehouse_name, "REDSHIFT_DATABASE": warehouse.warehouse_database}


KIND = PermissionKind(
    "redshift",
    "Redshift Serverless",
    RedshiftOptions,
    ("redshift-data", "redshift-serverless"),
    Warehouse,
    grants,
    environment,
    makes=(
        "a serverless namespace and workgroup for SQL by the Data API; it has no role and no access to "
        "other networks, so no `COPY`, `UNLOAD` or external schema"
    ),
)
