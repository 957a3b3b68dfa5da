"""What a service does with each kind of permission: calls on what its stack offers."""

from collections.abc import Mapping
from typing import Any

from modules.iam.evaluation import Call

REGION = "eu-west-1"


def _via(service: str) -> dict[str, str]:
    return {"kms:ViaService": f"{service}.{REGION}.amazonaws.com"}


def _each(actions: str, *resources: str, given: Mapping[str, str] | None = None) -> tuple[Call, ...]:
    return tuple(Call(action, resource, given or {}) for action in actions.split() for resource in resources)


# A Redshift statement that the caller has started itself.
STARTED = {"redshift-data:statement-owner-iam-userid": "AROA:pod", "aws:userid": "AROA:pod"}
# Word under `aws:` -> calls; {name} is an output of the stack that owns the resource.
CALLS: dict[str, tuple[Call, ...]] = {
    "s3": (
        *_each("s3:ListBucket s3:GetBucketLocation", "{bucket_arn}"),
        *_each("s3:GetObject s3:PutObject s3:DeleteObject s3:AbortMultipartUpload", "{bucket_arn}/a/b"),
        *_each("kms:Decrypt kms:GenerateDataKey", "{stores_key_arn}", given=_via("s3")),
    ),
    "rds": _each("rds-db:connect", "{database_user_arn}"),
    "redis": _each("elasticache:Connect", "{cache_arn}", "{cache_user_arn}"),
    "secrets": (
        *_each("secretsmanager:GetSecretValue secretsmanager:DescribeSecret", "{secret_arn}"),
        *_each("kms:Decrypt", "{stores_key_arn}", given=_via("secretsmanager")),
    ),
    "sqs": (
        *_each("sqs:GetQueueUrl sqs:GetQueueAttributes sqs:SendMessage", "{queue_arn}"),
        *_each("sqs:ReceiveMessage sqs:DeleteMessage sqs:ChangeMessageVisibility", "{queue_arn}"),
        *_each("kms:Decrypt kms:GenerateDataKey", "{stores_key_arn}", given=_via("sqs")),
    ),
    "sns": (
        *_each("sns:Publish", "{topic_arn}"),
        *_each("kms:Decrypt kms:GenerateDataKey", "{stores_key_arn}", given=_via("sns")),
    ),
    "dynamodb": (
        *_each("dynamodb:GetItem dynamodb:BatchGetItem dynamodb:Query dynamodb:Scan", "{table_arn}"),
        *_each("dynamodb:PutItem dynamodb:UpdateItem dynamodb:DeleteItem dynamodb:BatchWriteItem", "{table_arn}"),
        *_each("dynamodb:ConditionCheckItem dynamodb:DescribeTable", "{table_arn}"),
        *_each("kms:Decrypt kms:DescribeKey", "{stores_key_arn}", given=_via("dynamodb")),
    ),
    "kms": _each("kms:Decrypt kms:DescribeKey kms:Encrypt kms:GenerateDataKey", "{key_arn}"),
    "cloudwatch": (
        *_each("cloudwatch:PutMetricData", "*", given={"cloudwatch:namespace": "{metrics_namespace}"}),
        *_each("logs:CreateLogStream logs:DescribeLogStreams logs:PutLogEvents", "{log_group_arn}:log-stream:a"),
    ),
    "ses": _each(
        "ses:SendEmail ses:SendRawEmail",
        "{mail_identity_arn}",
        "{mail_recipients_arn}",
        "{mail_configuration_arn}",
        given={"ses:FromAddress": "{mail_identity_name}"},
    ),
    "athena": (
        *_each("athena:GetWorkGroup athena:StartQueryExecution athena:StopQueryExecution", "{workgroup_arn}"),
        *_each("athena:GetQueryExecution athena:GetQueryResults", "{workgroup_arn}"),
        *_each("s3:GetBucketLocation s3:ListBucket s3:ListBucketMultipartUploads", "{results_bucket_arn}"),
        *_each("s3:GetObject s3:PutObject s3:AbortMultipartUpload", "{results_bucket_arn}/a"),
        *_each("s3:ListMultipartUploadParts", "{results_bucket_arn}/a"),
        *_each("kms:Decrypt kms:GenerateDataKey", "{stores_key_arn}", given=_via("s3")),
        *_each("glue:GetDatabase glue:CreateDatabase", "{catalog_arn}", "{default_database_arn}"),
    ),
    "glue": _each(
        "glue:GetDatabase glue:GetTable glue:GetTables glue:CreateTable glue:UpdateTable glue:DeleteTable "
        "glue:GetPartition glue:GetPartitions glue:BatchGetPartition glue:CreatePartition glue:BatchCreatePartition "
        "glue:UpdatePartition glue:DeletePartition glue:BatchDeletePartition",
        "{catalog_arn}",
        "{catalog_database_arn}",
        "{catalog_tables_arn}",
    ),
    "redshift": (
        *_each("redshift-data:ExecuteStatement redshift-data:BatchExecuteStatement", "{warehouse_arn}"),
        *_each("redshift-serverless:GetCredentials", "{warehouse_arn}"),
        *_each(
            "redshift-data:DescribeStatement redshift-data:GetStatementResult redshift-data:CancelStatement",
            "*",
            given=STARTED,
        ),
    ),
}
# What the job that makes a database user does, as the master of Aurora; names are outputs of `data`.
DATABASE_JOB = (
    *_each("rds-data:ExecuteStatement", "{aurora_cluster_arn}"),
    *_each("secretsmanager:GetSecretValue", "{aurora_master_secret_arn}"),
    *_each("kms:Decrypt", "{data_key_arn}", given=_via("secretsmanager")),
)
# What no service may do, whatever it declares.
NEVER = (
    *DATABASE_JOB,
    *_each("iam:PassRole sts:AssumeRole", "arn:aws:iam::123456789012:role/shop-cluster"),
    *_each("kms:Decrypt", "{data_key_arn}"),
    *_each("kms:Decrypt", "{data_key_arn}", given=_via("rds")),
    *_each("redshift-data:GetStatementResult", "*", given={**STARTED, "aws:userid": "AROA:another"}),
)


def of(words: Any, outputs: dict[str, Any]) -> list[Call]:
    """The calls of a service with these permissions."""
    return [filled(call, outputs) for word in words for call in CALLS[word]]


def filled(call: Call, outputs: dict[str, Any]) -> Call:
    """The call with the stack's outputs in it."""
    # The log group's own ARN ends in ":*" in some versions of the provider.
    known = {name: str(value).removesuffix(":*") for name, value in outputs.items()}
    context = {key: str(value).format(**known) for key, value in call.context.items()}
    return Call(call.action, call.resource.format(**known), context)
