"""What a service does with each kind of permission: calls on what its stack offers."""

from typing import Any

from tests.e2e.iam import Call

REGION = "eu-west-1"


def _via(service: str) -> dict[str, str]:
    return {"kms:ViaService": f"{service}.{REGION}.amazonaws.com"}


# Word under `aws:` -> calls; {name} is an output of the stack that owns the resource.
CALLS: dict[str, tuple[Call, ...]] = {
    "s3": (
        Call("s3:ListBucket", "{bucket_arn}"),
        Call("s3:GetObject", "{bucket_arn}/a/b"),
        Call("s3:PutObject", "{bucket_arn}/a/b"),
        Call("kms:GenerateDataKey", "{stores_key_arn}", _via("s3")),
    ),
    "rds": (Call("rds-db:connect", "{database_user_arn}"),),
    "redis": (Call("elasticache:Connect", "{cache_arn}"), Call("elasticache:Connect", "{cache_user_arn}")),
    "secrets": (
        Call("secretsmanager:GetSecretValue", "{secret_arn}"),
        Call("kms:Decrypt", "{stores_key_arn}", _via("secretsmanager")),
    ),
    "sqs": (
        Call("sqs:SendMessage", "{queue_arn}"),
        Call("sqs:ReceiveMessage", "{queue_arn}"),
        Call("sqs:DeleteMessage", "{queue_arn}"),
        Call("kms:Decrypt", "{stores_key_arn}", _via("sqs")),
    ),
    "sns": (
        Call("sns:Publish", "{topic_arn}"),
        Call("kms:GenerateDataKey", "{stores_key_arn}", _via("sns")),
    ),
    "dynamodb": (
        Call("dynamodb:GetItem", "{table_arn}"),
        Call("dynamodb:PutItem", "{table_arn}"),
        Call("dynamodb:Query", "{table_arn}"),
    ),
    "kms": (Call("kms:Encrypt", "{key_arn}"), Call("kms:Decrypt", "{key_arn}")),
    "cloudwatch": (
        Call("cloudwatch:PutMetricData", "*", {"cloudwatch:namespace": "{metrics_namespace}"}),
        Call("logs:PutLogEvents", "{log_group_arn}:log-stream:a"),
    ),
    "ses": (Call("ses:SendEmail", "{mail_identity_arn}", {"ses:FromAddress": "{mail_identity_name}"}),),
    "athena": (
        Call("athena:StartQueryExecution", "{workgroup_arn}"),
        Call("s3:PutObject", "{results_bucket_arn}/a"),
    ),
    "glue": (Call("glue:GetTable", "{catalog_database_arn}"), Call("glue:GetDatabase", "{catalog_arn}")),
    "redshift": (
        Call("redshift-data:ExecuteStatement", "{warehouse_arn}"),
        Call("redshift-serverless:GetCredentials", "{warehouse_arn}"),
    ),
}
# What a whole account shares: each service that declares such a kind reaches it.
SHARED = {"glue:GetDatabase"}
# What no service may do, whatever it declares.
NEVER = (
    Call("iam:PassRole", "arn:aws:iam::123456789012:role/shop-cluster"),
    Call("sts:AssumeRole", "arn:aws:iam::123456789012:role/shop-cluster"),
    Call("rds-data:ExecuteStatement", "{aurora_cluster_arn}"),
    Call("secretsmanager:GetSecretValue", "{aurora_master_secret_arn}"),
    Call("kms:Decrypt", "{data_key_arn}"),
)


def of(words: Any, outputs: dict[str, Any]) -> list[Call]:
    """The calls of a service with these permissions."""
    return [filled(call, outputs) for word in words for call in CALLS[word]]


def filled(call: Call, outputs: dict[str, Any]) -> Call:
    """The call with the stack's outputs in it."""
    # The log group's own ARN ends in ":*" in some versions of the provider.
    known = {name: str(value).removesuffix(":*") for name, value in outputs.items()}
    context = {key: value.format(**known) for key, value in call.context.items()}
    return Call(call.action, call.resource.format(**known), context)
