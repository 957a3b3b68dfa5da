"""Who reaches the Kubernetes API from inside: the VPC, and the private ranges behind its VPN or peerings."""

from modules.constructs.cluster.eks_cluster import ControlPlane
from modules.constructs.component import Component
from modules.constructs.network.security_group import allow_in, for_each
from modules.constructs.stack import Stack
from modules.facts.ports import HTTPS


class ApiAccess(Component):
    """The cluster's own security group allows its members only, and the machine that deploys is not one of them.

    https://docs.aws.amazon.com/eks/latest/userguide/cluster-endpoint.html#private-access
    """

    def __init__(self, scope: Stack, cluster: ControlPlane) -> None:
        super().__init__(scope, "api-access")
        spec = self.stack.spec
        why = "Kubernetes API, from the VPC"
        for cidr in spec.network.own_cidrs:
            key = ("cluster", "api", "vpc", *([] if cidr == spec.network.cidr else [cidr]))
            allow_in(self, *key, group=cluster.group_id, cidr=cidr, why=why, port=HTTPS)
        if spec.network.own_cidr is None:
            ranges = self.stack.read("network", "vpc_cidr_blocks")
            rule = allow_in(self, "cluster", "api", "vpc", group=cluster.group_id, cidr=ranges, why=why, port=HTTPS)
            for_each(rule, "cidr_ipv4", ranges)
        for cidr in spec.cluster.private_access:
            why = "Kubernetes API, from a declared range"
            allow_in(self, "cluster", "api", cidr, group=cluster.group_id, cidr=cidr, why=why, port=HTTPS)
