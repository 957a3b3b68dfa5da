"""Stack `data`: Aurora and Redis as the architecture draws them, shut until a service opens its own way."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cdktf
import pytest

from modules.constructs.app import SystemApp
from modules.stacks.data import data as build_data
from tests.support.run_synth import shipped
from tests.synth.conftest import Built, Json, spec_of, stack

DATA_KEY = "${aws_kms_key.data.arn}"
TOPIC = "${data.terraform_remote_state.network.outputs.alarms_topic_arn}"

Varied = Callable[..., Json]


@pytest.fixture(scope="module")
def data(built: Built) -> Json:
    return stack(built, "data")


@pytest.fixture(scope="module")
def cluster(data: Json) -> Json:
    found: Json = data["resource"]["aws_rds_cluster"]["main"]
    return found


@pytest.fixture(scope="module")
def redis(data: Json) -> Json:
    found: Json = data["resource"]["aws_elasticache_replication_group"]["main"]
    return found


@pytest.fixture
def varied(tmp_path: Path) -> Varied:
    """The resources of the stack for the shipped system with other values of these keys."""

    def resources(**keys: Any) -> Json:
        spec = spec_of(shipped() | keys, tmp_path)
        found: Json = json.loads(cdktf.Testing.synth(build_data(SystemApp(str(tmp_path)), spec)))["resource"]
        return found

    return resources


def test_two_serverless_instances_stand_in_different_zones(data: Json, cluster: Json) -> None:
    instances = data["resource"]["aws_rds_cluster_instance"]
    assert {key: one["availability_zone"] for key, one in instances.items()} == {"a": "eu-west-1a", "b": "eu-west-1b"}
    assert {one["instance_class"] for one in instances.values()} == {"db.serverless"}
    assert cluster["serverlessv2_scaling_configuration"] == {"min_capacity": 1, "max_capacity": 4}
    assert (cluster["engine"], cluster["engine_mode"], cluster["engine_version"]) == (
        "aurora-postgresql",
        "provisioned",
        "16.13",
    )


def test_more_instances_leave_those_that_are_there_as_they_are(varied: Varied, data: Json) -> None:
    more = varied(database={"instances": 5})["aws_rds_cluster_instance"]
    assert list(more) == ["a", "a_2", "b", "b_2", "c"]
    before = data["resource"]["aws_rds_cluster_instance"]
    assert {key: more[key] for key in before} == before
    assert {key: one["promotion_tier"] for key, one in more.items()} == {"a": 0, "b": 1, "c": 2, "a_2": 3, "b_2": 4}


def test_instances_stay_in_the_three_zones_of_the_storage(varied: Varied) -> None:
    wide = varied(region="us-east-1", zones=list("abcde"), database={"instances": 4})
    assert list(wide["aws_rds_cluster_instance"]) == ["a", "a_2", "b", "c"]


def test_the_database_is_encrypted_and_its_password_is_nobodys(cluster: Json) -> None:
    assert cluster["storage_encrypted"] is True
    keys = ("kms_key_id", "master_user_secret_kms_key_id")
    assert {cluster[key] for key in keys} == {DATA_KEY}
    assert cluster["manage_master_user_password"] is True
    assert not {"master_password", "master_password_wo"} & set(cluster)
    assert cluster["iam_database_authentication_enabled"] is True
    assert cluster["enable_http_endpoint"] is True


def test_a_connection_to_the_database_without_tls_is_refused(data: Json, cluster: Json) -> None:
    group = data["resource"]["aws_rds_cluster_parameter_group"]["aurora"]
    assert group["family"] == "aurora-postgresql16"
    assert {"name": "rds.force_ssl", "value": "1"} in group["parameter"]
    assert cluster["db_cluster_parameter_group_name"] == "${aws_rds_cluster_parameter_group.aurora.name}"


def test_a_new_major_version_makes_its_parameter_group_first(varied: Varied) -> None:
    group = varied(database={"version": "17.9"})["aws_rds_cluster_parameter_group"]["aurora"]
    assert (group["family"], group["name"]) == ("aurora-postgresql17", "shop-aurora-postgresql17")
    assert group["lifecycle"] == {"create_before_destroy": True}


def test_instances_are_monitored_and_the_cluster_says_nothing_against_it(data: Json, cluster: Json) -> None:
    assert not [name for name in cluster if name.startswith(("monitoring_", "performance_insights_"))]
    assert cluster["database_insights_mode"] == "standard"
    for instance in data["resource"]["aws_rds_cluster_instance"].values():
        assert (instance["performance_insights_enabled"], instance["monitoring_interval"]) == (True, 60)
        assert instance["performance_insights_kms_key_id"] == DATA_KEY


def test_insights_that_aws_reads_back_on_the_cluster_are_never_turned_off(cluster: Json) -> None:
    assert "performance_insights_enabled" not in cluster
    assert "performance_insights_enabled" in cluster["lifecycle"]["ignore_changes"]


def test_logs_go_to_groups_that_are_there_first(data: Json, cluster: Json, redis: Json) -> None:
    groups = {key: group["name"] for key, group in data["resource"]["aws_cloudwatch_log_group"].items()}
    assert groups == {
        "aurora": "/aws/rds/cluster/shop-aurora/postgresql",
        "redis_slow_log": "/shop/redis/slow-log",
        "redis_engine_log": "/shop/redis/engine-log",
    }
    assert cluster["enabled_cloudwatch_logs_exports"] == ["postgresql"]
    assert "aws_cloudwatch_log_group.aurora" in cluster["depends_on"]
    assert {log["log_type"]: log["destination"] for log in redis["log_delivery_configuration"]} == {
        "slow-log": "${aws_cloudwatch_log_group.redis_slow_log.name}",
        "engine-log": "${aws_cloudwatch_log_group.redis_engine_log.name}",
    }
    assert {log["log_format"] for log in redis["log_delivery_configuration"]} == {"json"}


def test_redis_is_a_primary_with_a_replica_that_takes_over(redis: Json) -> None:
    assert (redis["engine"], redis["engine_version"], redis["num_cache_clusters"]) == ("redis", "7.1", 2)
    assert (redis["multi_az_enabled"], redis["automatic_failover_enabled"]) == (True, True)


def test_redis_is_encrypted_at_rest_and_on_the_way(redis: Json) -> None:
    assert (redis["at_rest_encryption_enabled"], redis["kms_key_id"]) == ("true", DATA_KEY)
    assert (redis["transit_encryption_enabled"], redis["transit_encryption_mode"]) == (True, "required")


def test_the_only_redis_user_is_switched_off_and_has_no_secret(data: Json, redis: Json) -> None:
    assert data["resource"]["aws_elasticache_user"] == {
        "default": {
            "user_id": "shop-default",
            "user_name": "default",
            "engine": "redis",
            "access_string": "off ~* -@all",
            "no_password_required": True,
        }
    }
    group = data["resource"]["aws_elasticache_user_group"]["redis"]
    assert group["user_ids"] == ["${aws_elasticache_user.default.user_id}"]
    assert group["lifecycle"] == {"ignore_changes": ["user_ids"]}, "services add their own users"
    assert redis["user_group_ids"] == ["${aws_elasticache_user_group.redis.user_group_id}"]


def test_nobody_reaches_a_store_until_a_service_admits_itself(data: Json) -> None:
    assert set(data["resource"]["aws_security_group"]) == {"aurora", "redis"}
    assert not [kind for kind in data["resource"] if kind.startswith("aws_vpc_security_group_")]
    for group in data["resource"]["aws_security_group"].values():
        assert not {"ingress", "egress"} & set(group)
    for instance in data["resource"]["aws_rds_cluster_instance"].values():
        assert instance["publicly_accessible"] is False


def test_a_protected_database_resists_deletion_and_leaves_snapshots(cluster: Json, redis: Json) -> None:
    assert cluster["deletion_protection"] is True
    assert (cluster["skip_final_snapshot"], cluster["final_snapshot_identifier"]) == (False, "shop-aurora-final")
    assert redis["final_snapshot_identifier"] == "shop-redis-final"


def test_an_unprotected_database_goes_without_a_trace(varied: Varied) -> None:
    resources = varied(protection=False)
    cluster = resources["aws_rds_cluster"]["main"]
    assert (cluster["deletion_protection"], cluster["skip_final_snapshot"]) == (False, True)
    assert "final_snapshot_identifier" not in cluster
    assert "final_snapshot_identifier" not in resources["aws_elasticache_replication_group"]["main"]


def test_backups_and_snapshots_are_kept_and_clear_of_maintenance(varied: Varied, cluster: Json, redis: Json) -> None:
    longer = varied(database={"backup_days": 35})["aws_rds_cluster"]["main"]
    assert (cluster["backup_retention_period"], longer["backup_retention_period"]) == (7, 35)
    assert redis["snapshot_retention_limit"] == 7
    for backup, maintenance in (
        (cluster["preferred_backup_window"], cluster["preferred_maintenance_window"]),
        (redis["snapshot_window"], redis["maintenance_window"]),
    ):
        assert backup.split("-")[1] < maintenance.split(":", 1)[1]


def test_every_alarm_tells_the_topic_of_trouble_and_of_its_end(data: Json) -> None:
    alarms = data["resource"]["aws_cloudwatch_metric_alarm"]
    assert {alarm["metric_name"] for alarm in alarms.values()} == {
        "ACUUtilization",
        "DatabaseConnections",
        "FreeableMemory",
        "DatabaseMemoryUsagePercentage",
        "EngineCPUUtilization",
        "Evictions",
    }
    for alarm in alarms.values():
        assert alarm["alarm_actions"] == alarm["ok_actions"] == [TOPIC]
        assert alarm["alarm_description"]


def test_thresholds_of_the_database_follow_its_capacity(varied: Varied) -> None:
    def threshold(alarm: str, **database: float) -> float:
        alarms = varied(database=database)["aws_cloudwatch_metric_alarm"]
        return float(alarms[f"aurora_writer_{alarm}"]["threshold"])

    assert threshold("connections", max_acu=4) == 604
    assert threshold("connections", max_acu=256) == 4000
    assert threshold("connections", min_acu=0.5, max_acu=256) == 1600
    assert threshold("memory", max_acu=8) == int(0.05 * 16 * 1024**3)


def test_a_lone_writer_has_no_alarms_for_readers(varied: Varied) -> None:
    alarms = varied(database={"instances": 1})["aws_cloudwatch_metric_alarm"]
    assert {key for key in alarms if key.startswith("aurora")} == {
        "aurora_writer_capacity",
        "aurora_writer_connections",
        "aurora_writer_memory",
    }


def test_alarms_watch_each_redis_node_by_the_name_that_elasticache_gives_it(varied: Varied) -> None:
    alarms = varied(cache={"nodes": 3})["aws_cloudwatch_metric_alarm"]
    nodes = {alarm["dimensions"].get("CacheClusterId") for alarm in alarms.values()} - {None}
    assert nodes == {"shop-redis-001", "shop-redis-002", "shop-redis-003"}


def test_the_stack_offers_what_services_need(data: Json) -> None:
    assert set(data["output"]) == {
        "data_key_arn",
        *(f"aurora_{what}" for what in ("cluster_arn", "cluster_resource_id", "endpoint", "reader_endpoint", "port")),
        *(f"aurora_{what}" for what in ("database", "master_secret_arn", "security_group_id")),
        *(f"redis_{what}" for what in ("replication_group_arn", "endpoint", "reader_endpoint", "port")),
        *(f"redis_{what}" for what in ("user_group_id", "security_group_id")),
    }
