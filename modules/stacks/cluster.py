"""Stack `cluster`: EKS on Fargate, with every Fargate profile."""

from modules.bindings.cdktf import Fn
from modules.constructs.app import SystemApp
from modules.constructs.cluster.access_entries import ClusterAdmins, TeamEntries
from modules.constructs.cluster.api_ingress import ApiAccess
from modules.constructs.cluster.eks_addons import Addons
from modules.constructs.cluster.eks_cluster import ControlPlane
from modules.constructs.cluster.fargate_profiles import FargateProfiles
from modules.constructs.cluster.pod_security_group import PodsGroup
from modules.constructs.cluster.service_security_groups import ServiceGroups
from modules.constructs.stack import Stack
from modules.design.vpc_endpoints import endpoints
from modules.spec.model import Spec


def cluster(app: SystemApp, spec: Spec) -> Stack:
    """Reads `network`."""
    stack = Stack(app, spec, "cluster")
    subnet_ids = stack.read_list("network", "private_subnet_ids")
    control_plane = ControlPlane(stack, subnet_ids=subnet_ids, logs_key_arn=stack.read("network", "logs_key_arn"))
    profiles = FargateProfiles(
        stack,
        cluster_name=control_plane.name,
        subnet_ids=subnet_ids,
        secondary_subnet_ids={cidr: _secondary(stack, cidr) for cidr in spec.network.secondary_cidrs},
    )
    Addons(stack, control_plane, profiles)
    ApiAccess(stack, control_plane)
    ClusterAdmins(stack, cluster_name=control_plane.name)
    TeamEntries(stack, cluster_name=control_plane.name)
    vpc_id = stack.read("network", "vpc_id")
    endpoints_output = "endpoints_security_group_id" if spec.network.vpc_id is None else "endpoints_security_group_ids"
    pods = PodsGroup(
        stack,
        control_plane,
        vpc_id=vpc_id,
        endpoints_group_id=stack.read("network", endpoints_output),
        s3_prefix_list_id=stack.read("network", "s3_prefix_list_id") if "s3" in endpoints(spec) else None,
    )
    stack.output("cluster_name", control_plane.name)
    stack.output("cluster_endpoint", control_plane.endpoint)
    stack.output("cluster_certificate_authority", control_plane.certificate_authority)
    stack.output("cluster_security_group_id", control_plane.group_id)
    stack.output("oidc_provider_arn", control_plane.oidc_provider_arn)
    stack.output("oidc_issuer", Fn.replace(control_plane.issuer, "https://", ""))
    stack.output("pod_execution_role_name", profiles.role.name)
    stack.output("pods_security_group_id", pods.id)
    stack.output("service_security_group_ids", ServiceGroups(stack, vpc_id=vpc_id).ids)
    stack.output("service_fargate_profiles", profiles.services)
    return stack


def _secondary(stack: Stack, cidr: str) -> list[str]:
    """Ids of the subnets of a further range of the VPC."""
    stack.require("network", "secondary_subnet_ids", cidr, f"{cidr} under `secondary_cidrs:`")
    return stack.read_list("network", "secondary_subnet_ids", key=cidr)
