"""Nothing is at rest without encryption; where we can, with a key of ours."""

from collections.abc import Iterator

from modules.facts.stores import STORES
from modules.gate.tree import Tree, is_true, value

# Type of a resource -> the arguments that name its key or switch encryption on.
ENCRYPTED = {
    "aws_athena_workgroup": ("configuration.result_configuration.encryption_configuration.kms_key_arn",),
    "aws_cloudwatch_log_group": ("kms_key_id",),
    "aws_dynamodb_table": ("server_side_encryption.enabled", "server_side_encryption.kms_key_arn"),
    "aws_ecr_repository": ("encryption_configuration.kms_key",),
    "aws_eks_cluster": ("encryption_config.provider.key_arn",),
    "aws_elasticache_replication_group": ("at_rest_encryption_enabled", "kms_key_id"),
    "aws_rds_cluster": ("storage_encrypted", "kms_key_id"),
    "aws_redshiftserverless_namespace": ("kms_key_id",),
    "aws_secretsmanager_secret": ("kms_key_id",),
    "aws_sns_topic": ("kms_master_key_id",),
    "aws_sqs_queue": ("kms_master_key_id",),
}
# Stores whose encryption is a resource beside them, and those that hold nothing that could be encrypted.
BESIDE = {"aws_s3_bucket"}
NOTHING = {"aws_kms_key", "aws_glue_catalog_database", "aws_sesv2_email_identity", "aws_vpc"}


def unencrypted(tree: Tree) -> Iterator[tuple[str, str]]:
    """Every store, the logs, and keys that do not rotate."""
    for one in tree.resources():
        known = one.kind in ENCRYPTED or one.kind in BESIDE or one.kind in NOTHING
        if one.kind in STORES and not known:
            yield one.place, "this kind of store is not in the table ENCRYPTED"
        for path in ENCRYPTED.get(one.kind, ()):
            found = value(one.block, path)
            if not found or found == "false":
                yield one.place, f"it has no `{path}`"
    for one in tree.resources("aws_s3_bucket"):
        found = tree.has("aws_s3_bucket_server_side_encryption_configuration", one)
        rules = [value(beside.block, "rule.apply_server_side_encryption_by_default") for beside in found]
        if not any(rule and rule.get("sse_algorithm") in ("aws:kms", "AES256") for rule in rules):
            yield one.place, "nothing encrypts it"
    for one in tree.resources("aws_kms_key"):
        if not is_true(one.block.get("enable_key_rotation")):
            yield one.place, "it does not rotate"
