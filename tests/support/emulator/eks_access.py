"""EKS access entries and the access policies associated with them, which moto lacks."""

import secrets
from typing import TYPE_CHECKING, Any

from moto.core.responses import ActionResult, BaseResponse, EmptyResult
from moto.core.utils import utcnow

from .errors import error

if TYPE_CHECKING:
    from .eks import Backend

InUse = error("ResourceInUseException")
InvalidParameter = error("InvalidParameterException")
InvalidRequest = error("InvalidRequestException")
NotFound = error("ResourceNotFoundException")
POLICIES = "arn:aws:eks::aws:cluster-access-policy/"
POLICY_NAMES = (
    "AmazonEKSAdminPolicy",
    "AmazonEKSAdminViewPolicy",
    "AmazonEKSClusterAdminPolicy",
    "AmazonEKSEditPolicy",
    "AmazonEKSViewPolicy",
)


class Access:
    """The access entries of all clusters of an EKS backend, by cluster and principal."""

    def __init__(self, region_name: str, account_id: str):
        super().__init__(region_name, account_id)
        self.entries: dict[tuple[str, str], dict[str, Any]] = {}
        self.policies: dict[tuple[str, str], dict[str, dict[str, Any]]] = {}

    def create_entry(self: Any, wish: dict[str, Any]) -> dict[str, Any]:
        cluster, principal = self.describe_cluster(wish["clusterName"]), wish["principalArn"]
        if cluster.access_config["authenticationMode"] == "CONFIG_MAP":
            raise InvalidRequest(
                "The cluster's authentication mode must be set to one of [API, API_AND_CONFIG_MAP] "
                "to perform this operation."
            )
        if (cluster.name, principal) in self.entries:
            raise InUse("The specified access entry resource is already in use on this cluster.")
        if ":iam:" not in principal:
            raise InvalidParameter("The specified principalArn is invalid: invalid principal.")
        kind, _, name = principal.split(":", 5)[5].partition("/")
        owner = f"{cluster.name}/{kind}/{self.account_id}/{name}/{secrets.token_hex(16)}"
        session = f"arn:{self.partition}:sts::{self.account_id}:assumed-role/{name}/{{{{SessionName}}}}"
        entry = {
            "clusterName": cluster.name,
            "principalArn": principal,
            "kubernetesGroups": wish.get("kubernetesGroups") or [],
            "accessEntryArn": f"arn:{self.partition}:eks:{self.region_name}:{self.account_id}:access-entry/{owner}",
            "createdAt": utcnow(),
            "modifiedAt": utcnow(),
            "tags": dict(wish.get("tags") or {}),
            "username": wish.get("username") or (session if kind == "role" else principal),
            "type": wish.get("type") or "STANDARD",
        }
        self.entries[cluster.name, principal] = entry
        return entry

    def admit_fargate(self: Any, cluster: Any, role: str) -> None:
        """EKS itself makes the entry of a Fargate profile's role, and leaves it there when the profile goes."""
        if cluster.access_config["authenticationMode"] == "CONFIG_MAP" or (cluster.name, role) in self.entries:
            return
        wish = {"clusterName": cluster.name, "principalArn": role, "type": "FARGATE_LINUX"}
        self.create_entry(
            {**wish, "username": "system:node:{{SessionName}}", "kubernetesGroups": ["system:node-proxier"]}
        )

    def entry(self: Any, wish: dict[str, Any]) -> dict[str, Any]:
        self.describe_cluster(wish["clusterName"])
        try:
            return self.entries[wish["clusterName"], wish["principalArn"]]
        except KeyError:
            raise NotFound(f"The specified principalArn could not be found: {wish['principalArn']}") from None

    def update_entry(self, wish: dict[str, Any]) -> dict[str, Any]:
        entry = self.entry(wish)
        entry.update({key: wish[key] for key in ("kubernetesGroups", "username") if key in wish}, modifiedAt=utcnow())
        return entry

    def delete_entry(self, wish: dict[str, Any]) -> None:
        self.entry(wish)
        self.policies.pop((wish["clusterName"], wish["principalArn"]), None)
        del self.entries[wish["clusterName"], wish["principalArn"]]

    def associate(self, wish: dict[str, Any]) -> dict[str, Any]:
        entry = self.entry(wish)
        if entry["type"] != "STANDARD":
            raise InvalidRequest(f"Access policies cannot be associated with an access entry of type {entry['type']}.")
        if wish["policyArn"] not in {POLICIES + name for name in POLICY_NAMES}:
            raise InvalidParameter(f"The policyArn parameter format is not valid: {wish['policyArn']}")
        policy = {
            "policyArn": wish["policyArn"],
            "accessScope": {"namespaces": [], **wish["accessScope"]},
            "associatedAt": utcnow(),
            "modifiedAt": utcnow(),
        }
        self.associated(wish)[wish["policyArn"]] = policy
        return policy

    def associated(self, wish: dict[str, Any]) -> dict[str, dict[str, Any]]:
        self.entry(wish)
        return self.policies.setdefault((wish["clusterName"], wish["principalArn"]), {})

    def disassociate(self, wish: dict[str, Any]) -> None:
        if not self.associated(wish).pop(wish["policyArn"], None):
            raise NotFound(f"No associated policy could be found with the specified ARN: {wish['policyArn']}")

    def forget_access(self, cluster: str) -> None:
        for owner, principal in list(self.entries):
            if owner == cluster:
                self.delete_entry({"clusterName": owner, "principalArn": principal})


class AccessCalls(BaseResponse):
    if TYPE_CHECKING:
        eks_backend: Backend

    def create_access_entry(self) -> ActionResult:
        return ActionResult({"accessEntry": self.eks_backend.create_entry(self.params)})

    def describe_access_entry(self) -> ActionResult:
        return ActionResult({"accessEntry": self.eks_backend.entry(self.params)})

    def update_access_entry(self) -> ActionResult:
        return ActionResult({"accessEntry": self.eks_backend.update_entry(self.params)})

    def delete_access_entry(self) -> ActionResult:
        self.eks_backend.delete_entry(self.params)
        return EmptyResult()

    def list_access_entries(self) -> ActionResult:
        cluster = self.eks_backend.describe_cluster(self.params["clusterName"]).name
        return ActionResult({"accessEntries": [arn for owner, arn in self.eks_backend.entries if owner == cluster]})

    def associate_access_policy(self) -> ActionResult:
        return ActionResult(self._with_names({"associatedAccessPolicy": self.eks_backend.associate(self.params)}))

    def list_associated_access_policies(self) -> ActionResult:
        policies = list(self.eks_backend.associated(self.params).values())
        return ActionResult(self._with_names({"associatedAccessPolicies": policies}))

    def disassociate_access_policy(self) -> ActionResult:
        self.eks_backend.disassociate(self.params)
        return EmptyResult()

    def _with_names(self, answer: dict[str, Any]) -> dict[str, Any]:
        return {"clusterName": self.params["clusterName"], "principalArn": self.params["principalArn"], **answer}
