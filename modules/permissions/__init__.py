"""What `aws: [sqs]` makes and allows: one file an AWS service, listed in KINDS. Nothing here knows of cdktf."""

from typing import Any

from modules.permissions import (
    athena,
    cloudwatch,
    dynamodb,
    glue,
    kms,
    rds,
    redis,
    redshift,
    s3,
    secrets,
    ses,
    sns,
    sqs,
)
from modules.permissions.kind import PermissionKind

KINDS: dict[str, PermissionKind[Any]] = {
    "s3": s3.KIND,
    "rds": rds.KIND,
    "redis": redis.KIND,
    "secrets": secrets.KIND,
    "sqs": sqs.KIND,
    "sns": sns.KIND,
    "dynamodb": dynamodb.KIND,
    "kms": kms.KIND,
    "cloudwatch": cloudwatch.KIND,
    "ses": ses.KIND,
    "athena": athena.KIND,
    "glue": glue.KIND,
    "redshift": redshift.KIND,
}
