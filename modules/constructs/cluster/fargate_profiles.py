"""Fargate profiles: which pods run on Fargate, and the role that starts them."""

from collections.abc import Mapping

from modules.bindings.aws import EksFargateProfile, EksFargateProfileSelector, EksFargateProfileTimeouts
from modules.constructs.component import Component
from modules.constructs.iam.role import Role, aws_service_trust
from modules.constructs.stack import Stack
from modules.design import fargate_profiles
from modules.iam.statement import Condition


class FargateProfiles(Component):
    """All profiles of the cluster; in one state, because EKS works on one at a time and refuses a second."""

    def __init__(
        self, scope: Stack, *, cluster_name: str, subnet_ids: list[str], secondary_subnet_ids: Mapping[str, list[str]]
    ) -> None:
        super().__init__(scope, "fargate")
        self.cluster_name = cluster_name
        self.subnet_ids = subnet_ids
        stack = self.stack
        # A path other than "/" and a trust that is not bound to this cluster are what AWS warns of:
        # https://docs.aws.amazon.com/eks/latest/userguide/pod-execution-role.html.
        profiles = stack.arn("eks", f"fargateprofile/{stack.names.cluster}/*")
        self.role = Role(
            self,
            "pod-execution",
            name=stack.names.role("pod-execution"),
            description="Starts Fargate pods: pulls their images, ships their logs",
            trust=aws_service_trust(
                "eks-fargate-pods.amazonaws.com", Condition("ArnLike", "aws:SourceArn", (profiles,))
            ),
            managed={"eks": "AmazonEKSFargatePodExecutionRolePolicy"},
        )
        # Where two profiles match a pod, EKS takes the first name in the alphabet, so CoreDNS lands on its own.
        self.coredns = self.profile("coredns", "coredns", "kube-system", {"k8s-app": "kube-dns"})
        self.kube_system = self.profile("kube-system", "kube-system", "kube-system")
        spec = stack.spec
        own = {}
        for one in fargate_profiles.own(spec):
            cidr = spec.network.secondary_cidr(one)
            there = secondary_subnet_ids[cidr] if cidr else None
            own[one] = self.profile(one, fargate_profiles.name(spec, one), one, subnet_ids=there)
        self.services = {service: profile.fargate_profile_name for service, profile in own.items()}
        if others := [service for service in spec.services if service not in own]:
            selected = (fargate_profiles.NAMESPACES, dict(fargate_profiles.LABELS))
            shared = self.profile("shared", fargate_profiles.SHARED, *selected)
            self.services |= dict.fromkeys(others, shared.fargate_profile_name)

    def profile(
        self,
        key: str,
        name: str,
        namespace: str,
        labels: dict[str, str] | None = None,
        *,
        subnet_ids: list[str] | None = None,
    ) -> EksFargateProfile:
        """A profile for the pods of a namespace (`*`: of any), or for those of them with these labels.

        Without `subnet_ids`, they are in the private subnets.
        """
        profile = EksFargateProfile(
            self,
            key,
            cluster_name=self.cluster_name,
            fargate_profile_name=name,
            pod_execution_role_arn=self.role.arn,
            subnet_ids=subnet_ids or self.subnet_ids,
            selector=[EksFargateProfileSelector(namespace=namespace, labels=labels)],
            # Each waits for those before it; a delete alone can take 20 minutes.
            timeouts=EksFargateProfileTimeouts(create="30m", delete="30m"),
            depends_on=self.role.policies,
        )
        return self.set_address(profile, key)
