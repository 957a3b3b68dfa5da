"""CoreDNS and metrics-server as EKS add-ons, configured for Fargate."""

from typing import Any

from modules.bindings.aws import DataAwsEksAddonVersion, EksAddon, EksAddonTimeouts
from modules.bindings.cdktf import Fn, ITerraformDependable
from modules.constructs.cluster.eks_cluster import ControlPlane
from modules.constructs.cluster.fargate_profiles import FargateProfiles
from modules.constructs.component import Component
from modules.constructs.stack import Stack
from modules.facts import fargate

_COREDNS = {"computeType": "Fargate", "resources": {"limits": fargate.SMALLEST, "requests": fargate.SMALLEST}}


class Addons(Component):
    """The add-ons; each waits for the profile that its pods run on, and would fail without it."""

    def __init__(self, scope: Stack, cluster: ControlPlane, profiles: FargateProfiles) -> None:
        super().__init__(scope, "addons")
        self.cluster = cluster
        pinned = self.stack.spec.cluster.addons
        self._addon("coredns", pinned.coredns, profiles.coredns, _COREDNS)
        # The community add-on listens on 10251; the Helm chart's 10250 is the kubelet's on Fargate:
        # https://docs.aws.amazon.com/eks/latest/userguide/metrics-server.html.
        self._addon("metrics-server", pinned.metrics_server, profiles.kube_system)

    def _addon(
        self, name: str, version: str | None, profile: ITerraformDependable, settings: dict[str, Any] | None = None
    ) -> None:
        if version is None:
            known = DataAwsEksAddonVersion(
                self, f"{name}-version", addon_name=name, kubernetes_version=self.cluster.version
            )
            version = self.set_address(known, name).version
        addon = EksAddon(
            self,
            name,
            cluster_name=self.cluster.name,
            addon_name=name,
            addon_version=version,
            configuration_values=Fn.jsonencode(settings) if settings else None,
            resolve_conflicts_on_create="OVERWRITE",
            resolve_conflicts_on_update="OVERWRITE",
            timeouts=EksAddonTimeouts(create="30m", update="30m", delete="30m"),
            depends_on=[profile],
        )
        self.set_address(addon, name)
