"""`athena`: a workgroup with an encrypted result location that queries cannot change."""

from dataclasses import dataclass

from modules.iam.statement import Statement
from modules.permissions.kind import GrantContext, Options, PermissionKind

_QUERY = (
    "athena:GetWorkGroup",
    "athena:StartQueryExecution",
    "athena:StopQueryExecution",
    "athena:GetQueryExecution",
    "athena:GetQueryResults",
)
_BUCKET = ("s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads")
_RESULTS = ("s3:GetObject", "s3:PutObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts")


@dataclass(frozen=True)
class Workgroup:
    workgroup_arn: str
    workgroup_name: str
    results_bucket_arn: str
    catalog_arn: str
    default_database_arn: str
    stores_key_arn: str


def grants(workgroup: Workgroup, context: GrantContext) -> tuple[Statement, ...]:
    """Queries of the workgroup and their results; what they read comes with `glue` and `s3`."""
    # Athena looks for the database `default`, and makes it, before any query:
    # https://docs.aws.amazon.com/athena/latest/ug/fine-grained-access-to-glue-resources.html.
    default = (workgroup.catalog_arn, workgroup.default_database_arn)
    return (
        Statement("Queries", _QUERY, (workgroup.workgroup_arn,)),
        Statement("ResultsBucket", _BUCKET, (workgroup.results_bucket_arn,)),
        Statement("Results", _RESULTS, (f"{workgroup.results_bucket_arn}/*",)),
        context.via_service("s3", "ResultsKey", workgroup.stores_key_arn, "kms:Decrypt", "kms:GenerateDataKey"),
        Statement("DefaultDatabase", ("glue:GetDatabase", "glue:CreateDatabase"), default),
    )


def environment(workgroup: Workgroup) -> dict[str, str]:
    return {"ATHENA_WORKGROUP": workgroup.workgroup_name}


KIND = PermissionKind(
    "athena",
    "Athena",
    Options,
    ("athena",),
    Workgroup,
    grants,
    environment,
    makes="a workgroup with a bucket for results",
)
