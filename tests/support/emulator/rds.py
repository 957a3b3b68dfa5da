"""RDS: what Aurora with Serverless v2 needs beside moto's clusters and instances.

moto forgets Performance Insights, Database Insights and a cluster's enhanced monitoring, allows the Data API on engines
of 2021 only, gives every cluster the settings of Serverless v1, all instances one resource id, parameters no source.
Parameter groups of another family are refused. A deleted cluster takes its automated snapshots along; moto keeps them.
"""

import secrets
from typing import Any

from moto.core.responses import ActionResult
from moto.rds import models
from moto.rds.exceptions import InvalidParameterCombination
from moto.rds.responses import RDSResponse

from .extension import extend

INSIGHTS = ("enable_performance_insights", "performance_insights_kms_key_id", "performance_insights_retention_period")
# The provider changes the authority of a new instance, and restarts it, when it is not the one that was asked for.
DEFAULT_CA = "rds-ca-rsa2048-g1"
MONITORING = ("monitoring_interval", "monitoring_role_arn", "database_insights_mode")


class Insights:
    """The settings that clusters and instances share, under the names that AWS asks and answers with."""

    enable_performance_insights: bool | None = False
    performance_insights_kms_key_id: str | None = None
    performance_insights_retention_period: int | None = None
    database_insights_mode: str | None = "standard"

    @property
    def performance_insights_enabled(self) -> bool:
        return bool(self.enable_performance_insights)


class Cluster(Insights, models.DBCluster):
    monitoring_interval = 0
    monitoring_role_arn: str | None = None
    _enable_http_endpoint = False

    def __init__(self, backend: Any, **wish: Any):
        family = f"{wish['engine']}{(wish.get('engine_version') or '').split('.')[0]}"
        _check_family(backend.db_cluster_parameter_groups, wish.get("db_cluster_parameter_group_name"), family)
        super().__init__(backend, **wish)
        for name in (*INSIGHTS, *MONITORING):
            if wish.get(name) is not None:
                setattr(self, name, wish[name])

    @property
    def enable_http_endpoint(self) -> bool:
        return self._enable_http_endpoint

    @enable_http_endpoint.setter
    def enable_http_endpoint(self, wish: bool | None) -> None:
        if wish is not None:
            self._enable_http_endpoint = wish and self.engine.startswith("aurora-")

    @property
    def enable_iam_database_authentication(self) -> bool:
        return bool(self.iam_auth)

    @enable_iam_database_authentication.setter
    def enable_iam_database_authentication(self, wish: bool) -> None:
        self.iam_auth = wish

    @property
    def scaling_configuration_info(self) -> Any:
        return super().scaling_configuration_info if self.engine_mode == "serverless" else None


class Instance(Insights, models.DBInstanceClustered):
    def __init__(self, backend: Any, **wish: Any):
        super().__init__(backend=backend, **{"ca_certificate_identifier": DEFAULT_CA, **wish})
        family = f"{self.cluster.engine}{self.engine_version.split('.')[0]}"
        _check_family(backend.db_parameter_groups, wish.get("db_parameter_group_name"), family)
        self.dbi_resource_id = f"db-{secrets.token_hex(13).upper()}"
        for name in (*INSIGHTS, "database_insights_mode"):
            if wish.get(name) is not None:
                setattr(self, name, wish[name])


def _check_family(groups: dict[str, Any], name: str | None, family: str) -> None:
    group = groups.get(name or "")
    found = getattr(group, "family", None) or getattr(group, "db_parameter_group_family", None)
    if found not in (None, family):
        raise InvalidParameterCombination(
            f"The Parameter Group {name} with DBParameterGroupFamily {found} can't be used for this instance. "
            f"Please use a Parameter Group with DBParameterGroupFamily {family}"
        )


class Backend(models.RDSBackend):
    def delete_db_cluster(self, cluster_identifier: str, snapshot_name: str | None = None) -> models.DBCluster:
        deleted = super().delete_db_cluster(cluster_identifier, snapshot_name)
        for name in [name for name in self.cluster_snapshots if name.startswith(f"rds:{cluster_identifier}-")]:
            del self.cluster_snapshots[name]
        return deleted


class Response(RDSResponse):
    def describe_db_parameters(self) -> ActionResult:
        return self._as_user(super().describe_db_parameters())

    def describe_db_cluster_parameters(self) -> ActionResult:
        return self._as_user(super().describe_db_cluster_parameters())

    def _as_user(self, answer: ActionResult) -> ActionResult:
        """moto knows the parameters that somebody set, and no others."""
        found: Any = answer.result
        wanted = self.params.get("Source") in (None, "user")
        parameters = [{**one, "Source": "user"} for one in found["Parameters"]] if wanted else []
        return ActionResult({"Parameters": parameters})

    def _set_http_endpoint(self) -> ActionResult:
        arn = self.params["ResourceArn"]
        cluster = next(cluster for cluster in self.backend.clusters.values() if cluster.arn == arn)
        cluster.enable_http_endpoint = self._get_action() == "EnableHttpEndpoint"
        return ActionResult({"ResourceArn": arn, "HttpEndpointEnabled": cluster.enable_http_endpoint})

    enable_http_endpoint = disable_http_endpoint = _set_http_endpoint


def install() -> None:
    models.DBCluster = Cluster
    models.DBInstanceClustered = Instance
    extend("rds", Response, Backend)
