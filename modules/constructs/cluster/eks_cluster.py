"""The EKS control plane: private, logged, its secrets encrypted, open to access entries only."""

from modules.bindings.aws import (
    EksCluster,
    EksClusterAccessConfig,
    EksClusterEncryptionConfig,
    EksClusterEncryptionConfigProvider,
    EksClusterKubernetesNetworkConfig,
    EksClusterTimeouts,
    EksClusterUpgradePolicy,
    EksClusterVpcConfig,
    IamOpenidConnectProvider,
)
from modules.bindings.cdktf import TerraformResourceLifecycle
from modules.constructs.component import Component
from modules.constructs.iam.role import Role, aws_service_trust
from modules.constructs.kms.encryption_key import EncryptionKey
from modules.constructs.monitoring.log_group import LogGroup
from modules.constructs.stack import Stack
from modules.facts import eks
from modules.iam.statement import Condition, Statement


class ControlPlane(Component):
    """The cluster with its role, key, log group and OIDC provider."""

    def __init__(self, scope: Stack, *, subnet_ids: list[str], logs_key_arn: str) -> None:
        super().__init__(scope, "cluster")
        stack = self.stack
        key = EncryptionKey(
            self, "secrets", alias=("secrets",), description=f"Kubernetes secrets of {stack.names.cluster}"
        )
        logs = LogGroup(self, "cluster", name=stack.names.eks_log_group(), logs_key_arn=logs_key_arn)
        role = self._role(key)
        cluster = self._cluster(role, key, logs, subnet_ids)
        self.set_address(cluster, "main")
        self.name = cluster.name
        self.endpoint = cluster.endpoint
        self.certificate_authority = cluster.certificate_authority.get(0).data
        self.version = cluster.version
        self.group_id = cluster.vpc_config.cluster_security_group_id
        self.issuer = cluster.identity.get(0).oidc.get(0).issuer
        oidc = IamOpenidConnectProvider(self, "oidc", url=self.issuer, client_id_list=["sts.amazonaws.com"])
        self.oidc_provider_arn = self.set_address(oidc, "cluster").arn

    def _role(self, key: EncryptionKey) -> Role:
        # https://docs.aws.amazon.com/eks/latest/userguide/cluster-iam-role.html
        cluster_arn = self.stack.arn("eks", f"cluster/{self.stack.names.cluster}")
        encrypt = Statement("Secrets", ("kms:Encrypt", "kms:Decrypt", "kms:ListGrants", "kms:DescribeKey"), (key.arn,))
        return Role(
            self,
            "cluster",
            name=self.stack.names.role("cluster"),
            description="The EKS control plane",
            # https://docs.aws.amazon.com/eks/latest/userguide/cross-service-confused-deputy-prevention.html
            trust=aws_service_trust(
                "eks.amazonaws.com",
                Condition("StringEquals", "aws:SourceAccount", (self.stack.account_id,)),
                Condition("ArnLike", "aws:SourceArn", (cluster_arn,)),
            ),
            managed={"eks": "AmazonEKSClusterPolicy"},
            grants=[encrypt],
        )

    def _cluster(self, role: Role, key: EncryptionKey, logs: LogGroup, subnet_ids: list[str]) -> EksCluster:
        settings = self.stack.spec.cluster
        return EksCluster(
            self,
            "cluster",
            name=self.stack.names.cluster,
            role_arn=role.arn,
            version=settings.version,
            vpc_config=EksClusterVpcConfig(
                subnet_ids=subnet_ids,
                endpoint_private_access=True,
                endpoint_public_access=bool(settings.public_access),
                public_access_cidrs=list(settings.public_access) or None,
            ),
            kubernetes_network_config=EksClusterKubernetesNetworkConfig(service_ipv4_cidr=settings.service_cidr),
            # Changing either of these two replaces the cluster, so they are right from its birth.
            access_config=EksClusterAccessConfig(
                authentication_mode="API", bootstrap_cluster_creator_admin_permissions=False
            ),
            bootstrap_self_managed_addons=False,
            encryption_config=EksClusterEncryptionConfig(
                provider=EksClusterEncryptionConfigProvider(key_arn=key.arn), resources=["secrets"]
            ),
            enabled_cluster_log_types=list(eks.LOG_TYPES),
            upgrade_policy=EksClusterUpgradePolicy(support_type=settings.upgrade_policy.upper()),
            timeouts=EksClusterTimeouts(create="30m", update="60m", delete="30m"),
            # Imported clusters read as `true`, and a change would replace them.
            lifecycle=TerraformResourceLifecycle(ignore_changes=["bootstrap_self_managed_addons"]),
            depends_on=[*role.policies, logs.resource],
        )
