"""CoreDNS, metrics-server and kube-proxy as EKS add-ons, fitted for Fargate."""

from typing import Any

from modules.bindings.aws import DataAwsEksAddonVersion, EksAddon, EksAddonTimeouts
from modules.bindings.cdktf import Fn, ITerraformDependable, TerraformResourceLifecycle
from modules.constructs.cluster.eks_cluster import ControlPlane
from modules.constructs.cluster.fargate_profiles import FargateProfiles
from modules.constructs.component import Component
from modules.constructs.stack import Stack
from modules.facts import eks, fargate

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
        # Its DaemonSet gets no pods on Fargate, whose own kube-proxy is built in. But that one logs in as
        # system:node-proxier, and what lets it read Services may come with the add-on only: docs/fargate.md.
        self._addon("kube-proxy", pinned.kube_proxy, profiles.kube_system)

    def _addon(
        self, name: str, version: str | None, profile: ITerraformDependable, settings: dict[str, Any] | None = None
    ) -> None:
        pinned = version or eks.ADDONS.get(self.stack.spec.cluster.version, {}).get(name)
        version = pinned
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
            # AWS's default moves by itself; a plan for something else must not roll CoreDNS.
            lifecycle=TerraformResourceLifecycle(ignore_changes=["addon_version"]) if pinned is None else None,
            depends_on=[profile],
        )
        self.set_address(addon, name)
