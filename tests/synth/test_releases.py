"""Helm releases and Kubernetes objects: in their order, from their places, and without a token."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.support.random_specs import System
from tests.support.run_synth import shipped
from tests.synth.conftest import Built, stack

Build = Callable[[System], Built]
SERVICES = [
    "user-service",
    "order-service",
    "payment-service",
    "notification-service",
    "analytics-service",
]
CONTROLLER = "load_balancer_controller"


def _releases(built: Built, name: str) -> dict[str, Any]:
    return dict(stack(built, name)["resource"]["helm_release"])


@pytest.mark.parametrize("service", SERVICES)
def test_the_pods_come_after_all_that_their_interfaces_hang_on(built: Built, service: str) -> None:
    address = service.replace("-", "_")
    releases = _releases(built, service)
    network, pods = releases[f"{address}_network"], releases[address]
    assert f"helm_release.{address}_network" in pods["depends_on"]
    assert f"aws_iam_role.{address}" in pods["depends_on"]
    assert f"aws_iam_role_policy.{address}_permissions" in pods["depends_on"]
    assert [one for one in network["depends_on"] if one.startswith("aws_lb_listener_rule.")]
    assert (network["wait"], pods["wait"], pods["atomic"]) == (True, True, True)
    assert network["upgrade_install"] is pods["upgrade_install"] is True  # one that is in no state is taken over


def test_pods_with_a_redis_user_come_after_it_is_in_the_group(built: Built) -> None:
    member = "aws_elasticache_user_group_association.user_service"
    assert member in _releases(built, "user-service")["user_service"]["depends_on"]


def test_the_controller_starts_when_its_lines_have_a_place_to_go_to(built: Built) -> None:
    needed = _releases(built, "platform")[CONTROLLER]["depends_on"]
    assert {
        "kubernetes_config_map_v1.aws_logging",
        "aws_iam_role_policy.pod_execution_logging",
        "aws_cloudwatch_log_group.kube_system",
    } <= set(needed)


def test_the_log_router_may_write_where_it_is_told_to(built: Built, build_system: Build) -> None:
    def places(built: Built) -> list[str]:
        document = stack(built, "platform")["data"]["aws_iam_policy_document"]["pod_execution_logging"]
        (statement,) = document["statement"]
        return [resource.partition(":log-group:")[2] for resource in statement["resources"]]

    assert places(built) == [f"/shop/{name}:*" for name in ("kube-system", *sorted(SERVICES))]
    many = shipped() | {"services": {f"service-{number}": {} for number in range(60)}}
    assert places(build_system(many)) == ["/shop/*:*"]


def test_a_service_waits_for_the_controller_and_the_log_router(built: Built) -> None:
    stacks = json.loads(built["manifest.json"])["stacks"]
    assert all("platform" in stacks[service]["dependencies"] for service in SERVICES)


def test_the_login_is_asked_for_in_each_run_and_kept_nowhere(built: Built) -> None:
    for name in (*SERVICES, "platform"):
        providers = stack(built, name)["provider"]
        (kubernetes,), (helm,) = providers["kubernetes"], providers["helm"]
        for login, execute in ((kubernetes, kubernetes["exec"][0]), (helm["kubernetes"], helm["kubernetes"]["exec"])):
            assert login["host"] == "${data.terraform_remote_state.cluster.outputs.cluster_endpoint}"
            assert (execute["command"], execute["args"][:2]) == ("aws", ["eks", "get-token"])
            assert not {"token", "password", "client_key"} & login.keys()


def test_a_chart_comes_from_generated_itself_in_the_version_that_stands_there(built: Built) -> None:
    for release in _releases(built, "user-service").values():
        folder = release["chart"].removeprefix("${path.module}/../../")
        assert f"\nversion: {release['version']}\n" in built[f"{folder}/Chart.yaml"].decode()


@pytest.mark.parametrize(
    ("mirror", "where"),
    [
        (None, {"chart": "aws-load-balancer-controller", "repository": "https://aws.github.io/eks-charts"}),
        (
            "oci://registry.example.com/charts",
            {"chart": "aws-load-balancer-controller", "repository": "oci://registry.example.com/charts"},
        ),
        ("mirror/charts", {"chart": "${path.module}/../../../mirror/charts/aws-load-balancer-controller-3.5.0.tgz"}),
    ],
)
def test_the_controllers_chart_comes_from_the_mirror(build_system: Build, mirror: str | None, where: System) -> None:
    built = build_system({"project": "shop", "region": "eu-west-1", "services": {}} | _given(mirror))
    release = _releases(built, "platform")[CONTROLLER]
    assert {key: release[key] for key in ("chart", "repository") if key in release} == where
    assert release["version"] == "3.5.0"


def _given(mirror: str | None) -> System:
    return {"chart_mirror": mirror} if mirror else {}


def test_each_service_has_an_output_of_the_log_router(built: Built) -> None:
    output = built["stacks/platform/aws-logging.output.conf"].decode()
    assert all(f"Match *_{name}_*\n" in output for name in (*SERVICES, "kube-system"))
    data = stack(built, "platform")["resource"]["kubernetes_config_map_v1"]["aws_logging"]["data"]
    assert data["output.conf"] == '${file("${path.module}/aws-logging.output.conf")}'


def test_many_services_share_a_log_group_that_is_there(build_system: Build) -> None:
    services: dict[str, System] = {f"service-number-{number}": {} for number in range(40)}
    built = build_system(shipped() | {"services": services})
    groups = stack(built, "platform")["resource"]["aws_cloudwatch_log_group"]
    assert groups["services"]["name"] == "/shop/services"


def test_terraform_knows_every_name_in_braces_of_a_file_that_it_fills_in_also_in_its_comments(built: Built) -> None:
    template = re.compile(r'templatefile\("\$\{path\.module\}/([^"]+)", local\.(\w+)\)')
    filled = 0
    for name in json.loads(built["manifest.json"])["stacks"]:
        for release in stack(built, name)["resource"].get("helm_release", {}).values():
            for file, local in template.findall("".join(release["values"])):
                text = built[f"stacks/{name}/{file}"].decode()
                names = set(re.findall(r"(?<!\$)\$\{([^}]*)\}", text))
                assert names <= stack(built, name)["locals"][local].keys(), f"stacks/{name}/{file}"
                filled += 1
    assert filled == 2 * len(SERVICES) + 2


def test_a_called_service_is_told_by_its_address(build_system: Build) -> None:
    built = build_system(
        {"project": "shop", "region": "eu-west-1", "services": {"a": {"calls": ["b"]}, "b": {"port": 9000}}}
    )
    assert b"  - name: B_URL\n    value: http://b.b.svc.cluster.local:9000\n" in built["stacks/a/values.yaml"]
    assert "aws_lb_listener_rule" not in stack(built, "a")["resource"]


def test_a_service_has_its_namespace_and_account_from_platform_with_the_name_of_its_role(built: Built) -> None:
    platform = stack(built, "platform")["resource"]
    for service in SERVICES:
        address = service.replace("-", "_")
        assert platform["kubernetes_namespace_v1"][address]["metadata"]["name"] == service
        account = platform["kubernetes_service_account_v1"][address]["metadata"]
        role = stack(built, service)["resource"]["aws_iam_role"][address]["name"]
        assert account["annotations"]["eks.amazonaws.com/role-arn"].endswith(f":role/{role}")
        assert not {"kubernetes_namespace_v1", "kubernetes_service_account_v1"} & set(stack(built, service)["resource"])


def test_one_job_makes_all_database_users_and_no_service_stack_can_act_as_the_master(
    built: Built, build_system: Build
) -> None:
    assert "database_users" in _releases(built, "platform")
    text = built["stacks/platform/database-users.values.yaml"].decode()
    assert "users:\n  - name: shop_user_service\n    connections: 75\n" in text
    for service in SERVICES:
        assert "aurora_master_secret_arn" not in json.dumps(stack(built, service))
    without = build_system({"project": "shop", "region": "eu-west-1", "services": {"a": {}}})
    assert "database_users" not in _releases(without, "platform")
    assert "data" not in stack(without, "platform")["data"]["terraform_remote_state"]


def test_terraform_has_a_value_for_every_name_in_a_file_of_values(built: Built) -> None:
    """`templatefile` reads the whole file, comments too, and refuses a name that it is not given."""
    files = [path for path in built if path.endswith("values.yaml") and path.startswith("stacks/")]
    assert len(files) > 5
    for path in files:
        _, name, file = path.split("/")
        content = stack(built, name)
        calls = [release["values"][0] for release in content["resource"]["helm_release"].values()]
        (call,) = [call for call in calls if f'"${{path.module}}/{file}"' in call]
        given = content["locals"][call.rpartition("local.")[2].removesuffix(")}")]
        assert set(re.findall(r"(?<!\$)\$\{(\w+)\}", built[path].decode())) <= given.keys(), path
