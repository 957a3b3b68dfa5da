"""What a type of resource is in plain words, and what is unreachable while one of it is replaced or gone.

A type without a line is described by its Terraform name; tests/unit/test_plan_words.py holds that every type of
generated/ has one.
"""

from typing import NamedTuple


class Meaning(NamedTuple):
    """`noun` is what a person calls it; `meanwhile` is a sentence without its subject, where anything breaks.

    `{name}` in `meanwhile` is the resource's name, `{stack}` its stack.
    """

    noun: str
    meanwhile: str | None = None


MEANINGS: dict[str, Meaning] = {
    "aws_acm_certificate": Meaning("TLS certificate"),
    "aws_acm_certificate_validation": Meaning("validation of the TLS certificate"),
    "aws_athena_workgroup": Meaning(
        "Athena workgroup", "Queries in the workgroup {name} fail, and its history is lost"
    ),
    "aws_cloudwatch_dashboard": Meaning("dashboard"),
    "aws_cloudwatch_event_rule": Meaning("rule of EventBridge", "New objects do not become messages in {stack}"),
    "aws_cloudwatch_event_target": Meaning("target of a rule", "New objects do not become messages in {stack}"),
    "aws_cloudwatch_log_group": Meaning("log group"),
    "aws_cloudwatch_log_resource_policy": Meaning("permission to write logs"),
    "aws_cloudwatch_metric_alarm": Meaning("alarm"),
    "aws_db_subnet_group": Meaning("subnets of Aurora"),
    "aws_default_security_group": Meaning("default security group"),
    "aws_dynamodb_table": Meaning("DynamoDB table", "The table {name} can't be read or written"),
    "aws_ecr_repository_policy": Meaning("policy that lets other accounts pull images"),
    "aws_ecr_lifecycle_policy": Meaning("rules by which images expire"),
    "aws_ecr_repository": Meaning(
        "image repository", "No pod of {stack} can start until an image is pushed to {name}: pods pull at every start"
    ),
    "aws_eip": Meaning("public address of a NAT gateway", "Connections to the internet come from another address"),
    "aws_eks_access_entry": Meaning("access to the cluster", "The principal of {name} can't log in to the cluster"),
    "aws_eks_access_policy_association": Meaning("rights inside the cluster"),
    "aws_eks_addon": Meaning("EKS add-on", "The add-on {name} does not run"),
    "aws_eks_cluster": Meaning("EKS cluster", "All pods end: no service runs until all later stacks are applied again"),
    "aws_eks_fargate_profile": Meaning(
        "Fargate profile", "The pods of the profile {name} are deleted, and none starts until it is there again"
    ),
    "aws_elasticache_parameter_group": Meaning("parameters of Redis"),
    "aws_elasticache_replication_group": Meaning("Redis", "Redis can't be reached"),
    "aws_elasticache_subnet_group": Meaning("subnets of Redis"),
    "aws_elasticache_user": Meaning("Redis user", "{name} can't log in to Redis"),
    "aws_elasticache_user_group": Meaning("users of Redis", "No service can log in to Redis"),
    "aws_elasticache_user_group_association": Meaning("login of a Redis user", "{stack} can't log in to Redis"),
    "aws_flow_log": Meaning("flow log"),
    "aws_glue_catalog_database": Meaning("Glue catalog", "Queries on the catalog {name} fail"),
    "aws_iam_openid_connect_provider": Meaning(
        "trust of the cluster's identities", "No service can call AWS: IAM does not know the cluster's identities"
    ),
    "aws_iam_policy": Meaning("rights of pipelines"),
    "aws_iam_role": Meaning("IAM role", "Calls of AWS with the role {name} are denied"),
    "aws_iam_role_policy": Meaning("permissions of a role"),
    "aws_iam_role_policy_attachment": Meaning("policy on a role"),
    "aws_internet_gateway": Meaning("internet gateway", "Nothing reaches the load balancer, or the internet"),
    "aws_kms_alias": Meaning("alias of a KMS key"),
    "aws_kms_key": Meaning("KMS key", "What the key {name} encrypts can't be read"),
    "aws_lb": Meaning("load balancer"),  # modules/plan/unreachable.py says what follows, for all stacks together
    "aws_lb_listener": Meaning("listener of the load balancer"),
    "aws_lb_listener_certificate": Meaning("certificate of the load balancer"),
    "aws_lb_listener_rule": Meaning("route"),
    "aws_lb_target_group": Meaning(
        "target group", "Requests to {stack} get 503 until its pods are registered with the new target group"
    ),
    "aws_nat_gateway": Meaning("NAT gateway", "Pods of a zone can't reach the internet"),
    "aws_rds_cluster": Meaning("Aurora cluster", "The database can't be reached"),
    "aws_rds_cluster_instance": Meaning("Aurora instance", "Connections to the database instance {name} break"),
    "aws_rds_cluster_parameter_group": Meaning("parameters of Aurora"),
    "aws_redshiftserverless_namespace": Meaning("Redshift namespace", "The warehouse {name} can't be reached"),
    "aws_redshiftserverless_workgroup": Meaning("Redshift workgroup", "The warehouse {name} can't be reached"),
    "aws_route": Meaning("route of a subnet", "A subnet has no way to the internet"),
    "aws_route53_record": Meaning("DNS record", "The name {name} is not found"),
    "aws_route_table": Meaning("route table", "A subnet has no way to the internet"),
    "aws_route_table_association": Meaning("route table of a subnet", "A subnet has no way to the internet"),
    "aws_s3_bucket": Meaning("S3 bucket", "The bucket {name} can't be read or written"),
    "aws_s3_bucket_lifecycle_configuration": Meaning("rules by which objects expire"),
    "aws_s3_bucket_logging": Meaning("access logs of a bucket"),
    "aws_s3_bucket_notification": Meaning(
        "events of a bucket, for a service that listens to it",
        "New objects of {stack} do not become messages of others",
    ),
    "aws_s3_bucket_ownership_controls": Meaning("ownership of a bucket's objects"),
    "aws_s3_bucket_policy": Meaning("bucket policy"),
    "aws_s3_bucket_public_access_block": Meaning("block of public access to a bucket"),
    "aws_s3_bucket_server_side_encryption_configuration": Meaning("encryption of a bucket"),
    "aws_s3_bucket_versioning": Meaning("versioning of a bucket"),
    "aws_secretsmanager_secret": Meaning("secret", "Pods that read the secret {name} can't start"),
    "aws_security_group": Meaning("security group", "Connections that the group {name} allows are refused"),
    "aws_sesv2_configuration_set": Meaning("mail settings", "{stack} can't send mail"),
    "aws_sesv2_email_identity": Meaning("mail identity", "No mail can be sent as {name} until it is verified again"),
    "aws_sns_topic": Meaning("SNS topic", "Messages to the topic {name} are lost"),
    "aws_sns_topic_policy": Meaning("topic policy"),
    "aws_sns_topic_subscription": Meaning("subscription", "Messages published meanwhile do not arrive in {stack}"),
    "aws_sqs_queue": Meaning("SQS queue", "The queue {name} takes no messages"),
    "aws_sqs_queue_policy": Meaning("queue policy"),
    "aws_sqs_queue_redrive_allow_policy": Meaning("source of a dead-letter queue"),
    "aws_subnet": Meaning("subnet", "Nothing runs in the subnet {name}"),
    "aws_vpc": Meaning("VPC", "Everything in the VPC is gone until all stacks are applied again"),
    "aws_vpc_endpoint": Meaning("private endpoint", "Calls through the endpoint {name} fail, or go by the internet"),
    "aws_vpc_ipv4_cidr_block_association": Meaning("further range of the VPC", "Nothing runs in the range"),
    "aws_vpc_security_group_egress_rule": Meaning("outgoing rule"),
    "aws_vpc_security_group_ingress_rule": Meaning("incoming rule"),
    "aws_wafv2_web_acl": Meaning("firewall (WAF)"),
    "aws_wafv2_web_acl_association": Meaning("firewall of the load balancer", "Requests pass without the firewall"),
    "aws_wafv2_web_acl_logging_configuration": Meaning("firewall log"),
    "helm_release": Meaning("Helm release"),
    "kubernetes_config_map_v1": Meaning("ConfigMap"),
    "kubernetes_namespace_v1": Meaning("namespace", "All that runs in the namespace {name} ends"),
    "kubernetes_service_account_v1": Meaning("service account", "New pods of {name} can't start"),
}
# Attributes by which a person knows a resource, the first that is there.
NAMES = (
    *("name", "bucket", "identifier", "cluster_identifier", "replication_group_id", "user_name", "role_name"),
    *("function_name", "alarm_name", "dashboard_name", "namespace_name", "workgroup_name", "email_identity"),
    *("configuration_set_name", "fargate_profile_name", "addon_name", "service_name", "domain_name", "fqdn"),
    *("principal_arn",),
)


def noun(kind: str) -> str:
    """What a person calls a type; without a line, Terraform's own words."""
    return MEANINGS[kind].noun if kind in MEANINGS else kind
