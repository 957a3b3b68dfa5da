"""Stack `platform` and what it watches: the dashboard, and alarms of gateways and services."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import cdktf
import pytest

from modules.constructs.app import SystemApp
from modules.constructs.monitoring.service_alarms import ServiceAlarms
from modules.constructs.service.ecr_repository import Repository
from modules.constructs.stack import Stack
from modules.spec.model import Spec
from tests.support.random_specs import System
from tests.support.run_synth import shipped
from tests.synth.conftest import Built, Json, stack

TOPIC = "arn:aws:sns:eu-west-1:111122223333:shop-alarms"
TARGET = {"load_balancer": "app/shop/1", "target_group": "targetgroup/order/2"}


def _graphs(built: Built) -> dict[str, Json]:
    widgets = stack(built, "platform")["locals"]["dashboard"]["widgets"]
    return {widget["properties"]["title"]: widget for widget in widgets}


def _labels(widget: Json) -> list[str]:
    return [row[-1]["label"] for row in widget["properties"]["metrics"]]


def _metric_names(widget: Json) -> set[str]:
    return {row[1] for row in widget["properties"]["metrics"]}


def test_what_a_later_stack_asks_for_is_promised_once_it_is_there(build_system: Callable[[System], Built]) -> None:
    """Terraform writes an output that depends on nothing also when the apply fails, and never with `-target`."""
    system = shipped()
    system["services"]["order-service"] |= {"scale": {"queue": 10}}
    built = build_system(system)
    asked = set(re.findall(r"can\(self\.outputs\.([a-z_]+)\[", b"".join(built.values()).decode()))
    assert asked == {"service_namespaces", "service_fargate_profiles", "scaled_services"}
    outputs = {**stack(built, "platform")["output"], **stack(built, "cluster")["output"]}
    for name in asked:
        assert outputs[name].get("depends_on") or "${" in json.dumps(outputs[name]["value"]), name
    assert "kubernetes_namespace_v1.order_service" in outputs["service_namespaces"]["depends_on"]
    assert outputs["scaled_services"]["depends_on"] == ["helm_release.keda"]


def test_the_dashboard_shows_all_parts_of_the_system(built: Built) -> None:
    titles = " ".join(_graphs(built))
    for part in ("Requests", "5xx", "Latency", "pods", "Aurora", "Redis", "Messages", "Dead letters", "NAT"):
        assert part in titles


def test_the_dashboard_stands_in_the_json_line_by_line(built: Built) -> None:
    dashboard = stack(built, "platform")["resource"]["aws_cloudwatch_dashboard"]["main"]
    assert dashboard == {"dashboard_name": "shop", "dashboard_body": "${jsonencode(local.dashboard)}"}


def test_no_two_graphs_overlap(built: Built) -> None:
    widgets = list(_graphs(built).values())
    assert len({(one["x"], one["y"]) for one in widgets}) == len(widgets)
    assert all(one["x"] + one["width"] <= 24 and one["y"] % one["height"] == 0 for one in widgets)


def test_services_behind_the_load_balancer_are_found_by_a_search(built: Built) -> None:
    graph = _graphs(built)["Requests"]
    suffix = "${data.terraform_remote_state.edge.outputs.load_balancer_arn_suffix}"
    what = f'{{AWS/ApplicationELB,LoadBalancer,TargetGroup}} LoadBalancer="{suffix}" MetricName="RequestCount"'
    assert graph["properties"]["metrics"] == [[{"expression": f"SEARCH('{what}', 'Sum', 60)"}]]


def test_queues_of_exactly_the_services_that_own_one_are_shown(
    built: Built, build_system: Callable[[System], Built]
) -> None:
    graphs = _graphs(built)
    owners = ["notification-service", "order-service"]
    assert _labels(graphs["Messages waiting"]) == _labels(graphs["Dead letters"]) == owners
    assert graphs["Dead letters"]["properties"]["metrics"][1][2:4] == ["QueueName", "shop-order-service-dead-letters"]
    system = shipped()
    system["services"]["user-service"]["aws"] = {"sqs": {"of": "order-service"}}
    assert "user-service" not in _labels(_graphs(build_system(system))["Messages waiting"])


def test_the_dashboard_asks_for_the_stores_that_the_data_stack_makes(built: Built) -> None:
    data, graphs = stack(built, "data")["resource"], _graphs(built)
    cluster = data["aws_rds_cluster"]["main"]["cluster_identifier"]
    assert {row[3] for row in graphs["Aurora connections"]["properties"]["metrics"]} == {cluster}
    group = data["aws_elasticache_replication_group"]["main"]["replication_group_id"]
    assert _labels(graphs["Redis memory (%)"]) == [f"{group}-001", f"{group}-002"]


def test_each_nat_gateway_has_an_alarm_and_a_line(built: Built, build_system: Callable[[System], Built]) -> None:
    alarms = stack(built, "network")["resource"]["aws_cloudwatch_metric_alarm"]
    assert {key: alarm["dimensions"] for key, alarm in alarms.items()} == {
        f"nat_{zone}_ports": {"NatGatewayId": f"${{aws_nat_gateway.zone_{zone}.id}}"} for zone in "abc"
    }
    assert _metric_names(_graphs(built)["NAT: connections refused"]) == {"ErrorPortAllocation"}
    single = build_system(shipped() | {"network": {"nat_gateways": "single"}})
    assert list(stack(single, "network")["resource"]["aws_cloudwatch_metric_alarm"]) == ["nat_a_ports"]
    assert _labels(_graphs(single)["NAT: connections refused"]) == ["zone a"]


def test_kube_system_has_a_log_group_that_is_kept_as_long_as_the_others(built: Built) -> None:
    group = stack(built, "platform")["resource"]["aws_cloudwatch_log_group"]["kube_system"]
    assert (group["name"], group["retention_in_days"]) == ("/shop/kube-system", 365)


@pytest.fixture
def service(spec: Spec, tmp_path: Path) -> Stack:
    return Stack(SystemApp(str(tmp_path)), spec, "order-service")


def _content(scope: Stack) -> Json:
    content: Json = json.loads(cdktf.Testing.synth(scope))
    return content


def test_a_service_behind_the_load_balancer_is_watched_from_there(service: Stack) -> None:
    ServiceAlarms(service, "order-service", topic_arn=TOPIC, **TARGET)
    alarms = _content(service)["resource"]["aws_cloudwatch_metric_alarm"]
    assert set(alarms) == {"order_service_errors", "order_service_latency", "order_service_unhealthy"}
    failed, requests = alarms["order_service_errors"]["metric_query"][1:]
    where = {"LoadBalancer": "app/shop/1", "TargetGroup": "targetgroup/order/2"}
    assert failed["metric"]["dimensions"] == requests["metric"]["dimensions"] == where
    assert alarms["order_service_errors"]["metric_query"][0]["expression"] == "100 * FILL(part, 0) / whole"
    assert alarms["order_service_latency"]["extended_statistic"] == "p95"


def test_a_service_without_any_target_is_unwell(service: Stack) -> None:
    ServiceAlarms(service, "order-service", topic_arn=TOPIC, **TARGET)
    alarm = _content(service)["resource"]["aws_cloudwatch_metric_alarm"]["order_service_unhealthy"]
    assert alarm["treat_missing_data"] == "breaching", "AWS counts no targets where there are none"


def test_an_internal_service_is_watched_by_its_dead_letters_only(service: Stack) -> None:
    ServiceAlarms(service, "order-service", topic_arn=TOPIC, dead_letters="shop-order-service-dead-letters")
    alarms = _content(service)["resource"]["aws_cloudwatch_metric_alarm"]
    assert {key: alarm["dimensions"] for key, alarm in alarms.items()} == {
        "order_service_dead_letters": {"QueueName": "shop-order-service-dead-letters"}
    }


@pytest.mark.parametrize("protection", [True, False])
def test_a_repository_keeps_its_tags_and_goes_only_where_it_may(service: Stack, protection: bool) -> None:
    Repository(service, "order-service", key_arn="arn:aws:kms:eu-west-1:111122223333:key/1", protection=protection)
    repository = _content(service)["resource"]["aws_ecr_repository"]["order_service"]
    assert repository["name"] == "shop/order-service"
    assert repository["image_tag_mutability"] == "IMMUTABLE"
    assert repository["image_scanning_configuration"] == {"scan_on_push": True}
    assert repository["encryption_configuration"][0]["encryption_type"] == "KMS"
    assert repository["force_delete"] is not protection


def test_only_images_without_a_tag_expire_since_one_that_runs_is_pulled_at_every_start(service: Stack) -> None:
    Repository(service, "order-service", key_arn="arn:aws:kms:eu-west-1:111122223333:key/1", protection=True)
    rules = _content(service)["data"]["aws_ecr_lifecycle_policy_document"]["order_service_repository"]["rule"]
    assert [rule["description"] for rule in rules] == ["Expire untagged images"]
    assert [rule["selection"][0]["tag_status"] for rule in rules] == ["untagged"]
    assert [rule["selection"][0]["count_number"] for rule in rules] == [7]


def test_the_controller_may_register_targets_and_make_nothing(built: Built) -> None:
    document = stack(built, "platform")["data"]["aws_iam_policy_document"]["load_balancer_controller_permissions"]
    actions = {action for statement in document["statement"] for action in statement["actions"]}
    assert actions == {
        "ec2:DescribeAvailabilityZones",
        "ec2:DescribeSecurityGroups",
        "ec2:DescribeVpcs",
        "elasticloadbalancing:DeregisterTargets",
        "elasticloadbalancing:DescribeTargetGroups",
        "elasticloadbalancing:DescribeTargetHealth",
        "elasticloadbalancing:RegisterTargets",
    }
