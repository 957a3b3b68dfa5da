"""Arguments whose change replaces a resource, for those whose replacement somebody would notice.

Terraform's schemas do not say it. Those of stores are in modules/facts/stores.py; for the others, the documentation of
hashicorp/aws says "Forces new resource": https://registry.terraform.io/providers/hashicorp/aws/5.100.0/docs.
Where files alone are compared, a change of one of these is announced as one that may replace.
"""

from collections.abc import Mapping

from modules.facts.stores import STORES

_OTHERS = {
    "aws_athena_workgroup": "name",
    "aws_cloudwatch_log_group": "name",
    "aws_db_subnet_group": "name",
    "aws_eks_access_entry": "principal_arn",
    "aws_eks_fargate_profile": "fargate_profile_name selector subnet_ids pod_execution_role_arn cluster_name",
    "aws_elasticache_user": "user_id user_name engine",
    "aws_iam_openid_connect_provider": "url",
    "aws_iam_role": "name",
    "aws_lb": "name internal load_balancer_type",
    "aws_lb_listener": "load_balancer_arn",
    "aws_lb_listener_certificate": "certificate_arn listener_arn",
    "aws_lb_listener_rule": "listener_arn",
    "aws_lb_target_group": "name port protocol protocol_version target_type vpc_id",
    "aws_nat_gateway": "allocation_id subnet_id connectivity_type",
    "aws_rds_cluster_instance": "identifier cluster_identifier engine availability_zone",
    "aws_redshiftserverless_workgroup": "workgroup_name namespace_name",
    "aws_route53_record": "zone_id",
    "aws_security_group": "name description vpc_id",
    "aws_subnet": "cidr_block availability_zone vpc_id",
    "aws_vpc_endpoint": "service_name vpc_id vpc_endpoint_type",
    "aws_wafv2_web_acl": "name scope",
}
REPLACING: Mapping[str, frozenset[str]] = {
    **{kind: frozenset(argument.partition(".")[0] for argument in store.fixed) for kind, store in STORES.items()},
    **{kind: frozenset(arguments.split()) for kind, arguments in _OTHERS.items()},
}
