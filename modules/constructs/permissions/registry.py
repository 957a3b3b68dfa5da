"""Which construct makes the resource of each word under `aws:`."""

from collections.abc import Callable
from typing import Any, Protocol

from modules.bindings.cdktf import ITerraformDependable
from modules.constructs.permissions.athena import ServiceWorkgroup
from modules.constructs.permissions.cloudwatch import ServiceMetrics
from modules.constructs.permissions.dynamodb import ServiceTable
from modules.constructs.permissions.glue import ServiceCatalog
from modules.constructs.permissions.kms import OwnKey
from modules.constructs.permissions.owner import Owner
from modules.constructs.permissions.rds import DatabaseUser
from modules.constructs.permissions.redis import CacheUser
from modules.constructs.permissions.redshift import Warehouse
from modules.constructs.permissions.s3 import ServiceBucket
from modules.constructs.permissions.secrets import ServiceSecret
from modules.constructs.permissions.ses import MailIdentity
from modules.constructs.permissions.sns import ServiceTopic
from modules.constructs.permissions.sqs import ServiceQueue


class PermissionConstruct(Protocol):
    """The construct of a permission; it offers the resource of the permission's kind."""

    depends_on: list[ITerraformDependable]

    @property
    def outputs(self) -> Any: ...


PERMISSION_CONSTRUCTS: dict[str, Callable[[Owner, Any], PermissionConstruct]] = {
    "s3": ServiceBucket,
    "rds": DatabaseUser,
    "redis": CacheUser,
    "secrets": ServiceSecret,
    "sqs": ServiceQueue,
    "sns": ServiceTopic,
    "dynamodb": ServiceTable,
    "kms": OwnKey,
    "cloudwatch": ServiceMetrics,
    "ses": MailIdentity,
    "athena": ServiceWorkgroup,
    "glue": ServiceCatalog,
    "redshift": Warehouse,
}
