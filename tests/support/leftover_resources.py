"""What a destroyed system can leave behind: for each type of resource, the call of AWS that would still list it."""

import json
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

Leftovers = dict[str, set[str]]


class List(NamedTuple):
    service: str
    call: str
    key: str


LISTS = {
    "aws_athena_workgroup": List("athena", "list_work_groups", "WorkGroups"),
    "aws_cloudwatch_dashboard": List("cloudwatch", "list_dashboards", "DashboardEntries"),
    "aws_cloudwatch_log_group": List("logs", "describe_log_groups", "logGroups"),
    "aws_cloudwatch_event_rule": List("events", "list_rules", "Rules"),
    "aws_cloudwatch_log_resource_policy": List("logs", "describe_resource_policies", "resourcePolicies"),
    "aws_cloudwatch_metric_alarm": List("cloudwatch", "describe_alarms", "MetricAlarms"),
    "aws_acm_certificate": List("acm", "list_certificates", "CertificateSummaryList"),
    "aws_db_parameter_group": List("rds", "describe_db_parameter_groups", "DBParameterGroups"),
    "aws_db_subnet_group": List("rds", "describe_db_subnet_groups", "DBSubnetGroups"),
    "aws_dynamodb_table": List("dynamodb", "list_tables", "TableNames"),
    "aws_ecr_repository": List("ecr", "describe_repositories", "repositories"),
    "aws_eip": List("ec2", "describe_addresses", "Addresses"),
    "aws_eks_cluster": List("eks", "list_clusters", "clusters"),
    "aws_elasticache_parameter_group": List("elasticache", "describe_cache_parameter_groups", "CacheParameterGroups"),
    "aws_elasticache_replication_group": List("elasticache", "describe_replication_groups", "ReplicationGroups"),
    "aws_elasticache_subnet_group": List("elasticache", "describe_cache_subnet_groups", "CacheSubnetGroups"),
    "aws_elasticache_user": List("elasticache", "describe_users", "Users"),
    "aws_elasticache_user_group": List("elasticache", "describe_user_groups", "UserGroups"),
    "aws_flow_log": List("ec2", "describe_flow_logs", "FlowLogs"),
    "aws_glue_catalog_database": List("glue", "get_databases", "DatabaseList"),
    "aws_iam_openid_connect_provider": List("iam", "list_open_id_connect_providers", "OpenIDConnectProviderList"),
    "aws_iam_role": List("iam", "list_roles", "Roles"),
    "aws_internet_gateway": List("ec2", "describe_internet_gateways", "InternetGateways"),
    "aws_kms_alias": List("kms", "list_aliases", "Aliases"),
    "aws_kms_key": List("kms", "list_keys", "Keys"),
    "aws_lb": List("elbv2", "describe_load_balancers", "LoadBalancers"),
    "aws_lb_target_group": List("elbv2", "describe_target_groups", "TargetGroups"),
    "aws_nat_gateway": List("ec2", "describe_nat_gateways", "NatGateways"),
    "aws_rds_cluster": List("rds", "describe_db_clusters", "DBClusters"),
    "aws_rds_cluster_instance": List("rds", "describe_db_instances", "DBInstances"),
    "aws_rds_cluster_parameter_group": List("rds", "describe_db_cluster_parameter_groups", "DBClusterParameterGroups"),
    "aws_redshiftserverless_namespace": List("redshift-serverless", "list_namespaces", "namespaces"),
    "aws_redshiftserverless_workgroup": List("redshift-serverless", "list_workgroups", "workgroups"),
    "aws_route53_record": List("route53", "list_hosted_zones", "HostedZones"),
    "aws_route_table": List("ec2", "describe_route_tables", "RouteTables"),
    "aws_s3_bucket": List("s3", "list_buckets", "Buckets"),
    "aws_secretsmanager_secret": List("secretsmanager", "list_secrets", "SecretList"),
    "aws_security_group": List("ec2", "describe_security_groups", "SecurityGroups"),
    "aws_sesv2_configuration_set": List("sesv2", "list_configuration_sets", "ConfigurationSets"),
    "aws_sesv2_email_identity": List("sesv2", "list_email_identities", "EmailIdentities"),
    "aws_sns_topic": List("sns", "list_topics", "Topics"),
    "aws_sns_topic_subscription": List("sns", "list_subscriptions", "Subscriptions"),
    "aws_sqs_queue": List("sqs", "list_queues", "QueueUrls"),
    "aws_subnet": List("ec2", "describe_subnets", "Subnets"),
    "aws_vpc": List("ec2", "describe_vpcs", "Vpcs"),
    "aws_vpc_endpoint": List("ec2", "describe_vpc_endpoints", "VpcEndpoints"),
    "aws_wafv2_web_acl": List("wafv2", "list_web_acls", "WebACLs"),
}
# A part of another resource, which AWS deletes with it or which keeps it from being deleted: no list of its own.
PARTS = {
    "aws_cloudwatch_event_target",
    "aws_default_security_group",
    "aws_ecr_lifecycle_policy",
    "aws_ecr_repository_policy",
    "aws_eks_access_entry",
    "aws_eks_access_policy_association",
    "aws_eks_addon",
    "aws_eks_fargate_profile",
    "aws_elasticache_user_group_association",
    "aws_iam_role_policy",
    "aws_iam_role_policy_attachment",
    "aws_lb_listener",
    "aws_lb_listener_rule",
    "aws_acm_certificate_validation",
    "aws_route",
    "aws_route_table_association",
    "aws_s3_bucket_lifecycle_configuration",
    "aws_s3_bucket_logging",
    "aws_s3_bucket_notification",
    "aws_s3_bucket_ownership_controls",
    "aws_s3_bucket_policy",
    "aws_s3_bucket_public_access_block",
    "aws_s3_bucket_server_side_encryption_configuration",
    "aws_s3_bucket_versioning",
    "aws_sns_topic_policy",
    "aws_sqs_queue_policy",
    "aws_sqs_queue_redrive_allow_policy",
    "aws_vpc_security_group_egress_rule",
    "aws_vpc_security_group_ingress_rule",
    "aws_wafv2_web_acl_association",
    "aws_wafv2_web_acl_logging_configuration",
}
# Made by AWS, for resources of the system.
MADE = {
    "snapshots of clusters": List("rds", "describe_db_cluster_snapshots", "DBClusterSnapshots"),
    "network interfaces": List("ec2", "describe_network_interfaces", "NetworkInterfaces"),
}
ARGUMENTS: dict[str, dict[str, Any]] = {
    "list_web_acls": {"Scope": "REGIONAL"},
    "list_secrets": {"IncludePlannedDeletion": True},
}


def leftovers(client: Callable[[str], Any], lists: Mapping[str, List] = LISTS | MADE) -> Leftovers:
    """All that AWS lists now, its defaults included; keys that only wait for their deletion count as gone."""
    return {
        name: {_text(one) for one in _ask(client, what) if not _gone(client, what, one)} for name, what in lists.items()
    }


def _ask(client: Callable[[str], Any], what: List) -> list[Any]:
    service = client(what.service)
    arguments = ARGUMENTS.get(what.call, {})
    if service.can_paginate(what.call):
        pages = service.get_paginator(what.call).paginate(**arguments)
        return [one for page in pages for one in page.get(what.key, [])]
    return list(getattr(service, what.call)(**arguments).get(what.key, []))


def _gone(client: Callable[[str], Any], what: List, one: Any) -> bool:
    """Deleted things that AWS still lists for a while, and its own defaults that appear with their first use."""
    match what.call:
        case "list_keys":
            key = client("kms").describe_key(KeyId=one["KeyId"])["KeyMetadata"]
            own = {alias["TargetKeyId"] for alias in _ask(client, LISTS["aws_kms_alias"]) if _of_aws(alias)}
            return key["KeyState"] == "PendingDeletion" or one["KeyId"] in own
        case "list_aliases":
            return _of_aws(one)
        case "describe_nat_gateways" | "describe_vpc_endpoints":
            return bool(one["State"] == "deleted")
        case "list_work_groups":
            return bool(one["Name"] == "primary")
        case "describe_db_parameter_groups":
            return bool(one["DBParameterGroupName"].startswith("default."))
    return False


def _of_aws(alias: Any) -> bool:
    return bool(alias["AliasName"].startswith("alias/aws/"))


def _text(one: Any) -> str:
    return json.dumps(one, default=str, sort_keys=True)
