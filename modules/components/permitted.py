"""Which component makes the resource of each word under `aws:`."""

from collections.abc import Callable
from typing import Any, Protocol

from modules.components.bucket import ServiceBucket
from modules.components.cache_user import CacheUser
from modules.components.catalog import ServiceCatalog
from modules.components.database_user import DatabaseUser
from modules.components.mail_identity import MailIdentity
from modules.components.own_key import OwnKey
from modules.components.owner import Owner
from modules.components.queue import ServiceQueue
from modules.components.secret import ServiceSecret
from modules.components.service_metrics import ServiceMetrics
from modules.components.table import ServiceTable
from modules.components.topic import ServiceTopic
from modules.components.warehouse import Warehouse
from modules.components.workgroup import ServiceWorkgroup
from modules.providers.cdktf import ITerraformDependable


class Permitted(Protocol):
    """A component of a permission; it offers the resource of the permission's kind."""

    needs: list[ITerraformDependable]

    @property
    def offers(self) -> Any: ...


MAKERS: dict[str, Callable[[Owner, Any], Permitted]] = {
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
