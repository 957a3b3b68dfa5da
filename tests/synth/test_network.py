"""Stack `network`, as the architecture draws it."""

from collections.abc import Callable

import pytest

from tests.support.random_specs import System
from tests.support.run_synth import shipped
from tests.synth.conftest import Built, Json, stack


@pytest.fixture(scope="module")
def network(built: Built) -> Json:
    resources: Json = stack(built, "network")["resource"]
    return resources


def test_six_subnets_lie_in_three_named_zones(network: Json) -> None:
    zones = {key: (subnet["cidr_block"], subnet["availability_zone"]) for key, subnet in network["aws_subnet"].items()}
    assert zones == {
        "public_a": ("10.0.0.0/22", "eu-west-1a"),
        "public_b": ("10.0.4.0/22", "eu-west-1b"),
        "public_c": ("10.0.8.0/22", "eu-west-1c"),
        "private_a": ("10.0.32.0/19", "eu-west-1a"),
        "private_b": ("10.0.64.0/19", "eu-west-1b"),
        "private_c": ("10.0.96.0/19", "eu-west-1c"),
    }


def test_load_balancers_find_their_subnets_by_tag(network: Json) -> None:
    tags = {key.split("_")[0]: set(subnet["tags"]) - {"Name"} for key, subnet in network["aws_subnet"].items()}
    assert tags == {"public": {"kubernetes.io/role/elb"}, "private": {"kubernetes.io/role/internal-elb"}}


def test_each_zone_leaves_through_a_nat_gateway_of_its_own(network: Json) -> None:
    assert {key: gateway["subnet_id"] for key, gateway in network["aws_nat_gateway"].items()} == {
        f"zone_{zone}": f"${{aws_subnet.public_{zone}.id}}" for zone in "abc"
    }
    for zone in "abc":
        assert (
            network["aws_route"][f"private_{zone}_internet"]["nat_gateway_id"] == f"${{aws_nat_gateway.zone_{zone}.id}}"
        )


def test_a_single_nat_gateway_serves_all_zones(build_system: Callable[[System], Built], network: Json) -> None:
    single = stack(build_system(shipped() | {"network": {"nat_gateways": "single"}}), "network")["resource"]
    assert list(single["aws_nat_gateway"]) == ["zone_a"]
    targets = {route.get("nat_gateway_id") for route in single["aws_route"].values()} - {None}
    assert targets == {"${aws_nat_gateway.zone_a.id}"}
    assert single["aws_route_table"] == network["aws_route_table"]


def test_the_seven_endpoints_are_private(network: Json) -> None:
    endpoints = network["aws_vpc_endpoint"]
    assert {key: endpoint["service_name"] for key, endpoint in endpoints.items()} == {
        "s3": "com.amazonaws.eu-west-1.s3",
        "ecr_api": "com.amazonaws.eu-west-1.ecr.api",
        "ecr_dkr": "com.amazonaws.eu-west-1.ecr.dkr",
        "secretsmanager": "com.amazonaws.eu-west-1.secretsmanager",
        "logs": "com.amazonaws.eu-west-1.logs",
        "sts": "com.amazonaws.eu-west-1.sts",
        "kms": "com.amazonaws.eu-west-1.kms",
    }
    gateway = endpoints.pop("s3")
    assert gateway["vpc_endpoint_type"] == "Gateway"
    assert len(gateway["route_table_ids"]) == 3
    for endpoint in endpoints.values():
        assert endpoint["private_dns_enabled"] is True
        assert endpoint["security_group_ids"] == ["${aws_security_group.endpoints.id}"]


def test_some_endpoints_have_another_name_in_china(build_system: Callable[[System], Built]) -> None:
    endpoints = stack(build_system(shipped() | {"region": "cn-northwest-1"}), "network")["resource"]["aws_vpc_endpoint"]
    assert endpoints["ecr_dkr"]["service_name"] == "cn.com.amazonaws.cn-northwest-1.ecr.dkr"
    assert endpoints["logs"]["service_name"] == "com.amazonaws.cn-northwest-1.logs"


def test_auto_derives_the_other_endpoints_from_the_permissions(build_system: Callable[[System], Built]) -> None:
    auto = stack(build_system(shipped() | {"network": {"endpoints": "auto"}}), "network")["resource"]
    assert set(auto["aws_vpc_endpoint"]) == {
        "s3",
        "ecr_api",
        "ecr_dkr",
        "secretsmanager",
        "logs",
        "sts",
        "kms",
        "sqs",
        "sns",
        "dynamodb",
        "monitoring",
        "ses",
        "athena",
        "glue",
        "redshift_data",
        "redshift_serverless",
        "rds_data",
    }


def test_the_default_group_admits_nobody(network: Json) -> None:
    assert set(network["aws_default_security_group"]["main"]) == {"vpc_id", "tags"}


def test_endpoints_admit_https_from_the_vpc_only(network: Json) -> None:
    rules = network["aws_vpc_security_group_ingress_rule"].values()
    assert [(rule["cidr_ipv4"], rule["from_port"], rule["to_port"]) for rule in rules] == [("10.0.0.0/16", 443, 443)]


def test_log_groups_are_kept_encrypted_and_the_key_serves_no_other(built: Built, network: Json) -> None:
    assert network["aws_cloudwatch_log_group"]["flow_logs"] == {
        "kms_key_id": "${aws_kms_key.logs.arn}",
        "name": "/shop/flow-logs",
        "retention_in_days": 365,
    }
    policy = stack(built, "network")["data"]["aws_iam_policy_document"]["logs_key"]["statement"]
    (use,) = [statement for statement in policy if statement["sid"] == "CloudWatchLogs"]
    assert use["principals"] == [{"identifiers": ["logs.eu-west-1.amazonaws.com"], "type": "Service"}]
    (condition,) = use["condition"]
    assert condition["variable"] == "kms:EncryptionContext:aws:logs:arn"
    groups = [value.split(":log-group:")[1] for value in condition["values"]]
    assert {"/shop/*", "/aws/eks/shop/*", "aws-waf-logs-shop"} < set(groups)
    assert not {"*", "/*"} & set(groups)


def test_alarms_of_this_account_alone_are_published_and_only_by_tls(built: Built) -> None:
    alarms, tls = stack(built, "network")["data"]["aws_iam_policy_document"]["alarms_topic"]["statement"]
    assert alarms["principals"] == [{"identifiers": ["cloudwatch.amazonaws.com"], "type": "Service"}]
    (source,) = alarms["condition"]
    assert (source["variable"], source["values"]) == (
        "aws:SourceAccount",
        ["${data.aws_caller_identity.current.account_id}"],
    )
    assert (tls["effect"], tls["actions"], tls["resources"]) == ("Deny", ["sns:Publish"], alarms["resources"])
    assert tls["condition"] == [{"test": "Bool", "variable": "aws:SecureTransport", "values": ["false"]}]


def test_an_alarm_address_subscribes_to_the_topic(build_system: Callable[[System], Built], network: Json) -> None:
    assert "aws_sns_topic_subscription" not in network
    told = stack(build_system(shipped() | {"alarm_email": "ops@example.com"}), "network")["resource"]
    assert told["aws_sns_topic_subscription"]["alarms_email"]["endpoint"] == "ops@example.com"


def test_a_zone_that_is_left_out_moves_no_other(build_system: Callable[[System], Built], network: Json) -> None:
    fewer = stack(build_system(shipped() | {"zones": ["a", "c", "d"]}), "network")["resource"]
    assert fewer["aws_subnet"]["private_c"] == network["aws_subnet"]["private_c"]
    assert fewer["aws_nat_gateway"]["zone_c"] == network["aws_nat_gateway"]["zone_c"]
