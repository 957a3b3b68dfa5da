"""Stack `edge`, and what each service adds to its load balancer."""

import json
from collections.abc import Callable

import pytest

from modules.design import listener_rules
from modules.facts import load_balancer as facts
from modules.facts import vpc
from tests.support.random_specs import System
from tests.support.run_synth import shipped
from tests.synth.conftest import Built, Json, stack

DOMAIN = {"domain": "shop.example.com", "hosted_zone": "Z0123456789ABCDEFGHIJ"}
OWN = {"certificate_arn": "arn:aws:acm:eu-west-1:111122223333:certificate/12345678-1234-1234-1234-123456789012"}
Build = Callable[[System], Built]


def _edge(built: Built) -> Json:
    return stack(built, "edge")


@pytest.fixture(scope="module")
def edge(built: Built) -> Json:
    return _edge(built)["resource"]  # type: ignore[no-any-return]


def test_the_load_balancer_faces_the_internet_and_is_protected(edge: Json) -> None:
    balancer = edge["aws_lb"]["main"]
    assert balancer["internal"] is False
    assert balancer["subnets"] == "${data.terraform_remote_state.network.outputs.public_subnet_ids}"
    assert balancer["drop_invalid_header_fields"] is True
    assert balancer["enable_deletion_protection"] is True


def test_without_protection_load_balancer_and_logs_can_be_deleted(build_system: Build) -> None:
    edge = _edge(build_system(shipped() | {"protection": False}))["resource"]
    assert edge["aws_lb"]["main"]["enable_deletion_protection"] is False
    assert edge["aws_s3_bucket"]["access_logs"]["force_destroy"] is True


def test_the_load_balancer_waits_until_it_may_write_its_logs(edge: Json) -> None:
    balancer = edge["aws_lb"]["main"]
    assert balancer["access_logs"] == {"bucket": "${aws_s3_bucket.access_logs.id}", "enabled": True}
    assert balancer["depends_on"] == ["aws_s3_bucket_policy.access_logs"]


def test_access_logs_lie_private_versioned_and_encrypted_by_s3_itself(edge: Json) -> None:
    assert edge["aws_s3_bucket"]["access_logs"]["bucket"].endswith("current.account_id}-eu-west-1")
    block = edge["aws_s3_bucket_public_access_block"]["access_logs"]
    assert [block[key] for key in sorted(block) if key != "bucket"] == [True] * 4
    assert edge["aws_s3_bucket_versioning"]["access_logs"]["versioning_configuration"] == {"status": "Enabled"}
    (rule,) = edge["aws_s3_bucket_server_side_encryption_configuration"]["access_logs"]["rule"]
    by_s3 = {"apply_server_side_encryption_by_default": {"sse_algorithm": "AES256"}, "bucket_key_enabled": False}
    assert rule == by_s3
    (rule,) = edge["aws_s3_bucket_lifecycle_configuration"]["access_logs"]["rule"]
    assert rule["expiration"] == [{"days": 365}]


@pytest.mark.parametrize(
    ("region", "writers"),
    [
        ("eu-west-1", {"Service": facts.LOG_PRINCIPAL, "AWS": "arn:aws:iam::156460612806:root"}),
        ("us-gov-west-1", {"Service": facts.LOG_PRINCIPAL, "AWS": "arn:aws-us-gov:iam::048591011584:root"}),
        ("eu-central-2", {"Service": facts.LOG_PRINCIPAL}),
    ],
)
def test_only_load_balancing_writes_logs_and_only_by_tls(
    build_system: Build, region: str, writers: dict[str, str]
) -> None:
    documents = _edge(build_system(shipped() | {"region": region}))["data"]["aws_iam_policy_document"]
    write, tls = documents["access_logs_bucket"]["statement"]
    assert {one["type"]: one["identifiers"] for one in write["principals"]} == {
        kind: [identifier] for kind, identifier in writers.items()
    }
    assert write["actions"] == ["s3:PutObject"]
    assert write["resources"] == [
        "${aws_s3_bucket.access_logs.arn}/AWSLogs/${data.aws_caller_identity.current.account_id}/*"
    ]
    assert (tls["effect"], tls["actions"]) == ("Deny", ["s3:*"])
    assert tls["condition"] == [{"test": "Bool", "variable": "aws:SecureTransport", "values": ["false"]}]


def test_by_http_alone_one_listener_answers_404(edge: Json, built: Built) -> None:
    assert list(edge["aws_lb_listener"]) == ["http"]
    (action,) = edge["aws_lb_listener"]["http"]["default_action"]
    assert action["fixed_response"]["status_code"] == "404"
    assert _edge(built)["output"]["listener_arn"] == {"value": "${aws_lb_listener.http.arn}"}
    assert _edge(built)["output"]["load_balancer_url"] == {"value": "http://${aws_lb.main.dns_name}"}
    assert "aws_acm_certificate" not in edge
    assert "aws_route53_record" not in edge


@pytest.mark.parametrize("keys", [DOMAIN, {"domain": "shop.example.com"} | OWN])
def test_with_a_certificate_https_routes_and_http_only_redirects(build_system: Build, keys: System) -> None:
    content = _edge(build_system(shipped() | keys))
    http, https = (content["resource"]["aws_lb_listener"][key] for key in ("http", "https"))
    assert http["default_action"] == [
        {"type": "redirect", "redirect": {"port": "443", "protocol": "HTTPS", "status_code": "HTTP_301"}}
    ]
    assert https["default_action"][0]["fixed_response"]["status_code"] == "404"
    assert https["ssl_policy"].startswith("ELBSecurityPolicy-TLS13-1-2-")
    assert content["output"]["listener_arn"] == {"value": "${aws_lb_listener.https.arn}"}
    ports = {rule["from_port"]: rule["cidr_ipv4"] for rule in _into_balancer(content)}
    assert ports == {80: "0.0.0.0/0", 443: "0.0.0.0/0"}


def test_by_http_alone_only_port_80_is_open(built: Built) -> None:
    assert [rule["from_port"] for rule in _into_balancer(_edge(built))] == [80]


def _into_balancer(content: Json) -> list[Json]:
    rules = content["resource"]["aws_vpc_security_group_ingress_rule"].values()
    return [rule for rule in rules if rule["security_group_id"] == "${aws_security_group.load_balancer.id}"]


def test_a_domain_with_its_zone_gets_a_proven_certificate_and_an_alias(build_system: Build) -> None:
    edge = _edge(build_system(shipped() | DOMAIN))["resource"]
    assert edge["aws_acm_certificate"]["main"]["domain_name"] == "shop.example.com"
    assert edge["aws_acm_certificate"]["main"]["lifecycle"] == {"create_before_destroy": True}
    proof = edge["aws_route53_record"]["certificate"]
    assert "for_each" not in proof
    options = "tolist(aws_acm_certificate.main.domain_validation_options)[0]"
    assert proof["name"] == f"${{{options}.resource_record_name}}"
    issued = "${aws_acm_certificate_validation.main.certificate_arn}"
    assert edge["aws_lb_listener"]["https"]["certificate_arn"] == issued
    alias = edge["aws_route53_record"]["load_balancer"]
    assert (alias["name"], alias["type"], alias["zone_id"]) == ("shop.example.com", "A", DOMAIN["hosted_zone"])
    assert alias["alias"]["name"] == "${aws_lb.main.dns_name}"


def test_a_certificate_of_ones_own_is_used_and_none_is_made(build_system: Build) -> None:
    edge = _edge(build_system(shipped() | DOMAIN | OWN))["resource"]
    assert edge["aws_lb_listener"]["https"]["certificate_arn"] == OWN["certificate_arn"]
    assert "aws_acm_certificate" not in edge
    assert list(edge["aws_route53_record"]) == ["load_balancer"]


def test_the_firewall_holds_managed_rules_and_a_limit_per_address(edge: Json) -> None:
    rules = {rule["name"]: rule for rule in edge["aws_wafv2_web_acl"]["main"]["rule"]}
    assert set(rules) == {
        "rate",
        "AWSManagedRulesAmazonIpReputationList",
        "AWSManagedRulesCommonRuleSet",
        "AWSManagedRulesKnownBadInputsRuleSet",
        "AWSManagedRulesSQLiRuleSet",
    }
    assert len({rule["priority"] for rule in rules.values()}) == len(rules)
    rate = rules.pop("rate")
    assert rate["action"] == {"block": {}}
    assert rate["statement"]["rate_based_statement"]["limit"] == 10_000
    assert rate["statement"]["rate_based_statement"]["aggregate_key_type"] == "IP"
    assert all(rule["override_action"] == {"none": {}} for rule in rules.values())
    assert edge["aws_wafv2_web_acl_association"]["main"]["resource_arn"] == "${aws_lb.main.arn}"


def test_rules_that_hit_honest_requests_with_json_are_counted_and_the_others_block(edge: Json) -> None:
    rules = {rule["name"]: rule for rule in edge["aws_wafv2_web_acl"]["main"]["rule"]}
    counted = {
        name: [one["name"] for one in overrides if one["action_to_use"] == {"count": {}}]
        for name, rule in rules.items()
        if (overrides := rule["statement"].get("managed_rule_group_statement", {}).get("rule_action_override"))
    }
    assert counted == {
        "AWSManagedRulesCommonRuleSet": [
            "NoUserAgent_HEADER",
            "SizeRestrictions_BODY",
            "CrossSiteScripting_BODY",
            "EC2MetaDataSSRF_BODY",
            "GenericLFI_BODY",
            "GenericRFI_BODY",
        ]
    }


def test_an_alarm_tells_when_the_firewall_blocks_many_requests(edge: Json) -> None:
    alarm = edge["aws_cloudwatch_metric_alarm"]["waf_blocked"]
    assert (alarm["namespace"], alarm["metric_name"]) == ("AWS/WAFV2", "BlockedRequests")
    metric = edge["aws_wafv2_web_acl"]["main"]["visibility_config"]["metric_name"]
    assert alarm["dimensions"] == {"WebACL": metric, "Region": "eu-west-1", "Rule": "ALL"}


def test_the_firewall_can_only_count_and_then_has_nothing_blocked_to_tell_of(build_system: Build) -> None:
    waf = {"rate": 500, "rules": "count"}
    edge = _edge(build_system(shipped() | {"load_balancer": {"waf": waf}}))["resource"]
    rules = {rule["name"]: rule for rule in edge["aws_wafv2_web_acl"]["main"]["rule"]}
    rate = rules.pop("rate")
    assert (rate["action"], rate["statement"]["rate_based_statement"]["limit"]) == ({"count": {}}, 500)
    assert {tuple(rule["override_action"]) for rule in rules.values()} == {("count",)}
    assert list(edge["aws_cloudwatch_metric_alarm"]) == ["load_balancer_errors"]


def test_without_the_firewall_nothing_of_it_is_left(build_system: Build) -> None:
    content = _edge(build_system(shipped() | {"load_balancer": {"waf": {"enabled": False}}}))
    assert "waf" not in json.dumps(content).lower()
    assert "aws_lb" in content["resource"]


def test_a_private_load_balancer_is_in_the_private_subnets_and_admits_private_networks_alone(
    build_system: Build,
) -> None:
    content = _edge(build_system(shipped() | DOMAIN | {"load_balancer": {"private": True}}))
    balancer = content["resource"]["aws_lb"]["main"]
    assert balancer["internal"] is True
    assert balancer["subnets"] == "${data.terraform_remote_state.network.outputs.private_subnet_ids}"
    sources = {(rule["cidr_ipv4"], rule["from_port"]) for rule in _into_balancer(content)}
    assert sources == {(str(network), port) for network in vpc.PRIVATE_RANGES for port in (80, 443)}
    assert "internet" not in json.dumps(content["resource"]["aws_security_group"])


def test_without_a_load_balancer_there_is_no_edge_and_nothing_that_serves_it(build_system: Build) -> None:
    files = build_system(shipped() | {"load_balancer": "none", "services": {"worker": {"aws": ["sqs"]}}})
    stacks = {path.split("/")[1] for path in files if path.startswith("stacks/")}
    assert stacks == {"network", "cluster", "data", "platform", "worker"}
    platform = stack(files, "platform")
    assert "load-balancer" not in json.dumps(platform)
    assert "ApplicationELB" not in json.dumps(platform)
    assert set(platform["data"]["terraform_remote_state"]) == {"network", "cluster"}


def test_the_firewall_logs_without_credentials_into_a_group_of_ours(built: Built, edge: Json) -> None:
    logging = edge["aws_wafv2_web_acl_logging_configuration"]["main"]
    redacted = [field["single_header"]["name"] for field in logging["redacted_fields"]]
    assert redacted == ["authorization", "cookie"]
    assert logging["log_destination_configs"] == ["${aws_cloudwatch_log_group.web_acl.arn}"]
    assert logging["depends_on"] == ["aws_cloudwatch_log_resource_policy.web_acl"]
    group = edge["aws_cloudwatch_log_group"]["web_acl"]
    assert group["name"] == "aws-waf-logs-shop"
    assert group["kms_key_id"] == "${data.terraform_remote_state.network.outputs.logs_key_arn}"
    (key,) = (
        condition["values"]
        for statement in stack(built, "network")["data"]["aws_iam_policy_document"]["logs_key"]["statement"]
        for condition in statement.get("condition", [])
        if statement["sid"] == "CloudWatchLogs"
    )
    assert any(pattern.endswith(":log-group:aws-waf-logs-shop") for pattern in key)


def test_a_new_service_changes_nothing_here(built: Built, build_system: Build) -> None:
    system = shipped()
    system["services"]["billing-service"] = {"path": "/api/billing", "port": 9000}
    assert _edge(build_system(system)) == _edge(built)


def test_a_routed_service_has_targets_that_keep_their_name_and_a_rule_per_path(build_system: Build) -> None:
    service = {"path": ["/", "/api/users"], "port": 9000, "health": "/up"}
    content = stack(build_system(shipped() | {"services": {"web": service}}), "web")["resource"]
    group = content["aws_lb_target_group"]["web"]
    assert (group["name"], group["target_type"], group["port"]) == ("shop-web", "ip", 80)
    assert group["health_check"]["path"] == "/up"
    assert group["deregistration_delay"] == "30"
    rules = {
        address: (rule["priority"], rule["condition"][0]["path_pattern"]["values"])
        for address, rule in content["aws_lb_listener_rule"].items()
    }
    assert rules == {
        "web": (listener_rules.priority("/"), ["/*"]),
        "web_api_users": (listener_rules.priority("/api/users"), ["/api/users", "/api/users/*"]),
    }
    assert {rule["listener_arn"] for rule in content["aws_lb_listener_rule"].values()} == {
        "${data.terraform_remote_state.edge.outputs.listener_arn}"
    }


def test_a_long_name_is_shortened_to_what_a_target_group_can_have(build_system: Build) -> None:
    name = "long-name-with-many-hyphens-in-it-1"
    content = stack(build_system(shipped() | {"services": {name: {"path": "/"}}}), name)["resource"]
    (group,) = content["aws_lb_target_group"].values()
    assert len(group["name"]) <= 32
    assert group["name"].startswith("shop-long-name")


def test_an_internal_service_has_neither_targets_nor_rules(build_system: Build) -> None:
    content = stack(build_system(shipped() | {"services": {"worker": {}}}), "worker")["resource"]
    assert not {"aws_lb_target_group", "aws_lb_listener_rule"} & set(content)
