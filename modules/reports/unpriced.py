"""What is not in the price of a month: types of resources that are billed by use alone, or not at all.

Each type is in one of the tables here or in PRICED of reports/usage.py; a test says which is missing.
"""

# Billed by requests, by what is stored, or by bytes alone.
BY_USE = {
    "aws_athena_workgroup": "Athena: bytes that queries read",
    "aws_dynamodb_table": "DynamoDB: requests, and storage with its point-in-time backup",
    "aws_ecr_repository": "ECR: storage of images, and scans of them",
    "aws_glue_catalog_database": "Glue: objects in the catalogue, and requests",
    "aws_redshiftserverless_namespace": "Redshift: storage",
    "aws_route53_record": "Route 53: DNS queries",
    "aws_s3_bucket": "S3: storage and requests",
    "aws_sesv2_email_identity": "SES: mails",
    "aws_sns_topic": "SNS: messages",
    "aws_sqs_queue": "SQS: requests",
}

# What types of PRICED are billed besides their price of a month.
BY_USE_TOO = {
    "aws_cloudwatch_log_group": "CloudWatch: lines beyond the assumed ones, and their storage",
    "aws_kms_key": "KMS: requests",
    "aws_lb": "Load balancer: traffic beyond its capacity units, and bytes that leave for the internet",
    "aws_nat_gateway": "NAT gateways: bytes in both directions, and those that leave for the internet",
    "aws_rds_cluster": "Aurora: storage, input and output, and backups beyond the size of the database",
    "aws_rds_cluster_instance": "Aurora: lines of its enhanced monitoring; bytes between zones",
    "aws_secretsmanager_secret": "Secrets Manager: requests",
    "aws_elasticache_replication_group": "Redis: storage of backups; bytes between zones",
    "aws_vpc_endpoint": "Private endpoints: bytes in both directions",
    "aws_wafv2_web_acl": "Firewall: requests beyond the assumed ones",
    "helm_release": "Fargate: pods of jobs, and new pods in a deployment; calls of KEDA and of the watcher of jobs",
}

_SETTING = "a setting of another resource"
_IAM = "IAM is free of charge"
_NETWORK = "part of a VPC, which is free of charge"
_KUBERNETES = "an object in the cluster, which is billed as a whole"
FREE = {
    "aws_acm_certificate": "public certificates are free of charge",
    "aws_acm_certificate_validation": _SETTING,
    "aws_cloudwatch_event_rule": "EventBridge bills no events of AWS services",
    "aws_cloudwatch_event_target": "EventBridge bills no events of AWS services",
    "aws_cloudwatch_log_resource_policy": _SETTING,
    "aws_db_subnet_group": _SETTING,
    "aws_default_security_group": _NETWORK,
    "aws_ecr_lifecycle_policy": _SETTING,
    "aws_ecr_repository_policy": _SETTING,
    "aws_eks_access_entry": _SETTING,
    "aws_eks_access_policy_association": _SETTING,
    "aws_eks_fargate_profile": "its pods are billed",
    "aws_elasticache_parameter_group": _SETTING,
    "aws_elasticache_subnet_group": _SETTING,
    "aws_elasticache_user": _SETTING,
    "aws_elasticache_user_group": _SETTING,
    "aws_elasticache_user_group_association": _SETTING,
    "aws_flow_log": "its lines are billed in their log group",
    "aws_iam_openid_connect_provider": _IAM,
    "aws_iam_policy": _IAM,
    "aws_iam_role": _IAM,
    "aws_iam_role_policy": _IAM,
    "aws_iam_role_policy_attachment": _IAM,
    "aws_internet_gateway": _NETWORK,
    "aws_kms_alias": _SETTING,
    "aws_lb_listener": _SETTING,
    "aws_lb_listener_rule": "rules are part of the load balancer's capacity units",
    "aws_lb_listener_certificate": _SETTING,
    "aws_lb_target_group": _SETTING,
    "aws_rds_cluster_parameter_group": _SETTING,
    "aws_route": _NETWORK,
    "aws_route_table": _NETWORK,
    "aws_route_table_association": _NETWORK,
    "aws_s3_bucket_lifecycle_configuration": _SETTING,
    "aws_s3_bucket_logging": _SETTING,
    "aws_s3_bucket_notification": "EventBridge bills no events of AWS services",
    "aws_s3_bucket_ownership_controls": _SETTING,
    "aws_s3_bucket_policy": _SETTING,
    "aws_s3_bucket_public_access_block": _SETTING,
    "aws_s3_bucket_server_side_encryption_configuration": _SETTING,
    "aws_s3_bucket_versioning": _SETTING,
    "aws_security_group": _NETWORK,
    "aws_sesv2_configuration_set": _SETTING,
    "aws_sns_topic_policy": _SETTING,
    "aws_sns_topic_subscription": "the topic's messages are billed",
    "aws_sqs_queue_policy": _SETTING,
    "aws_sqs_queue_redrive_allow_policy": _SETTING,
    "aws_subnet": _NETWORK,
    "aws_vpc": _NETWORK,
    "aws_vpc_ipv4_cidr_block_association": _NETWORK,
    "aws_vpc_security_group_egress_rule": _NETWORK,
    "aws_vpc_security_group_ingress_rule": _NETWORK,
    "aws_wafv2_web_acl_association": _SETTING,
    "aws_wafv2_web_acl_logging_configuration": "its lines are billed in their log group",
    "kubernetes_config_map_v1": _KUBERNETES,
    "kubernetes_namespace_v1": _KUBERNETES,
    "kubernetes_service_account_v1": _KUBERNETES,
}
