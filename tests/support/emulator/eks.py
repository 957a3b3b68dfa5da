"""EKS clusters and Fargate profiles.

moto returns what it was given and nothing else: no cluster security group, no VPC, no defaults, no add-ons
(eks_addons.py), no access entries (eks_access.py), tags on clusters only, and UpdateClusterConfig answers with a
cluster instead of an update. Here a cluster and its parts are ready at once; what AWS refuses is refused.
"""

import base64
import json
import os
import secrets
from pathlib import Path
from typing import Any

from moto.core.responses import ActionResult, EmptyResult
from moto.core.utils import utcnow
from moto.ec2.models import ec2_backends
from moto.eks.models import Cluster, EKSBackend, FargateProfile, eks_backends
from moto.eks.responses import EKSResponse
from moto.iam.models import iam_backends

from . import issuer
from .eks_access import Access, AccessCalls
from .eks_addons import AddonCalls, Addons
from .errors import error
from .extension import extend

InUse = error("ResourceInUseException")
InvalidParameter = error("InvalidParameterException")
LimitExceeded = error("ResourceLimitExceededException")
NotFound = error("ResourceNotFoundException")
LOG_TYPES = ("api", "audit", "authenticator", "controllerManager", "scheduler")
GROUP_DESCRIPTION = (
    "EKS created security group applied to ENI that is attached to EKS Control Plane master nodes, "
    "as well as any managed workloads."
)
CERTIFICATE = "-----BEGIN CERTIFICATE-----\nnot a real one\n-----END CERTIFICATE-----\n"
MAX_PROFILES, MAX_SELECTORS = 10, 5


class Backend(Addons, Access, EKSBackend):
    def __init__(self, region_name: str, account_id: str):
        super().__init__(region_name, account_id)
        self.updates: dict[str, dict[str, Any]] = {}

    @property
    def ec2(self) -> Any:
        return ec2_backends[self.account_id][self.region_name]

    def new_cluster(self, wish: dict[str, Any]) -> Cluster:
        subnets = [self.ec2.get_subnet(subnet) for subnet in wish["resourcesVpcConfig"]["subnetIds"]]
        if len({subnet.availability_zone for subnet in subnets}) < 2:
            raise InvalidParameter("Subnets specified must be in at least two different AZs")
        cluster = self.create_cluster(
            name=wish["name"],
            role_arn=wish["roleArn"],
            version=wish.get("version"),
            resources_vpc_config=wish["resourcesVpcConfig"],
            tags=dict(wish.get("tags") or {}),
            encryption_config=wish.get("encryptionConfig"),
        )
        self._complete(cluster, wish, vpc=subnets[0].vpc_id)
        return cluster

    def _complete(self, cluster: Any, wish: dict[str, Any], vpc: str) -> None:
        cluster.resources_vpc_config = {
            "endpointPublicAccess": True,
            "endpointPrivateAccess": False,
            "publicAccessCidrs": ["0.0.0.0/0"],
            "securityGroupIds": [],
            **wish["resourcesVpcConfig"],
            "vpcId": vpc,
            "clusterSecurityGroupId": self._cluster_group(cluster.name, vpc),
        }
        cluster.kubernetes_network_config = {
            "serviceIpv4Cidr": "172.20.0.0/16",
            "ipFamily": "ipv4",
            "elasticLoadBalancing": {"enabled": False},
            **(wish.get("kubernetesNetworkConfig") or {}),
        }
        access = wish.get("accessConfig") or {}
        cluster.access_config = {"authenticationMode": access.get("authenticationMode", "CONFIG_MAP")}
        cluster.upgrade_policy = {"supportType": "EXTENDED", **(wish.get("upgradePolicy") or {})}
        cluster.logging = _logging(wish.get("logging"))
        cluster.deletion_protection = wish.get("deletionProtection", False)
        cluster.health = {"issues": []}
        self._lead_to_control_plane(cluster)

    def _lead_to_control_plane(self, cluster: Any) -> None:
        """To the one that the file of EMULATED_EKS names, as soon as there is one; else to nowhere."""
        file = Path(os.environ.get("EMULATED_EKS", os.devnull))
        told = json.loads(file.read_text() or "{}") if file.exists() else {}
        cluster.endpoint = told.get("endpoint", cluster.endpoint)
        authority = told.get("certificate_authority", CERTIFICATE)
        cluster.certificate_authority = {"data": base64.b64encode(authority.encode()).decode()}
        cluster.identity = {"oidc": {"issuer": told.get("issuer") or issuer(self.region_name)}}

    def _cluster_group(self, cluster: str, vpc: str) -> str:
        name = f"eks-cluster-sg-{cluster}-{secrets.randbelow(10**9)}"
        group = self.ec2.create_security_group(name, GROUP_DESCRIPTION, vpc_id=vpc)
        group.add_tags({"Name": name, f"kubernetes.io/cluster/{cluster}": "owned", "aws:eks:cluster-name": cluster})
        self.ec2.authorize_security_group_ingress(
            group.id,
            ip_protocol="-1",
            from_port=None,
            to_port=None,
            ip_ranges=[],
            source_groups=[{"GroupId": group.id}],
        )
        return str(group.id)

    def delete_cluster(self, name: str) -> Cluster:
        cluster = self.describe_cluster(name)
        if cluster.fargate_profiles:
            raise InUse(f"Cluster has Fargate profiles attached: {', '.join(cluster.fargate_profiles)}")
        deleted = super().delete_cluster(name)
        self.ec2.delete_security_group(group_id=cluster.resources_vpc_config["clusterSecurityGroupId"])
        self.forget_access(name)
        return deleted

    def new_profile(self, wish: dict[str, Any]) -> FargateProfile:
        cluster = self.describe_cluster(wish["clusterName"])
        self._check_profile(cluster, wish)
        profile = self.create_fargate_profile(
            fargate_profile_name=wish["fargateProfileName"],
            cluster_name=wish["clusterName"],
            selectors=wish.get("selectors") or [],
            pod_execution_role_arn=wish["podExecutionRoleArn"],
            subnets=wish.get("subnets"),
            tags=dict(wish.get("tags") or {}),
        )
        profile.health = {"issues": []}
        self.admit_fargate(cluster, wish["podExecutionRoleArn"])
        return profile

    def _check_profile(self, cluster: Cluster, wish: dict[str, Any]) -> None:
        if len(cluster.fargate_profiles) >= MAX_PROFILES:
            raise LimitExceeded("Fargate Profile limit exceeded for cluster.")
        if len(wish.get("selectors") or []) > MAX_SELECTORS:
            raise InvalidParameter("Fargate Profile has too many selectors.")
        role = wish["podExecutionRoleArn"]
        iam = iam_backends[self.account_id][self.partition]
        if role not in {known.arn for known in iam.get_roles()}:
            raise InvalidParameter(f"Misconfigured PodExecutionRole Trust Policy; role {role} does not exist")
        for subnet in wish.get("subnets") or []:
            if self._is_public(subnet):
                raise InvalidParameter(f"Subnet {subnet} provided in Fargate Profile is not a private subnet")

    def _is_public(self, subnet: str) -> bool:
        tables = self.ec2.describe_route_tables(filters={"association.subnet-id": [subnet]})
        return any((route.gateway and route.gateway.id.startswith("igw-")) for t in tables for route in t.routes)

    def change_cluster(self, wish: dict[str, Any]) -> dict[str, Any]:
        cluster: Any = self.describe_cluster(wish["name"])
        if vpc := wish.get("resourcesVpcConfig"):
            cluster.resources_vpc_config.update(vpc)
        if logging := wish.get("logging"):
            cluster.logging = _logging(logging)
        for key, field in (
            ("accessConfig", "access_config"),
            ("upgradePolicy", "upgrade_policy"),
            ("kubernetesNetworkConfig", "kubernetes_network_config"),
        ):
            getattr(cluster, field).update(wish.get(key) or {})
        if "deletionProtection" in wish:
            cluster.deletion_protection = wish["deletionProtection"]
        if "version" in wish:
            cluster.version = wish["version"]
        cluster.encryption_config = wish.get("encryptionConfig") or cluster.encryption_config
        return self.note_update("VersionUpdate" if "version" in wish else "ConfigUpdate")

    def note_update(self, kind: str) -> dict[str, Any]:
        update = {"id": secrets.token_hex(16), "status": "Successful", "type": kind, "params": [], "errors": []}
        self.updates[str(update["id"])] = {**update, "createdAt": utcnow()}
        return self.updates[str(update["id"])]

    def tags_of(self, arn: str) -> dict[str, str]:
        owners: dict[str, dict[str, str]] = {cluster.arn: cluster.tags for cluster in self.clusters.values()}
        for cluster in self.clusters.values():
            owners |= {profile.fargate_profile_arn: profile.tags for profile in cluster.fargate_profiles.values()}
        owners |= {addon["addonArn"]: addon["tags"] for addon in self.addons.values()}
        owners |= {entry["accessEntryArn"]: entry["tags"] for entry in self.entries.values()}
        if arn not in owners:
            raise NotFound(f"The specified resource could not be found: {arn}")
        return owners[arn]


def _logging(wish: dict[str, Any] | None) -> dict[str, Any]:
    wanted = {
        kind for setup in (wish or {}).get("clusterLogging", []) if setup.get("enabled") for kind in setup["types"]
    }
    on, off = [kind for kind in LOG_TYPES if kind in wanted], [kind for kind in LOG_TYPES if kind not in wanted]
    setups = ({"types": on, "enabled": True}, {"types": off, "enabled": False})
    return {"clusterLogging": [setup for setup in setups if setup["types"]]}


class Response(AddonCalls, AccessCalls, EKSResponse):
    def __init__(self) -> None:
        super().__init__()
        self.automated_parameter_parsing = True

    @property
    def eks_backend(self) -> Backend:
        backend = eks_backends[self.current_account][self.region]
        assert isinstance(backend, Backend)
        return backend

    def create_cluster(self) -> ActionResult:
        return ActionResult({"cluster": self.eks_backend.new_cluster(self.params)})

    def create_fargate_profile(self) -> ActionResult:
        return ActionResult({"fargateProfile": self.eks_backend.new_profile(self.params)})

    def update_cluster_config(self) -> ActionResult:
        return ActionResult({"update": self.eks_backend.change_cluster(self.params)})

    update_cluster_version = associate_encryption_config = update_cluster_config

    def describe_update(self) -> ActionResult:
        return ActionResult({"update": self.eks_backend.updates[self.params["updateId"]]})

    def list_tags_for_resource(self) -> ActionResult:
        return ActionResult({"tags": self.eks_backend.tags_of(self.params["resourceArn"])})

    def tag_resource(self) -> ActionResult:
        self.eks_backend.tags_of(self.params["resourceArn"]).update(self.params["tags"])
        return EmptyResult()

    def untag_resource(self) -> ActionResult:
        tags = self.eks_backend.tags_of(self.params["resourceArn"])
        for key in self.params["tagKeys"]:
            tags.pop(key, None)
        return EmptyResult()


def install() -> None:
    extend("eks", Response, Backend)
