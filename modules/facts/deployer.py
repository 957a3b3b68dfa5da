"""What Terraform asks AWS for when it plans, applies and destroys each service of AWS, for the policies of a deployer.

Calls of an apply of the architecture were recorded on an emulated AWS on 2026-11-27. Others are those that the same
resources need to be changed and destroyed, and the dependent actions of
https://docs.aws.amazon.com/service-authorization/latest/reference/ (its data of facts/iam.py). Unproven on AWS.
"""

from typing import NamedTuple


class Service(NamedTuple):
    """Of an AWS service: which types of Terraform's are its own, what reads and what writes, and on what.

    `named` are resources by their name, with {project} for what begins with it; without it, AWS names them by ids.
    """

    types: str  # regular expression
    reads: str  # actions behind the prefix, between spaces
    writes: str
    named: tuple[str, ...] = ()
    is_global: bool = False


SERVICES = {
    "acm": Service(
        "aws_acm_.*",
        "DescribeCertificate ListTagsForCertificate",
        "AddTagsToCertificate DeleteCertificate RemoveTagsFromCertificate RequestCertificate UpdateCertificateOptions",
    ),
    "athena": Service(
        "aws_athena_.*",
        "GetWorkGroup ListTagsForResource",
        "CreateWorkGroup DeleteWorkGroup TagResource UntagResource UpdateWorkGroup",
        ("athena:{region}:{account}:workgroup/{project}-*",),
    ),
    "cloudwatch": Service(
        "aws_cloudwatch_(dashboard|metric_alarm)",
        "DescribeAlarms GetDashboard ListTagsForResource",
        "DeleteAlarms DeleteDashboards PutDashboard PutMetricAlarm TagResource UntagResource",
        ("cloudwatch:{region}:{account}:alarm:{project}*", "cloudwatch::{account}:dashboard/{project}*"),
    ),
    "dynamodb": Service(
        "aws_dynamodb_.*",
        "DescribeContinuousBackups DescribeTable DescribeTimeToLive ListTagsOfResource",
        "CreateTable DeleteTable TagResource UntagResource UpdateContinuousBackups UpdateTable UpdateTimeToLive",
        ("dynamodb:{region}:{account}:table/{project}-*",),
    ),
    "ec2": Service(
        "aws_(default_security_group|eip|flow_log|internet_gateway|lb|nat_gateway|route|route_table.*|security_group"
        "|subnet|vpc.*)|data.aws_(subnet|vpc.*)",
        "Describe*",
        "AllocateAddress AssociateRouteTable AssociateVpcCidrBlock AttachInternetGateway AuthorizeSecurityGroupEgress "
        "AuthorizeSecurityGroupIngress CreateFlowLogs CreateInternetGateway CreateNatGateway CreateNetworkInterface "
        "CreateRoute CreateRouteTable CreateSecurityGroup CreateSubnet CreateTags CreateVpc CreateVpcEndpoint "
        "DeleteFlowLogs DeleteInternetGateway DeleteNatGateway DeleteNetworkInterface DeleteRoute DeleteRouteTable "
        "DeleteSecurityGroup DeleteSubnet DeleteTags DeleteVpc DeleteVpcEndpoints DetachInternetGateway "
        "DisassociateAddress DisassociateRouteTable DisassociateVpcCidrBlock ModifySecurityGroupRules "
        "ModifySubnetAttribute ModifyVpcAttribute ModifyVpcEndpoint ReleaseAddress ReplaceRoute "
        "RevokeSecurityGroupEgress RevokeSecurityGroupIngress UpdateSecurityGroupRuleDescriptionsEgress "
        "UpdateSecurityGroupRuleDescriptionsIngress",
    ),
    "ecr": Service(
        "aws_ecr_.*",
        "DescribeRepositories GetLifecyclePolicy GetRepositoryPolicy ListTagsForResource",
        "CreateRepository DeleteLifecyclePolicy DeleteRepository DeleteRepositoryPolicy PutImageScanningConfiguration "
        "PutImageTagMutability PutLifecyclePolicy SetRepositoryPolicy TagResource UntagResource",
        ("ecr:{region}:{account}:repository/{project}*",),
    ),
    "eks": Service(
        "aws_eks_.*",
        "DescribeAccessEntry DescribeAddon DescribeAddonVersions DescribeCluster DescribeFargateProfile DescribeUpdate "
        "ListAssociatedAccessPolicies",
        "AssociateAccessPolicy CreateAccessEntry CreateAddon CreateCluster CreateFargateProfile DeleteAccessEntry "
        "DeleteAddon DeleteCluster DeleteFargateProfile DisassociateAccessPolicy TagResource UntagResource "
        "UpdateAccessEntry UpdateAddon UpdateClusterConfig UpdateClusterVersion",
        tuple(
            f"eks:{{region}}:{{account}}:{kind}/{{project}}*"
            for kind in ("access-entry", "addon", "cluster", "fargateprofile")
        ),
    ),
    "elasticache": Service(
        "aws_elasticache_.*",
        "DescribeCacheClusters DescribeCacheParameterGroups DescribeCacheParameters DescribeCacheSubnetGroups "
        "DescribeReplicationGroups DescribeUserGroups DescribeUsers ListTagsForResource",
        "AddTagsToResource CreateCacheParameterGroup CreateCacheSubnetGroup CreateReplicationGroup CreateSnapshot "
        "CreateUser CreateUserGroup DecreaseReplicaCount DeleteCacheParameterGroup DeleteCacheSubnetGroup "
        "DeleteReplicationGroup DeleteUser DeleteUserGroup IncreaseReplicaCount ModifyCacheParameterGroup "
        "ModifyCacheSubnetGroup ModifyReplicationGroup ModifyReplicationGroupShardConfiguration ModifyUser "
        "ModifyUserGroup RemoveTagsFromResource ResetCacheParameterGroup",
        ("elasticache:{region}:{account}:*:{project}*",),
    ),
    "elasticloadbalancing": Service(
        "aws_lb.*|data.aws_lb.*|aws_wafv2_.*",
        "Describe* GetLoadBalancerWebACL",
        "AddListenerCertificates AddTags CreateListener CreateLoadBalancer CreateRule CreateTargetGroup "
        "CreateWebACLAssociation DeleteListener DeleteLoadBalancer DeleteRule DeleteTargetGroup ModifyListener "
        "DeleteWebACLAssociation ModifyListenerAttributes ModifyLoadBalancerAttributes ModifyRule ModifyTargetGroup "
        "ModifyTargetGroupAttributes RemoveListenerCertificates RemoveTags SetRulePriorities SetSecurityGroups "
        "SetSubnets SetWebAcl",
    ),
    "events": Service(
        "aws_cloudwatch_event_.*",
        "DescribeRule ListTagsForResource ListTargetsByRule",
        "DeleteRule PutRule PutTargets RemoveTargets TagResource UntagResource",
        ("events:{region}:{account}:rule/{project}-*",),
    ),
    "glue": Service(
        "aws_glue_.*",
        "GetDatabase GetTags",
        "CreateDatabase DeleteDatabase TagResource UntagResource UpdateDatabase",
        (
            "glue:{region}:{account}:catalog",
            "glue:{region}:{account}:database/{project_}*",
            "glue:{region}:{account}:table/{project_}*",
            "glue:{region}:{account}:userDefinedFunction/{project_}*",
        ),
    ),
    "logs": Service(
        "aws_(cloudwatch_log_.*|flow_log|wafv2_.*)",
        "DescribeLogGroups DescribeResourcePolicies GetLogDelivery ListLogDeliveries ListTagsForResource",
        "AssociateKmsKey CreateLogDelivery CreateLogGroup DeleteLogDelivery DeleteLogGroup DeleteResourcePolicy "
        "DeleteRetentionPolicy DisassociateKmsKey PutResourcePolicy PutRetentionPolicy TagResource UntagResource "
        "UpdateLogDelivery",
    ),
    "rds": Service(
        "aws_(db|rds)_.*",
        "DescribeDBClusterParameterGroups DescribeDBClusterParameters DescribeDBClusterSnapshots DescribeDBClusters "
        "DescribeDBInstances DescribeDBSubnetGroups DescribeGlobalClusters ListTagsForResource",
        "AddTagsToResource CreateDBCluster CreateDBClusterParameterGroup CreateDBClusterSnapshot CreateDBInstance "
        "CreateDBSubnetGroup DeleteDBCluster DeleteDBClusterParameterGroup DeleteDBInstance DeleteDBSubnetGroup "
        "ModifyDBCluster ModifyDBClusterParameterGroup ModifyDBInstance ModifyDBSubnetGroup RebootDBInstance "
        "RemoveTagsFromResource ResetDBClusterParameterGroup",
        ("rds:{region}:{account}:*:{project}*",),
    ),
    "redshift-serverless": Service(
        "aws_redshiftserverless_.*",
        "GetNamespace GetWorkgroup ListTagsForResource",
        "CreateNamespace CreateWorkgroup DeleteNamespace DeleteWorkgroup TagResource UntagResource UpdateNamespace "
        "UpdateWorkgroup",
    ),
    "route53": Service(
        "aws_route53_.*",
        "GetChange GetHostedZone ListResourceRecordSets",
        "ChangeResourceRecordSets",
        ("route53:::change/*", "route53:::hostedzone/*"),
        is_global=True,
    ),
    "s3": Service(
        "aws_s3_.*",
        "GetAccelerateConfiguration GetBucketAcl GetBucketCORS GetBucketLogging GetBucketNotification "
        "GetBucketObjectLockConfiguration GetBucketOwnershipControls GetBucketPolicy GetBucketPublicAccessBlock "
        "GetBucketRequestPayment GetBucketTagging GetBucketVersioning GetBucketWebsite GetEncryptionConfiguration "
        "GetLifecycleConfiguration GetReplicationConfiguration ListBucket",
        "CreateBucket DeleteBucket DeleteBucketPolicy PutBucketLogging PutBucketNotification "
        "PutBucketOwnershipControls PutBucketPolicy PutBucketPublicAccessBlock PutBucketTagging PutBucketVersioning "
        "PutEncryptionConfiguration PutLifecycleConfiguration",
        ("s3:::{project}-*",),
        is_global=True,
    ),
    "secretsmanager": Service(
        "(data.)?aws_secretsmanager_.*|aws_rds_cluster|aws_redshiftserverless_.*",
        "DescribeSecret GetResourcePolicy ListSecretVersionIds",
        "CreateSecret DeleteResourcePolicy DeleteSecret PutResourcePolicy RestoreSecret RotateSecret TagResource "
        "UntagResource UpdateSecret",
        tuple(
            f"secretsmanager:{{region}}:{{account}}:secret:{name}*"
            for name in ("{project}", "rds!cluster-", "redshift!")
        ),
    ),
    "ses": Service(
        "aws_sesv2_.*",
        "GetConfigurationSet GetEmailIdentity ListTagsForResource",
        "CreateConfigurationSet CreateEmailIdentity DeleteConfigurationSet DeleteEmailIdentity "
        "PutConfigurationSetDeliveryOptions PutConfigurationSetReputationOptions PutConfigurationSetSendingOptions "
        "PutConfigurationSetSuppressionOptions PutEmailIdentityConfigurationSetAttributes TagResource UntagResource",
    ),
    "sns": Service(
        "aws_sns_.*",
        "GetSubscriptionAttributes GetTopicAttributes ListSubscriptionsByTopic ListTagsForResource",
        "CreateTopic DeleteTopic SetSubscriptionAttributes SetTopicAttributes Subscribe TagResource Unsubscribe "
        "UntagResource",
        ("sns:{region}:{account}:{project}-*",),
    ),
    "sqs": Service(
        "aws_sqs_.*",
        "GetQueueAttributes GetQueueUrl ListQueueTags",
        "CreateQueue DeleteQueue SetQueueAttributes TagQueue UntagQueue",
        ("sqs:{region}:{account}:{project}-*",),
    ),
    "wafv2": Service(
        "aws_wafv2_.*",
        "GetLoggingConfiguration GetPermissionPolicy GetWebACL GetWebACLForResource ListTagsForResource",
        "AssociateWebACL CreateWebACL DeleteLoggingConfiguration DeleteWebACL DisassociateWebACL "
        "PutLoggingConfiguration PutPermissionPolicy TagResource UntagResource UpdateWebACL",
    ),
}

# Actions of which AWS's reference lists no resource: a statement that names some does not allow them. Not among them is
# eks:CreateCluster, which EKS's guide allows by the name of a cluster, whatever the reference says:
# https://docs.aws.amazon.com/eks/latest/userguide/security-iam-id-based-policy-examples.html, read 2026-11-27.
WITHOUT_RESOURCE = (
    "eks:DescribeAddonVersions",
    "sns:GetSubscriptionAttributes",
    "sns:SetSubscriptionAttributes",
    "sns:Unsubscribe",
)

# Roles, which every system has:
# https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html.
ROLE_READS = "GetRole GetRolePolicy ListAttachedRolePolicies ListInstanceProfilesForRole ListRolePolicies"
# Of the roles of stack `deployer` alone: the others have policies of their own.
POLICY_READS = "GetPolicy GetPolicyVersion"
PROVIDER_READS = "GetOpenIDConnectProvider"
ROLE_WRITES = "DeleteRole DeleteRolePolicy TagRole UntagRole UpdateAssumeRolePolicy UpdateRole UpdateRoleDescription"
# Each gives permissions: with a boundary, IAM takes them only for a role that carries it.
# https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html, read 2026-11-27
BOUND_WRITES = "AttachRolePolicy CreateRole DetachRolePolicy PutRolePolicy PutRolePermissionsBoundary"
PROVIDER_WRITES = (
    "CreateOpenIDConnectProvider DeleteOpenIDConnectProvider TagOpenIDConnectProvider UntagOpenIDConnectProvider "
    "UpdateOpenIDConnectProviderThumbprint"
)
# Whom a system's roles are handed to: https://docs.aws.amazon.com/eks/latest/userguide/service_IAM_role.html,
# pod-execution-role.html, https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Monitoring.OS.Enabling.html,
# https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-role.html.
PASSED_TO = ("eks", "eks-fargate-pods", "monitoring.rds", "vpc-flow-logs")
# Who makes a role of its own at first use:
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_aws-services-that-work-with-iam.html, and its pages.
LINKED = ("eks", "eks-fargate", "elasticache", "elasticloadbalancing", "rds", "redshift", "wafv2")
# https://docs.aws.amazon.com/service-authorization/latest/reference/list_awskeymanagementservice.html
KEY_READS = "DescribeKey GetKeyPolicy GetKeyRotationStatus ListAliases ListResourceTags"
KEY_WRITES = (
    "CancelKeyDeletion CreateAlias CreateKey DeleteAlias DisableKeyRotation EnableKeyRotation PutKeyPolicy "
    "ScheduleKeyDeletion TagResource UntagResource UpdateAlias UpdateKeyDescription"
)
# RDS, ElastiCache, EKS, DynamoDB and Redshift use the key by a grant that they make as the caller, who needs this:
# https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Overview.Encryption.Keys.html,
# https://docs.aws.amazon.com/eks/latest/userguide/enable-kms.html.
KEY_USES = "Decrypt DescribeKey GenerateDataKey RetireGrant"
GRANT_FOR_AWS = "kms:GrantIsForAWSResource"
# Of a private endpoint with its name in DNS, and of Redshift, by the dependent actions of AWS's reference.
DEPENDENT = ("route53:AssociateVPCWithHostedZone", "secretsmanager:GetRandomPassword")
# https://docs.github.com/en/actions/reference/security/oidc, and that page of GitHub Enterprise Server: the issuer. The
# audience is the default of https://github.com/aws-actions/configure-aws-credentials#oidc. GitLab's is its address:
# https://docs.gitlab.com/ci/cloud_services/aws/. Read 2026-11-27.
GITHUB = r"token\.actions\..+|.+/_services/token"
GITHUB_AUDIENCE = "sts.amazonaws.com"
ACCOUNT_READS = ("sts:GetCallerIdentity",)

# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html, read 2026-11-27
POLICY_CHARACTERS = 6144  # of a managed policy, white space not counted
POLICIES_A_ROLE = 10
