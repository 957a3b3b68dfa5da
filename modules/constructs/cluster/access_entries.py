"""Who logs in to the cluster: the declared admins, whoever first applied the stack, and teams."""

from modules.bindings.aws import (
    DataAwsIamSessionContext,
    EksAccessEntry,
    EksAccessPolicyAssociation,
    EksAccessPolicyAssociationAccessScope,
)
from modules.bindings.cdktf import TerraformLocal, TerraformResourceLifecycle
from modules.constructs.component import Component
from modules.constructs.stack import Stack
from modules.naming import address, admin, team

_DECLARED = "declared_admins"


class ClusterAdmins(Component):
    """Cluster administrators; EKS itself creates the entry of the Fargate pods."""

    def __init__(self, scope: Stack, *, cluster_name: str) -> None:
        super().__init__(scope, "admins")
        self.cluster_name = cluster_name
        admins = self.stack.spec.cluster.admins
        for arn in admins:
            self._admin(admin(arn), arn)
        session = DataAwsIamSessionContext(self, "session", arn=self.stack.caller_arn)
        deployer = self.set_address(session, "deployer").issuer_arn
        self._admin("deployer", deployer, unless_in=admins)

    def _admin(self, key: str, arn: str, unless_in: tuple[str, ...] | None = None) -> None:
        # Whoever applies next is not the one who applied first; the entry stays with the first.
        kept = TerraformResourceLifecycle(ignore_changes=["principal_arn"]) if unless_in is not None else None
        entry = EksAccessEntry(
            self, key, cluster_name=self.cluster_name, principal_arn=arn, type="STANDARD", lifecycle=kept
        )
        self.set_address(entry, key)
        policy = EksAccessPolicyAssociation(
            self,
            f"{key}-policy",
            cluster_name=self.cluster_name,
            principal_arn=entry.principal_arn,
            policy_arn=f"arn:{self.stack.partition}:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy",
            access_scope=EksAccessPolicyAssociationAccessScope(type="cluster"),
        )
        self.set_address(policy, key)
        if unless_in is not None:
            # By a name: an ARN may hold what ends a string inside an expression.
            TerraformLocal(self, "declared", list(unless_in)).override_logical_id(_DECLARED)
            is_listed = f"contains(local.{_DECLARED}, data.aws_iam_session_context.{address(key)}.issuer_arn)"
            entry.add_override("for_each", f'${{toset({is_listed} ? [] : ["{key}"])}}')
            policy.add_override("for_each", f"${{aws_eks_access_entry.{address(key)}}}")
            policy.add_override("principal_arn", "${each.value.principal_arn}")


class TeamEntries(Component):
    """Access entries of teams: each gets a Kubernetes group, whose rights stack `platform` gives, and none by EKS."""

    def __init__(self, scope: Stack, *, cluster_name: str) -> None:
        super().__init__(scope, "teams")
        for name, one in self.stack.spec.cluster.teams.items():
            entry = EksAccessEntry(
                self,
                name,
                cluster_name=cluster_name,
                principal_arn=one.role,
                kubernetes_groups=[team(name)],
                type="STANDARD",
            )
            self.set_address(entry, team(name))
