"""`s3`: a private bucket."""

from dataclasses import dataclass

from pydantic import Field

from modules.iam.statement import Statement
from modules.permissions.adopt import AdoptBucket
from modules.permissions.kind import Access, GrantContext, PermissionKind, SharedOptions

_LIST = ("s3:ListBucket", "s3:GetBucketLocation")
_READ = ("s3:GetObject",)
_WRITE = (*_READ, "s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload")
_OBJECTS: dict[Access, tuple[str, ...]] = {"own": _WRITE, "read": _READ, "write": _WRITE}
_KEY: dict[Access, tuple[str, ...]] = {
    "own": ("kms:Decrypt", "kms:GenerateDataKey"),
    "read": ("kms:Decrypt",),
    "write": ("kms:Decrypt", "kms:GenerateDataKey"),
}


class S3Options(SharedOptions):
    """Options of `s3`."""

    adopt: AdoptBucket | None = Field(None)
    """A bucket that is there already, instead of a new one; `make adopt` writes it."""


@dataclass(frozen=True)
class Bucket:
    bucket_arn: str
    bucket_name: str
    stores_key_arn: str


def grants(bucket: Bucket, context: GrantContext) -> tuple[Statement, ...]:
    """Objects of the bucket."""
    return (
        Statement("Bucket", _LIST, (bucket.bucket_arn,)),
        Statement("Objects", _OBJECTS[context.access], (f"{bucket.bucket_arn}/*",)),
        context.via_service("s3", "BucketKey", bucket.stores_key_arn, *_KEY[context.access]),
    )


def environment(bucket: Bucket) -> dict[str, str]:
    return {"BUCKET_NAME": bucket.bucket_name}


KIND = PermissionKind(
    "s3",
    "S3",
    S3Options,
    ("s3",),
    Bucket,
    grants,
    environment,
    makes="a private, versioned, encrypted bucket",
)
