"""RDS: what an Aurora cluster with Serverless v2 answers with, and parameter groups of its family only."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.emulator.conftest import Client

CLUSTER = {
    "Engine": "aurora-postgresql",
    "EngineVersion": "16.13",
    "MasterUsername": "shop",
    "ManageMasterUserPassword": True,
    "ServerlessV2ScalingConfiguration": {"MinCapacity": 1, "MaxCapacity": 4},
}


@pytest.fixture
def rds(client: Client) -> Any:
    return client("rds")


def test_a_cluster_keeps_insights_monitoring_and_the_data_api(rds: Any, role: str) -> None:
    wish: dict[str, Any] = {
        "EnablePerformanceInsights": True,
        "PerformanceInsightsRetentionPeriod": 7,
        "MonitoringInterval": 60,
    }
    wish |= {"DatabaseInsightsMode": "standard", "MonitoringRoleArn": role}
    made = rds.create_db_cluster(DBClusterIdentifier="kept", **CLUSTER, **wish, EnableHttpEndpoint=True)["DBCluster"]
    assert (made["PerformanceInsightsEnabled"], made["PerformanceInsightsRetentionPeriod"]) == (True, 7)
    assert (made["MonitoringInterval"], made["MonitoringRoleArn"], made["HttpEndpointEnabled"]) == (60, role, True)
    assert "ScalingConfigurationInfo" not in made
    rds.disable_http_endpoint(ResourceArn=made["DBClusterArn"])
    assert rds.describe_db_clusters(DBClusterIdentifier="kept")["DBClusters"][0]["HttpEndpointEnabled"] is False


def test_an_instance_has_an_id_of_its_own_and_todays_authority(rds: Any) -> None:
    rds.create_db_cluster(DBClusterIdentifier="ids", **CLUSTER)
    wish = {"DBInstanceClass": "db.serverless", "Engine": "aurora-postgresql", "DBClusterIdentifier": "ids"}
    made = [rds.create_db_instance(DBInstanceIdentifier=name, **wish)["DBInstance"] for name in ("ids-a", "ids-b")]
    assert len({one["DbiResourceId"] for one in made}) == 2
    assert {one["CACertificateIdentifier"] for one in made} == {"rds-ca-rsa2048-g1"}


def test_a_parameter_group_is_of_the_family_of_the_engine(rds: Any) -> None:
    group = {"DBClusterParameterGroupName": "old", "DBParameterGroupFamily": "aurora-postgresql15"}
    rds.create_db_cluster_parameter_group(**group, Description="d")
    with pytest.raises(ClientError, match="use a Parameter Group with DBParameterGroupFamily aurora-postgresql16"):
        rds.create_db_cluster(DBClusterIdentifier="family", **CLUSTER, DBClusterParameterGroupName="old")


def test_parameters_that_were_set_are_the_users(rds: Any) -> None:
    group = {"DBParameterGroupName": "set", "DBParameterGroupFamily": "aurora-postgresql16"}
    rds.create_db_parameter_group(**group, Description="d")
    value = {"ParameterName": "log_connections", "ParameterValue": "1", "ApplyMethod": "immediate"}
    rds.modify_db_parameter_group(DBParameterGroupName="set", Parameters=[value])
    (found,) = rds.describe_db_parameters(DBParameterGroupName="set", Source="user")["Parameters"]
    assert (found["ParameterValue"], found["Source"]) == ("1", "user")
    assert rds.describe_db_parameters(DBParameterGroupName="set", Source="system")["Parameters"] == []
