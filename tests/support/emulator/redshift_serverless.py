"""Redshift Serverless, which moto lacks: namespaces, workgroups and usage limits, available at once."""

import secrets
from typing import Any

from moto.core.base_backend import BackendDict, BaseBackend
from moto.core.responses import ActionResult, BaseResponse, EmptyResult
from moto.core.utils import utcnow
from moto.ec2.models import ec2_backends
from moto.secretsmanager.models import secretsmanager_backends

from .errors import error
from .extension import add

Parameters = dict[str, Any]
NotFound, Conflict = error("ResourceNotFoundException"), error("ConflictException")
Invalid = error("ValidationException")
# What AWS sets beside what a workgroup asks for (go-to-k/cdk-real-drift#1441, hashicorp/terraform-provider-aws#49939).
# The provider knows all but the last, so that `config_parameter` without `ignore_changes` never comes to rest.
CONFIG = {
    "auto_mv": "true",
    "datestyle": "ISO, MDY",
    "enable_case_sensitive_identifier": "false",
    "enable_user_activity_logging": "true",
    "max_query_execution_time": "14400",
    "query_group": "default",
    "require_ssl": "true",
    "search_path": "$user, public",
    "use_fips_ssl": "false",
    "enable_large_strings_opt_in": "false",
}


class Backend(BaseBackend):
    def __init__(self, region_name: str, account_id: str):
        super().__init__(region_name, account_id)
        self.namespaces: dict[str, Parameters] = {}
        self.workgroups: dict[str, Parameters] = {}
        self.limits: dict[str, Parameters] = {}
        self.tags: dict[str, dict[str, str]] = {}

    def _new(self, kind: str, wish: Parameters) -> tuple[str, str]:
        """An id and an ARN, which takes the tags of the wish."""
        identity = secrets.token_hex(16)
        arn = f"arn:{self.partition}:redshift-serverless:{self.region_name}:{self.account_id}:{kind}/{identity}"
        self.tags[arn] = {tag["key"]: tag["value"] for tag in wish.pop("tags", None) or []}
        return identity, arn

    def create_namespace(self, wish: Parameters) -> Parameters:
        name = wish["namespaceName"]
        if name in self.namespaces:
            raise Conflict(f"A namespace with the name {name} already exists.")
        identity, arn = self._new("namespace", wish)
        namespace = {
            "namespaceId": identity,
            "namespaceArn": arn,
            "status": "AVAILABLE",
            "creationDate": utcnow(),
            "dbName": "dev",
            "kmsKeyId": "AWS_OWNED_KMS_KEY",
            "logExports": [],
            "iamRoles": [],
        }
        self.namespaces[name] = namespace
        return self.change_namespace(wish)

    def change_namespace(self, wish: Parameters) -> Parameters:
        namespace = self.namespace(wish["namespaceName"])
        wish.pop("adminUserPassword", None)
        managed = wish.pop("manageAdminPassword", "adminPasswordSecretArn" in namespace)
        namespace.update(wish)
        if managed and "adminPasswordSecretArn" not in namespace:
            namespace["adminPasswordSecretArn"] = self._secret(namespace)
        return namespace

    def _secret(self, namespace: Parameters) -> str:
        secret = self._secrets.create_managed_secret(
            "redshift",
            f"redshift!{namespace['namespaceName']}-{namespace['adminUsername']}",
            secret_string="{}",
            kms_key_id=namespace.get("adminPasswordSecretKmsKeyId"),
        )
        return str(secret.arn)

    @property
    def _secrets(self) -> Any:
        return secretsmanager_backends[self.account_id][self.region_name]

    def namespace(self, name: str) -> Parameters:
        if name not in self.namespaces:
            raise NotFound(f"The namespace {name} was not found.")
        return self.namespaces[name]

    def delete_namespace(self, name: str) -> Parameters:
        namespace = self.namespace(name)
        if any(workgroup["namespaceName"] == name for workgroup in self.workgroups.values()):
            raise Conflict(f"Namespace {name} cannot be deleted while it has a workgroup.")
        if arn := namespace.get("adminPasswordSecretArn"):
            self._secrets.delete_secret(arn, recovery_window_in_days=None, force_delete_without_recovery=True)
        del self.namespaces[name], self.tags[namespace["namespaceArn"]]
        return {**namespace, "status": "DELETING"}

    def create_workgroup(self, wish: Parameters) -> Parameters:
        name = wish["workgroupName"]
        self.namespace(wish["namespaceName"])
        if name in self.workgroups:
            raise Conflict(f"A workgroup with the name {name} already exists.")
        ec2 = ec2_backends[self.account_id][self.region_name]
        subnets = [ec2.get_subnet(subnet) for subnet in wish.get("subnetIds", [])]
        if subnets and len({subnet.availability_zone for subnet in subnets}) < 3 and wish.get("enhancedVpcRouting"):
            raise Invalid(
                "Amazon Redshift Serverless with enhanced VPC routing requires subnets in 3 Availability Zones."
            )
        identity, arn = self._new("workgroup", wish)
        self.workgroups[name] = {
            "workgroupId": identity,
            "workgroupArn": arn,
            "status": "AVAILABLE",
            "creationDate": utcnow(),
            "workgroupVersion": "1.0",
            "patchVersion": "1.0",
            "baseCapacity": 128,
            "enhancedVpcRouting": False,
            "publiclyAccessible": False,
            "port": 5439,
            "trackName": "current",
            "pricePerformanceTarget": {"status": "DISABLED"},
            "endpoint": {
                "address": f"{name}.{self.account_id}.{self.region_name}.redshift-serverless.amazonaws.com",
                "port": wish.get("port", 5439),
                "vpcEndpoints": [],
            },
            "configParameters": [],
        }
        return self.change_workgroup(wish)

    def change_workgroup(self, wish: Parameters) -> Parameters:
        workgroup = self.workgroup(wish["workgroupName"])
        known = {setting["parameterKey"]: setting["parameterValue"] for setting in workgroup["configParameters"]}
        asked = {setting["parameterKey"]: setting["parameterValue"] for setting in wish.get("configParameters") or []}
        settings = (CONFIG | known | asked).items()
        workgroup |= wish
        workgroup["configParameters"] = [{"parameterKey": key, "parameterValue": value} for key, value in settings]
        return workgroup

    def workgroup(self, name: str) -> Parameters:
        if name not in self.workgroups:
            raise NotFound(f"The workgroup {name} was not found.")
        return self.workgroups[name]

    def delete_workgroup(self, name: str) -> Parameters:
        workgroup = self.workgroup(name)
        del self.workgroups[name], self.tags[workgroup["workgroupArn"]]
        return {**workgroup, "status": "DELETING"}

    def create_limit(self, wish: Parameters) -> Parameters:
        if wish["resourceArn"] not in self.tags:
            raise NotFound(f"The resource {wish['resourceArn']} was not found.")
        identity, arn = self._new("usagelimit", wish)
        limit = {"period": "monthly", "breachAction": "log", "usageLimitId": identity, "usageLimitArn": arn}
        self.limits[identity] = limit | wish
        return self.limits[identity]

    def limit(self, identity: str) -> Parameters:
        if identity not in self.limits:
            raise NotFound(f"The usage limit {identity} was not found.")
        return self.limits[identity]

    def tags_of(self, arn: str) -> dict[str, str]:
        if arn not in self.tags:
            raise NotFound(f"The resource {arn} was not found.")
        return self.tags[arn]


class Response(BaseResponse):
    def __init__(self) -> None:
        super().__init__("redshift-serverless")
        self.automated_parameter_parsing = True

    @property
    def backend(self) -> Backend:
        return backends[self.current_account][self.region]

    def create_namespace(self) -> ActionResult:
        return ActionResult({"namespace": self.backend.create_namespace(dict(self.params))})

    def get_namespace(self) -> ActionResult:
        return ActionResult({"namespace": self.backend.namespace(self.params["namespaceName"])})

    def list_namespaces(self) -> ActionResult:
        return ActionResult({"namespaces": list(self.backend.namespaces.values())})

    def update_namespace(self) -> ActionResult:
        return ActionResult({"namespace": self.backend.change_namespace(dict(self.params))})

    def delete_namespace(self) -> ActionResult:
        return ActionResult({"namespace": self.backend.delete_namespace(self.params["namespaceName"])})

    def create_workgroup(self) -> ActionResult:
        return ActionResult({"workgroup": self.backend.create_workgroup(dict(self.params))})

    def get_workgroup(self) -> ActionResult:
        return ActionResult({"workgroup": self.backend.workgroup(self.params["workgroupName"])})

    def list_workgroups(self) -> ActionResult:
        return ActionResult({"workgroups": list(self.backend.workgroups.values())})

    def update_workgroup(self) -> ActionResult:
        return ActionResult({"workgroup": self.backend.change_workgroup(dict(self.params))})

    def delete_workgroup(self) -> ActionResult:
        return ActionResult({"workgroup": self.backend.delete_workgroup(self.params["workgroupName"])})

    def create_usage_limit(self) -> ActionResult:
        return ActionResult({"usageLimit": self.backend.create_limit(dict(self.params))})

    def get_usage_limit(self) -> ActionResult:
        return ActionResult({"usageLimit": self.backend.limit(self.params["usageLimitId"])})

    def list_usage_limits(self) -> ActionResult:
        return ActionResult({"usageLimits": list(self.backend.limits.values())})

    def update_usage_limit(self) -> ActionResult:
        limit = self.backend.limit(self.params["usageLimitId"])
        limit.update(self.params)
        return ActionResult({"usageLimit": limit})

    def delete_usage_limit(self) -> ActionResult:
        limit = self.backend.limit(self.params["usageLimitId"])
        del self.backend.limits[limit["usageLimitId"]], self.backend.tags[limit["usageLimitArn"]]
        return ActionResult({"usageLimit": limit})

    def list_tags_for_resource(self) -> ActionResult:
        tags = self.backend.tags_of(self.params["resourceArn"])
        return ActionResult({"tags": [{"key": key, "value": value} for key, value in tags.items()]})

    def tag_resource(self) -> ActionResult:
        tags = {tag["key"]: tag["value"] for tag in self.params["tags"]}
        self.backend.tags_of(self.params["resourceArn"]).update(tags)
        return EmptyResult()

    def untag_resource(self) -> ActionResult:
        for key in self.params["tagKeys"]:
            self.backend.tags_of(self.params["resourceArn"]).pop(key, None)
        return EmptyResult()


backends = BackendDict(Backend, "redshift-serverless")


def install() -> None:
    add("redshift-serverless", Response, backends)
