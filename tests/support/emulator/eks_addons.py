"""EKS add-ons, which moto lacks.

An add-on whose pods no Fargate profile takes is DEGRADED on AWS until the provider gives up after 20 minutes;
here it is CREATE_FAILED at once, with the same issue, so that a missing `depends_on` costs a test seconds.
"""

import json
import secrets
from fnmatch import fnmatch
from typing import TYPE_CHECKING, Any

from moto.core.responses import ActionResult, BaseResponse
from moto.core.utils import utcnow

from .errors import error

if TYPE_CHECKING:
    from .eks import Backend

InUse = error("ResourceInUseException")
InvalidParameter = error("InvalidParameterException")
NotFound = error("ResourceNotFoundException")
# Each add-on's versions, the newest first; the second is AWS's default. The same for every version of Kubernetes.
VERSIONS = {
    "coredns": ("v1.14.2-eksbuild.4", "v1.12.4-eksbuild.1"),
    "metrics-server": ("v0.8.1-eksbuild.11", "v0.8.0-eksbuild.2", "v0.8.1-eksbuild.6"),
    "kube-proxy": ("v1.36.0-eksbuild.7", "v1.34.1-eksbuild.2", "v1.35.3-eksbuild.2", "v1.35.0-eksbuild.2"),
    "vpc-cni": ("v1.21.1-eksbuild.1", "v1.20.4-eksbuild.2"),
}
CLUSTER_VERSIONS = ("1.31", "1.32", "1.33", "1.34", "1.35", "1.36", "1.37")


class Addons:
    """The add-ons of all clusters of an EKS backend, by cluster and name."""

    def __init__(self, region_name: str, account_id: str):
        super().__init__(region_name, account_id)
        self.addons: dict[tuple[str, str], dict[str, Any]] = {}

    def create_addon(self: Any, wish: dict[str, Any]) -> dict[str, Any]:
        cluster, name = self.describe_cluster(wish["clusterName"]), wish["addonName"]
        if (cluster.name, name) in self.addons:
            raise InUse("Addon already exists.")
        arn = f"arn:{self.partition}:eks:{self.region_name}:{self.account_id}:addon/{cluster.name}/{name}"
        addon = {
            "addonName": name,
            "clusterName": cluster.name,
            "addonArn": f"{arn}/{secrets.token_hex(16)}",
            "addonVersion": VERSIONS[name][1] if name in VERSIONS else None,
            "tags": dict(wish.get("tags") or {}),
            "createdAt": utcnow(),
        }
        self._set(addon, wish)
        placed = any(
            fnmatch("kube-system", selector["namespace"])
            for profile in cluster.fargate_profiles.values()
            for selector in profile.selectors
        )
        addon |= {"status": "ACTIVE", "health": {"issues": []}} if placed else _unplaced(addon["addonArn"])
        self.addons[cluster.name, name] = addon
        return addon

    def update_addon(self: Any, wish: dict[str, Any]) -> dict[str, Any]:
        self._set(self.addon(wish), wish)
        return self.note_update("AddonUpdate")

    def _set(self, addon: dict[str, Any], wish: dict[str, Any]) -> None:
        name, version = addon["addonName"], wish.get("addonVersion") or addon["addonVersion"]
        if version not in VERSIONS.get(name, ()):
            raise InvalidParameter(f"Addon version specified is not supported: {name} {version}")
        try:
            json.loads(wish.get("configurationValues") or "{}")
        except ValueError:
            raise InvalidParameter("ConfigurationValue provided in request is not supported: not JSON") from None
        kept: dict[str, Any] = {
            key: wish[key] for key in ("configurationValues", "serviceAccountRoleArn") if key in wish
        }
        addon.update(kept, addonVersion=version, modifiedAt=utcnow())

    def addon(self, wish: dict[str, Any]) -> dict[str, Any]:
        try:
            return self.addons[wish["clusterName"], wish["addonName"]]
        except KeyError:
            raise NotFound(f"No addon: {wish['addonName']} found in cluster: {wish['clusterName']}") from None

    def delete_addon(self, wish: dict[str, Any]) -> dict[str, Any]:
        addon = self.addon(wish)
        del self.addons[wish["clusterName"], wish["addonName"]]
        return {**addon, "status": "DELETING"}


def _unplaced(arn: str) -> dict[str, Any]:
    issue = {
        "code": "InsufficientNumberOfReplicas",
        "message": "The add-on is unhealthy because it doesn't have the desired number of replicas.",
        "resourceIds": [arn],
    }
    return {"status": "CREATE_FAILED", "health": {"issues": [issue]}}


def versions(name: str | None, kubernetes: str | None) -> list[dict[str, Any]]:
    clusters = [version for version in CLUSTER_VERSIONS if kubernetes in (None, version)]
    return [
        {
            "addonName": addon,
            "type": "networking",
            "owner": "aws",
            "publisher": "eks",
            "addonVersions": [
                {
                    "addonVersion": version,
                    "architecture": ["amd64", "arm64"],
                    "compatibilities": [
                        {"clusterVersion": cluster, "platformVersions": ["*"], "defaultVersion": version == offered[1]}
                        for cluster in clusters
                    ],
                }
                for version in offered
            ],
        }
        for addon, offered in VERSIONS.items()
        if clusters and name in (None, addon)
    ]


class AddonCalls(BaseResponse):
    if TYPE_CHECKING:
        eks_backend: Backend

    def create_addon(self) -> ActionResult:
        return ActionResult({"addon": self.eks_backend.create_addon(self.params)})

    def describe_addon(self) -> ActionResult:
        return ActionResult({"addon": self.eks_backend.addon(self.params)})

    def update_addon(self) -> ActionResult:
        return ActionResult({"update": self.eks_backend.update_addon(self.params)})

    def delete_addon(self) -> ActionResult:
        return ActionResult({"addon": self.eks_backend.delete_addon(self.params)})

    def list_addons(self) -> ActionResult:
        cluster = self.eks_backend.describe_cluster(self.params["clusterName"]).name
        return ActionResult({"addons": [name for owner, name in self.eks_backend.addons if owner == cluster]})

    def describe_addon_versions(self) -> ActionResult:
        found = versions(self.params.get("addonName"), self.params.get("kubernetesVersion"))
        return ActionResult({"addons": found})
