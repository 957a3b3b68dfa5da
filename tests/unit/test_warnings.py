"""Warnings stop nothing, carry a code, and can be accepted."""

from datetime import date

import boto3
import pytest

from modules.checks import environments
from modules.checks.warnings import WARNINGS
from modules.facts.regions import REGIONS, WITHOUT_KIND
from modules.spec.problem import Edit
from modules.spec.warning_codes import WARNING_CODES
from tests.unit.conftest import Check, warnings


@pytest.mark.parametrize(
    ("version", "today", "words"),
    [
        ("1.31", date(2026, 11, 22), "EKS ends all support of Kubernetes 1.31 on 2026-11-26"),
        ("1.31", date(2026, 11, 27), "ended all support of Kubernetes 1.31 on 2026-11-26: new clusters can't use it"),
        ("1.33", date(2026, 11, 22), "ended on 2026-07-29: the cluster costs 0.60 USD an hour instead of 0.10"),
        ("1.34", date(2026, 11, 22), "Standard support of Kubernetes 1.34 ends on 2026-12-02"),
        ("1.99", date(2026, 11, 22), "is not in the list of known versions"),
    ],
)
def test_a_version_near_or_past_its_end_of_support_is_said(
    system: Check, version: str, today: date, words: str
) -> None:
    text = warnings(system(platform=f'cluster: {{version: "{version}"}}\n', today=today))["eks-version-support"]
    assert text.startswith("services.yaml:4 cluster.version\n  warning [eks-version-support]: ")
    assert words in text


def test_a_region_that_is_not_known_is_said_with_the_nearest(checked: Check) -> None:
    result = checked("project: shop\nregion: eu-west-9\nservices: {}\n")
    assert {problem.code: problem.edit for problem in result.warnings}["unknown-region"] == Edit(
        ("region",), "eu-west-1"
    )
    text = warnings(result)["unknown-region"]
    assert text.startswith("services.yaml:2 region\n")
    assert '"eu-west-9" is not in the list of regions with EKS, as of' in text
    assert 'Did you mean "eu-west-1"?' in text


@pytest.mark.parametrize(
    ("region", "words"),
    [
        ("us-gov-west-1", "us-gov-west-1 has no EKS on Fargate"),
        ("ap-south-2", "ap-south-2 has no RDS Data API"),
        ("ap-east-1", "SES was not available in ap-east-1"),
        ("me-south-1", "Redshift Serverless was not available in me-south-1"),
    ],
)
def test_a_region_without_what_a_system_needs_is_said(checked: Check, region: str, words: str) -> None:
    services = "services: {a: {aws: {ses: {from: a@example.com}, redshift: }}}"
    assert words in warnings(checked(f"project: shop\nregion: {region}\n{services}\n"))["region-lacks-service"]
    assert "region-lacks-service" not in warnings(checked(f"project: shop\nregion: eu-west-1\n{services}\n"))


@pytest.mark.parametrize(("body", "port"), [("port: 80", 80), ("ports: {443: 443, 80: 80}", 80)])
def test_a_port_below_1024_is_said_with_the_way_to_move_it(system: Check, body: str, port: int) -> None:
    text = warnings(system(f"a:\n  {body}"))["pod-security"]
    assert text.startswith(f"services.yaml:6 services.a.{body.partition(':')[0]}\n")
    assert f"Port {port} is below 1024" in text
    assert "that Fargate does is not proven" in text
    assert f"write `port: 8080` and `ports: {{{port}: 8080}}`, so that others still call port {port}." in text


def test_root_may_bind_to_any_port(system: Check) -> None:
    text = warnings(system("a: {port: 80, user: 0}"))["pod-security"]
    assert "runs as root" in text
    assert "1024" not in text


def _listed(service: str) -> set[str]:
    partitions = ("aws", "aws-cn", "aws-us-gov")
    return {region for one in partitions for region in boto3.Session().get_available_regions(service, one)}


def test_the_known_regions_are_those_of_botocore() -> None:
    assert set(REGIONS) == _listed("eks")


@pytest.mark.parametrize(("word", "service"), [("ses", "sesv2"), ("redshift", "redshift-serverless")])
def test_the_regions_without_a_kind_are_those_of_botocore(word: str, service: str) -> None:
    assert set(WITHOUT_KIND[word]) == set(REGIONS) - _listed(service)


def test_more_nat_gateways_than_elastic_ip_addresses_are_said_with_the_quota(system: Check) -> None:
    zones = "zones: [a, b, c, d, e, f]\n"
    text = warnings(system(platform=zones))["elastic-ip-quota"]
    assert "6 NAT gateways need an Elastic IP address each, and a region has 5" in text
    assert "raise quota L-0263D0A3 to 6" in text
    assert "elastic-ip-quota" not in warnings(system(platform=f"{zones}network: {{nat_gateways: single}}\n"))


def test_a_supported_version_is_not_spoken_of(system: Check) -> None:
    assert "eks-version-support" not in warnings(system(platform='cluster: {version: "1.36"}\n'))


def test_more_profiles_than_the_quota_are_said_with_its_code(system: Check) -> None:
    services = "\n".join(f"s{n}: {{pods: 1}}" for n in range(9))
    text = warnings(system(services))["fargate-profile-quota"]
    assert "11 Fargate profiles are needed, and a cluster has 10" in text
    assert "raise quota L-33415657 to 11" in text
    assert "or let services share one" in text
    shared = warnings(system(services, "cluster: {fargate_profiles: [s0, s1, s2, s3, s4, s5, s6]}\n"))
    assert "fargate-profile-quota" not in shared
    assert "fargate-profile-quota" not in warnings(system(services.replace("s8: {pods: 1}", "")))


def test_more_vcpu_than_the_quota_are_said_with_those_of_a_rollout(system: Check) -> None:
    text = warnings(system("a: {pods: 2, cpu: 4, memory: 8GB}"))["fargate-vcpu-quota"]
    assert "The pods need 9.5 vCPU at rest (1.5 of them for the platform), 17.5 while a deployment replaces" in text
    assert "all of them, and up to 49.5 when they have scaled to their maximum; a new account has 6." in text
    assert "raise quota L-3032A538 to 50 or more" in text
    assert "5.5 vCPU at rest" in warnings(system("a: {pods: 1, cpu: 4, memory: 8GB}"))["fargate-vcpu-quota"]
    assert "fargate-vcpu-quota" not in warnings(system("a: {pods: 1, cpu: 2, memory: 4GB}"))


def test_more_pods_than_addresses_are_said_by_the_range_that_they_are_in(system: Check) -> None:
    """A /21 has private subnets of 256, of which AWS keeps five; a deployment has new pods beside all old ones."""
    small, services = "network: {cidr: 10.0.0.0/21}\n", "a: {pods: 1, max_pods: 200}\nb: {pods: 1, max_pods: 200}"
    text = warnings(system(services, small))["subnet-addresses"]
    assert "At their most, 806 pods need an address of 10.0.0.0/21, whose private subnets have 753." in text
    assert "subnet-addresses" not in warnings(system(services.replace("200", "186"), small))
    further = "network: {cidr: 10.0.0.0/21, secondary_cidrs: {100.64.0.0/21: [b]}}\n"
    assert "subnet-addresses" not in warnings(system(services, further))
    there = warnings(system(services.replace("b: {pods: 1, max_pods: 200", "b: {pods: 1, max_pods: 500"), further))
    assert "1000 pods need an address of 100.64.0.0/21" in there["subnet-addresses"]


def test_without_a_load_balancer_its_controller_needs_no_vcpu(system: Check) -> None:
    text = warnings(system("a: {pods: 2, cpu: 4, memory: 8GB}", platform="load_balancer: none\n"))
    assert "9 vCPU at rest (1 of them for the platform)" in text["fargate-vcpu-quota"]


def test_traffic_through_nat_names_the_endpoint_that_is_missing(system: Check) -> None:
    text = warnings(system("a:\n  aws: [s3, sqs]"))["nat-traffic"]
    assert text.startswith("services.yaml:6 services.a.aws[1]\n")
    assert "SQS has no private endpoint here" in text
    assert "Add sqs to `endpoints:`" in text


def test_traffic_of_a_services_own_statements_is_said_too(system: Check) -> None:
    read = "{actions: ['%s'], resources: ['arn:aws:ssm:eu-west-1:111122223333:parameter/a']}"
    text = warnings(system(f"a:\n  statements:\n    Parameters: {read % 'ssm:GetParameter'}"))["nat-traffic"]
    assert text.startswith("services.yaml:7 services.a.statements.Parameters\n")
    assert "ssm has no private endpoint here, so traffic of a leaves through NAT." in text
    unknown = warnings(system(f"a:\n  statements:\n    Waf: {read % 'wafv2:GetIPSet'}"))["nat-traffic"]
    assert "Accept it under `accept:` if that is intended: the generator knows no endpoint for it." in unknown


def test_traffic_through_nat_is_said_once_an_endpoint(system: Check) -> None:
    services = "\n".join(f"s{n}: {{aws: [sqs, sns, redshift]}}" for n in range(200))
    result = system(services)
    found = [result.render(problem) for problem in result.warnings if problem.code == "nat-traffic"]
    assert [text.splitlines()[1].partition(" has ")[0] for text in found] == [
        "  warning [nat-traffic]: SQS",
        "  warning [nat-traffic]: SNS",
        "  warning [nat-traffic]: redshift-data",
        "  warning [nat-traffic]: redshift-serverless",
    ]
    where, what, step = found[0].splitlines()
    assert where == "services.yaml:5 services.s0.aws[0]"
    assert what.endswith("no private endpoint here, so traffic of s0, s1, s2 and 197 more leaves through NAT.")
    assert step == "  Add sqs to `endpoints:` of `network:`, or write `endpoints: auto`."


@pytest.mark.parametrize("network", ["endpoints: auto", "endpoints: [s3, sqs]", "endpoints: [s3, auto]"])
def test_declared_endpoints_end_that_warning(system: Check, network: str) -> None:
    assert "nat-traffic" not in warnings(system("a:\n  aws: [s3, sqs]", platform=f"network: {{{network}}}\n"))


def test_http_only_is_said_where_something_is_routed(system: Check) -> None:
    assert "serves HTTP only" in warnings(system("a: {path: /a}"))["http-only"]
    assert "http-only" not in warnings(system("a: {}"))
    https = "domain: a.example.com\nhosted_zone: Z1\n"
    assert "http-only" not in warnings(system("a: {path: /a}", platform=https))


def test_an_api_that_only_the_vpc_reaches_is_said(checked: Check) -> None:
    text = "project: shop\nregion: eu-west-1\nservices: {}\n"
    assert "The Kubernetes API is reachable from the VPC only" in warnings(checked(text))["private-api"]
    assert "private-api" not in warnings(checked(text + "cluster: {api_access: [8.8.8.8/32]}\n"))
    assert "whole internet" in warnings(checked(text + "cluster: {api_access: [0.0.0.0/0]}\n"))["public-api"]


def test_a_security_group_near_its_end_is_said(system: Check) -> None:
    services = "\n".join(f"s{n}: {{pods: 1, aws: [rds]}}" for n in range(51))
    text = warnings(system(services))["security-group-rules"]
    assert "Aurora's security group needs 51 ingress rules, and can have 60." in text
    assert "security-group-rules" not in warnings(system("\n".join(services.splitlines()[1:])))
    callers = "\n".join(f"s{n}: {{pods: 1, calls: [z]}}" for n in range(50))
    assert "The security group of z needs 51" in warnings(system(f"z: {{}}\n{callers}"))["security-group-rules"]


def test_services_that_have_to_share_a_log_group_are_told(system: Check) -> None:
    services = "\n".join(f"s{n}: {{}}" for n in range(50))
    text = warnings(system(services))["shared-log-group"]
    assert "The last 11 services of the file, from s39 on, share the log group /shop/services: " in text
    assert "shared-log-group" not in warnings(system("\n".join(services.splitlines()[:39])))


def test_more_pods_than_a_load_balancer_has_targets_are_said(system: Check) -> None:
    text = warnings(
        system("a: {path: /a, pods: 1, max_pods: 600}\nb: {path: /b, pods: 1, max_pods: 401}\nc: {pods: 9}")
    )
    assert "have 1001 pods at most, and a load balancer has 1000 targets by default." in text["load-balancer-targets"]
    assert "raise quota L-7E6692B2 to 1001." in text["load-balancer-targets"]
    fewer = warnings(system("a: {path: /a, pods: 1, max_pods: 600}\nb: {path: /b, pods: 1, max_pods: 400}"))
    assert "load-balancer-targets" not in fewer


def test_an_accepted_code_is_silent(checked: Check) -> None:
    text = "project: shop\nregion: eu-west-1\naccept: [private-api, local-state, unused-resource]\nservices: {}\n"
    assert warnings(checked(text)) == {}


def test_more_rules_than_the_quota_are_said(system: Check) -> None:
    paths = ", ".join(f"/p/{number}" for number in range(101))
    text = warnings(system(f"a: {{path: [{paths}], priority: 1}}"))["listener-rules"]
    assert "Paths and hosts need 101 listener rules, and a load balancer has 100 by default." in text
    assert "raise quota L-7EED9B64 to 101" in text


def test_an_image_from_outside_is_said_with_what_it_opens(system: Check) -> None:
    text = warnings(system("a: {image: ghcr.io/shop/a:1}\nb: {image: v1}\nc: {}"))["public-image"]
    assert "services.a.image" in text
    assert "The image comes from ghcr.io, so the pods of a can connect to the whole internet by HTTPS." in text


def test_local_states_are_said_once_with_the_command_that_moves_them(checked: Check) -> None:
    text = "project: shop\nregion: eu-west-1\nservices: {a: , b: }\n"
    found = [problem for problem in checked(text).warnings if problem.code == "local-state"]
    assert [problem.path for problem in found] == [("state",)]
    assert "from another, all would be built a second time" in found[0].what
    assert found[0].next_step.startswith("Before a second person or a pipeline deploys, run `make bootstrap`")
    assert "local-state" not in warnings(checked(f"{text}state: {{s3: {{bucket: shop-terraform}}}}\n"))


def test_pods_that_run_as_root_are_named(system: Check) -> None:
    text = warnings(system("a: {user: 0, image: v1}\nb: {user: 1000, image: v1}"))["pod-security"]
    assert "services.a.user" in text
    assert "The pods of a do not meet Kubernetes' level `restricted`: it runs as root (`user: 0`)." in text
    assert "pods of b" not in text


@pytest.mark.parametrize(
    ("a", "what", "step"),
    [
        (
            "{port: none, aws: {sqs: {visibility_timeout: 5m}}}",
            (
                "A message of its queue can be in hand for 300 s, its visibility timeout, and a pod of a that has "
                "to go is killed after 30 s: the message is delivered again, as one more try."
            ),
            "Write `stop: 300`, the time that a message takes at most; or accept it.",
        ),
        (
            "{port: none, stop: 60, aws: sqs}",
            (
                "A pod of a that has to go may go on for 60 s, and its queue delivers a message again after 30 s, "
                "its visibility timeout: two pods would handle it."
            ),
            "Write `visibility_timeout: 60` for the queue, or `stop: 30`.",
        ),
        (
            "{port: none, stop: 60m, aws: {sqs: {visibility_timeout: 120m}}}",
            (
                "A message of its queue can be in hand for 7200 s, its visibility timeout, and a pod of a that has "
                "to go is killed after 3600 s: the message is delivered again, as one more try."
            ),
            "3600 s is the longest `stop`: accept it, or shorten `visibility_timeout`.",
        ),
        (
            "{port: none, stop: 60, aws: {sqs: {of: b}}}",
            (
                "A pod of a that has to go may go on for 60 s, and the queue of b delivers a message again after 30 s, "
                "its visibility timeout: two pods would handle it."
            ),
            "Write `visibility_timeout: 60` for the queue, or `stop: 30`.",
        ),
    ],
)
def test_a_time_to_end_is_held_against_the_visibility_timeout(system: Check, a: str, what: str, step: str) -> None:
    text = warnings(system(f"a: {a}\nb: {{aws: sqs}}"))["stop-time"]
    assert what in text
    assert step in text


@pytest.mark.parametrize(
    "a",
    [
        "{aws: sqs}",
        "{stop: 60, aws: {sqs: {of: b, access: write}}}",
        "{stop: 5m, aws: {sqs: {visibility_timeout: 300}}}",
    ],
)
def test_a_time_to_end_that_is_that_of_the_queue_is_no_warning(system: Check, a: str) -> None:
    assert "stop-time" not in warnings(system(f"a: {a}\nb: {{aws: sqs}}"))


def test_every_code_has_a_test() -> None:
    tested = {
        "eks-version-support",
        "unknown-region",
        "unknown-zone",  # test_zones.py
        "region-lacks-service",
        "listener-certificates",  # test_hosts.py
        "elastic-ip-quota",
        "fargate-profile-quota",
        "fargate-vcpu-quota",
        "subnet-addresses",
        "nat-traffic",
        "http-only",
        "private-api",
        "public-api",
        "public-image",
        "privilege-escalation",  # test_iam.py
        "pod-security",
        "stop-time",
        "no-pod-at-rest",  # test_scale.py
        "listener-rules",
        "load-balancer-targets",
        "security-group-rules",
        "shared-log-group",
        "local-state",
        "unused-resource",  # test_left_out.py
    }
    assert set(WARNINGS) == tested


def test_every_code_is_offered_under_accept_and_described() -> None:
    assert {*WARNINGS, *environments.WARNINGS} == set(WARNING_CODES)
    assert all(WARNING_CODES.values())
