"""Further load balancers in `edge`, and what a service has of its own; the first stays as it is."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from modules.facts import vpc
from modules.reports import quotas
from modules.synth.build import build
from tests.support.random_specs import LISTENER, System
from tests.support.run_synth import shipped
from tests.synth.conftest import Built, Json, spec_of, stack

Build = Callable[[System], Built]
DOMAIN = {
    "domain": "example.com",
    "hosted_zone": "Z0123456789ABCDEFGHIJ",
    "hosted_zones": {"example.org": "Z1111111111"},
}
BALANCERS = {
    "internal": {"private": True},
    "partners": {"waf": {"rules": "count"}},
    "other": {"listener_arn": LISTENER},
}
SERVICES = {
    "web": {"path": "/"},
    "admin": {"path": "/", "host": ["admin.example.com", "admin.example.org"], "load_balancer": "internal"},
    "guest": {"path": ["/", "/b"], "host": "guest.example.org", "load_balancer": "other"},
}
SYSTEM = shipped() | DOMAIN | {"load_balancers": BALANCERS, "services": SERVICES}
EDGE = "${data.terraform_remote_state.edge.outputs"


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Built:
    return build(spec_of(SYSTEM, tmp_path_factory.mktemp("system")))


@pytest.fixture(scope="module")
def edge(files: Built) -> Json:
    return stack(files, "edge")


def test_the_first_and_its_services_stay_as_they_are(files: Built, build_system: Build) -> None:
    without = build_system({**SYSTEM, "load_balancers": {}, "services": {"web": SERVICES["web"]}})
    assert stack(files, "web") == stack(without, "web")
    new, old = stack(files, "edge"), stack(without, "edge")
    changed = [
        f"{kind}.{name}"
        for kind, resources in old["resource"].items()
        for name, one in resources.items()
        if new["resource"][kind].get(name) != one
    ]
    assert changed == []
    assert {name: new["output"][name] for name in old["output"]} == old["output"]


def test_each_has_a_group_listeners_a_firewall_and_an_alarm_of_its_own(edge: Json) -> None:
    resources = edge["resource"]
    balancer = resources["aws_lb"]["load_balancer_internal"]
    assert (balancer["name"], balancer["internal"]) == ("shop-load-balancer-internal", True)
    assert balancer["security_groups"] == ["${aws_security_group.load_balancer_internal.id}"]
    assert balancer["subnets"] == "${data.terraform_remote_state.network.outputs.private_subnet_ids}"
    assert balancer["enable_deletion_protection"] is True
    assert resources["aws_lb"]["load_balancer_partners"]["internal"] is False
    assert {*resources["aws_lb"]} == {"main", "load_balancer_internal", "load_balancer_partners"}
    assert {*resources["aws_lb_listener"]} == {
        *("http", "https"),
        *(f"load_balancer_{name}_{key}" for name in ("internal", "partners") for key in ("http", "https")),
    }
    acl = resources["aws_wafv2_web_acl_association"]["load_balancer_internal"]
    assert acl["resource_arn"] == "${aws_lb.load_balancer_internal.arn}"
    assert {rule["statement"].get("rate_based_statement", {}).get("limit") for rule in _rules(resources)} == {
        None,
        10_000,
    }
    alarms = resources["aws_cloudwatch_metric_alarm"]
    assert {*alarms} == {
        *("load_balancer_errors", "load_balancer_internal_errors", "load_balancer_partners_errors"),
        *("waf_blocked", "load_balancer_internal_waf_blocked"),  # partners' only counts
    }
    dimension = alarms["load_balancer_internal_errors"]["dimensions"]
    assert dimension == {"LoadBalancer": "${aws_lb.load_balancer_internal.arn_suffix}"}
    assert len({one["alarm_name"] for one in alarms.values()}) == len(alarms)


def _rules(resources: Json) -> list[Json]:
    return list(resources["aws_wafv2_web_acl"]["load_balancer_internal"]["rule"])


def test_a_private_one_beside_a_public_one_admits_private_networks_alone(edge: Json) -> None:
    rules = edge["resource"]["aws_vpc_security_group_ingress_rule"].values()
    admitted = {
        (rule["security_group_id"].split(".")[1], rule["cidr_ipv4"])
        for rule in rules
        if rule["security_group_id"] != "${aws_security_group.load_balancer.id}"
    }
    assert admitted == {
        ("load_balancer_partners", "0.0.0.0/0"),
        *(("load_balancer_internal", str(network)) for network in vpc.PRIVATE_RANGES),
    }


def test_they_share_the_certificate_of_the_domain_and_the_bucket_of_their_logs(edge: Json) -> None:
    resources = edge["resource"]
    assert list(resources["aws_acm_certificate"]) == ["main"]
    assert {one["certificate_arn"] for one in resources["aws_lb_listener"].values() if one["protocol"] == "HTTPS"} == {
        "${aws_acm_certificate_validation.main.certificate_arn}"
    }
    assert {one["access_logs"]["bucket"] for one in resources["aws_lb"].values()} == {"${aws_s3_bucket.access_logs.id}"}


def test_firewalls_log_into_groups_that_one_policy_and_the_logs_key_are_for(edge: Json, files: Built) -> None:
    groups = {name: one["name"] for name, one in edge["resource"]["aws_cloudwatch_log_group"].items()}
    assert groups == {
        "web_acl": "aws-waf-logs-shop",
        "web_acl_internal": "aws-waf-logs-shop/internal",
        "web_acl_partners": "aws-waf-logs-shop/partners",
    }
    assert list(edge["resource"]["aws_cloudwatch_log_resource_policy"]) == ["web_acl"]
    (write,) = edge["data"]["aws_iam_policy_document"]["web_acl_logs"]["statement"]
    assert write["resources"] == [f"${{aws_cloudwatch_log_group.{name}.arn}}:*" for name in groups]
    key = json.dumps(stack(files, "network")["data"]["aws_iam_policy_document"]["logs_key"])
    assert all(f':log-group:{name}"' in key for name in groups.values())


def test_an_existing_one_is_read_and_gets_the_way_to_the_pods(edge: Json) -> None:
    assert edge["data"]["aws_lb_listener"]["load_balancer_other"]["arn"] == LISTENER
    out = edge["resource"]["aws_vpc_security_group_egress_rule"]["load_balancer_other_pods_1"]
    assert out["security_group_id"] == "${sort(tolist(data.aws_lb.load_balancer_other.security_groups))[0]}"
    assert edge["output"]["further_listener_arn"]["value"]["other"] == "${data.aws_lb_listener.load_balancer_other.arn}"


def test_a_service_has_its_rules_records_certificates_and_alarms_with_its_own(files: Built) -> None:
    resources = stack(files, "admin")["resource"]
    assert {one["listener_arn"] for one in resources["aws_lb_listener_rule"].values()} == {
        f'{EDGE}.further_listener_arn["internal"]}}'
    }
    admitted = resources["aws_vpc_security_group_ingress_rule"]["admin_load_balancer_1"]
    assert admitted["referenced_security_group_id"] == f'{EDGE}.further_load_balancer_security_group_id["internal"]}}'
    records = [one for one in resources["aws_route53_record"].values() if "alias" in one]
    assert {one["alias"]["name"] for one in records} == {f'{EDGE}.further_load_balancer_dns_name["internal"]}}'}
    assert {one["zone_id"] for one in records} == {"Z0123456789ABCDEFGHIJ", "Z1111111111"}
    (attached,) = resources["aws_lb_listener_certificate"].values()  # that of `domain` is for the other host
    assert attached["listener_arn"] == f'{EDGE}.further_listener_arn["internal"]}}'
    dimensions = resources["aws_cloudwatch_metric_alarm"]["admin_unhealthy"]["dimensions"]
    assert dimensions["LoadBalancer"] == f'{EDGE}.further_load_balancer_arn_suffix["internal"]}}'
    guest = stack(files, "guest")["resource"]
    assert "aws_lb_listener_certificate" not in guest
    assert "aws_acm_certificate" not in guest


def test_a_plan_before_edge_knows_of_it_ends_with_the_next_step(files: Built) -> None:
    (condition,) = stack(files, "admin")["data"]["terraform_remote_state"]["edge"]["lifecycle"]["postcondition"]
    assert condition["condition"] == '${can(self.outputs.further_listener_arn["internal"])}'
    assert condition["error_message"] == (
        "Stack edge was last applied before services.yaml had load balancer internal. "
        "Apply it first: make deploy STACK=edge."
    )
    assert "lifecycle" not in stack(files, "web")["data"]["terraform_remote_state"]["edge"]


def test_the_dashboard_searches_each(files: Built) -> None:
    graphs = stack(files, "platform")["locals"]["dashboard"]["widgets"]
    by_title = {one["properties"]["title"]: one["properties"]["metrics"] for one in graphs}
    searches = [row[0]["expression"] for row in by_title["Requests"]]
    assert [EDGE in one for one in searches] == [True] * 4
    assert len({*searches}) == 4
    labels = [row[-1]["label"] for row in by_title["5xx answers of the load balancers themselves"]]
    assert labels == ["load balancer", *(f"load balancer {name}" for name in sorted(BALANCERS))]


def test_quotas_are_those_of_the_one_with_the_most(files: Built, tmp_path: Path) -> None:
    resources: dict[str, list[Json]] = {}
    for name in (*SERVICES, "edge"):
        for kind, found in stack(files, name)["resource"].items():
            resources.setdefault(kind, []).extend(found.values())
    counted = {one.title: one.needed for one in quotas.quotas(spec_of(SYSTEM, tmp_path), resources)}
    assert counted["Listener rules of one load balancer"] == 2
    assert counted["Target groups of one load balancer"] == 1


def test_no_name_makes_two_constructs_the_same(build_system: Build) -> None:
    names = ("logs", "alarms", "pods", "http", "x", "x-alarms", "x-waf", "x-http")
    edge = stack(build_system(SYSTEM | {"load_balancers": {name: {} for name in names}, "services": {}}), "edge")
    addresses = {f"load_balancer_{name.replace('-', '_')}" for name in names}
    assert {*edge["resource"]["aws_lb"]} == {"main", *addresses}
    assert {*edge["resource"]["aws_wafv2_web_acl"]} == {"main", *addresses}
    assert len(edge["resource"]["aws_cloudwatch_metric_alarm"]) == 2 * (1 + len(names))


def test_all_rules_of_a_service_go_before_one_is_made_on_another_load_balancer(files: Built) -> None:
    first, second = sorted(stack(files, "guest")["resource"]["aws_lb_listener_rule"].items())
    assert "depends_on" not in first[1]
    assert second[1]["depends_on"] == [f"aws_lb_listener_rule.{first[0]}"]


def test_a_firewall_waits_for_the_key_that_admits_its_log_group(files: Built, edge: Json) -> None:
    network = stack(files, "network")
    assert network["output"]["further_waf_log_groups"]["value"] == {
        name: f"aws-waf-logs-shop/{name}" for name in ("internal", "partners")
    }
    conditions = edge["data"]["terraform_remote_state"]["network"]["lifecycle"]["postcondition"]
    assert [one["condition"] for one in conditions] == [
        f'${{can(self.outputs.further_waf_log_groups["{name}"])}}' for name in ("internal", "partners")
    ]
    assert "before services.yaml had load balancer internal. Apply it first" in conditions[0]["error_message"]
