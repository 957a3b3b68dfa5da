"""The security group that every service pod has: DNS, the API server, the kubelet's port, private endpoints."""

from modules.constructs.cluster.eks_cluster import ControlPlane
from modules.constructs.component import Component
from modules.constructs.network.security_group import Group, allow_in, allow_out, for_each
from modules.constructs.stack import Stack
from modules.facts.ports import DNS, HTTPS, KUBELET

# Not the cluster's own group, which is simpler and admits all of its members to each other:
# https://docs.aws.amazon.com/eks/latest/userguide/security-groups-for-pods.html lists what a pod needs without it.


class PodsGroup(Component):
    """Allows only what every service may do, and nothing between its own members.

    `endpoints_group_id` is a list of them where the endpoints are those of an existing VPC.
    """

    def __init__(
        self,
        scope: Stack,
        cluster: ControlPlane,
        *,
        vpc_id: str,
        endpoints_group_id: str,
        s3_prefix_list_id: str | None,
    ) -> None:
        super().__init__(scope, "pods")
        names = self.stack.names
        group = Group(
            self, "pods", name=names.of("pods"), description="Access common to all service pods", vpc_id=vpc_id
        )
        self.id = group.id
        control_plane = cluster.group_id
        for protocol in ("tcp", "udp"):
            self._to_control_plane(f"dns-{protocol}", control_plane, "CoreDNS", DNS, protocol)
        self._to_control_plane("api", control_plane, "Kubernetes API", HTTPS, "tcp")
        allow_in(
            self,
            "pods",
            "kubelet",
            group=self.id,
            source=control_plane,
            why="Logs, exec and metrics, from the control plane",
            port=KUBELET,
        )
        endpoints = allow_out(
            self,
            "pods",
            "endpoints",
            group=self.id,
            target=endpoints_group_id,
            why="AWS services by private endpoint",
            port=HTTPS,
        )
        if self.stack.spec.network.vpc_id is not None:
            for_each(endpoints, "referenced_security_group_id", endpoints_group_id)
        if s3_prefix_list_id:
            allow_out(
                self,
                "pods",
                "s3",
                group=self.id,
                prefix_list=s3_prefix_list_id,
                why="S3 by gateway endpoint",
                port=HTTPS,
            )

    def _to_control_plane(self, key: str, control_plane: str, what: str, port: int, protocol: str) -> None:
        allow_out(self, "pods", key, group=self.id, target=control_plane, why=what, port=port, protocol=protocol)
        why = f"{what}, from service pods"
        allow_in(self, "cluster", key, group=control_plane, source=self.id, why=why, port=port, protocol=protocol)
