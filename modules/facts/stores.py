"""Kinds of resources that hold data or an identity, by Terraform type: a new one of the same name would not have it.

The arguments of `fixed` say "Forces new resource" in the documentation of hashicorp/aws, as
tests/plan/test_stores.py has it plan: https://registry.terraform.io/providers/hashicorp/aws/latest/docs.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Store:
    """A kind of resource that is never deleted by the way.

    `fixed` names the arguments (with dots inside blocks) of which another value replaces it; `attached` the types of
    the resources that belong to it, and would be missed by it; `switches` the arguments that a deletion with the data
    needs to have been applied before, None for one that must be absent.
    """

    noun: str
    holds: str
    fixed: tuple[str, ...]
    attached: tuple[str, ...] = ()
    switches: Mapping[str, bool | None] = field(default_factory=dict)
    aws: str = ""
    """What AWS itself does against a deletion, and for how long it can be undone; empty where it does nothing."""


def is_protected(resource: Mapping[str, Any]) -> bool:
    """Whether Terraform refuses to delete it, as it is generated: it is no store that may go with its data."""
    return (resource.get("lifecycle") or {}).get("prevent_destroy") is True


KEY, ALIAS = "aws_kms_key", "aws_kms_alias"
STORES: Mapping[str, Store] = {
    "aws_s3_bucket": Store(
        "bucket",
        "its objects, with all their versions",
        ("bucket",),
        (
            "aws_s3_bucket_lifecycle_configuration",
            "aws_s3_bucket_logging",
            "aws_s3_bucket_ownership_controls",
            "aws_s3_bucket_policy",
            "aws_s3_bucket_public_access_block",
            "aws_s3_bucket_server_side_encryption_configuration",
            "aws_s3_bucket_versioning",
        ),
        {"force_destroy": True},
        "S3 deletes no bucket that has objects. Old versions of an object are kept for 30 days.",
    ),
    "aws_dynamodb_table": Store(
        "table",
        "its items",
        ("name", "hash_key", "range_key"),
        switches={"deletion_protection_enabled": False},
        aws="Deletion protection. After a deletion DynamoDB keeps a backup for 35 days.",
    ),
    "aws_sqs_queue": Store(
        "queue",
        "messages that were not processed yet",
        ("name", "fifo_queue"),
        ("aws_sqs_queue_policy", "aws_sqs_queue_redrive_allow_policy", "aws_sqs_queue_redrive_policy"),
    ),
    "aws_sns_topic": Store(
        "topic",
        "its subscriptions, and the ARN that publishers and subscribers know",
        ("name", "fifo_topic"),
        ("aws_sns_topic_policy",),
    ),
    KEY: Store(
        "key",
        "what alone decrypts everything that was encrypted with it",
        ("key_usage", "customer_master_key_spec", "multi_region"),
        (ALIAS,),
        aws="A deleted key is disabled at once; its deletion can be cancelled for 30 days (7 without protection).",
    ),
    "aws_secretsmanager_secret": Store(
        "secret",
        "its value, and the value before it",
        ("name",),
        aws="A deleted secret can be restored for 30 days (not at all without protection).",
    ),
    "aws_redshiftserverless_namespace": Store(
        "warehouse",
        "its schemas, tables and users",
        ("namespace_name", "db_name"),
    ),
    "aws_glue_catalog_database": Store(
        "catalog",
        "the definitions of its tables",
        ("name",),
    ),
    "aws_sesv2_email_identity": Store(
        "mail identity",
        "the confirmation by the owner of the address or domain, and its reputation",
        ("email_identity",),
        ("aws_sesv2_configuration_set",),
    ),
    "aws_ecr_repository": Store(
        "repository",
        "the images, of which each start of a pod pulls one",
        ("name", "encryption_configuration"),
        ("aws_ecr_lifecycle_policy", "aws_ecr_repository_policy"),
        {"force_delete": True},
        "ECR deletes no repository that has images.",
    ),
    "aws_rds_cluster": Store(
        "Aurora cluster",
        "the database",
        (
            "cluster_identifier",
            "database_name",
            "db_subnet_group_name",
            "engine",
            "engine_mode",
            "kms_key_id",
            "master_username",
            "storage_encrypted",
        ),
        (
            "aws_db_subnet_group",
            "aws_rds_cluster_instance",
            "aws_rds_cluster_parameter_group",
        ),
        {"deletion_protection": False, "skip_final_snapshot": True, "final_snapshot_identifier": None},
        "Deletion protection. A final snapshot stays.",
    ),
    "aws_elasticache_replication_group": Store(
        "Redis replication group",
        "sessions, and what the services cache",
        ("replication_group_id", "at_rest_encryption_enabled", "kms_key_id", "port", "subnet_group_name"),
        (
            "aws_elasticache_parameter_group",
            "aws_elasticache_subnet_group",
            "aws_elasticache_user_group",
        ),
        {"final_snapshot_identifier": None},
        "A final snapshot stays.",
    ),
    "aws_eks_cluster": Store(
        "EKS cluster",
        "everything that runs in it, and the issuer that the roles of all pods trust",
        ("name", "role_arn", "kubernetes_network_config.service_ipv4_cidr"),
    ),
    "aws_vpc": Store(
        "VPC",
        "everything that has an address in it",
        ("cidr_block",),
        aws="EC2 deletes no VPC that has network interfaces.",
    ),
}
