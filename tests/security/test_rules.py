"""Each rule of our own is broken on purpose, and says where; random systems break none."""

import copy
import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given

from modules.gate.accepted import left
from modules.gate.rules import RULES, findings
from modules.gate.rules.encryption import ENCRYPTED
from modules.gate.tree import Tree
from modules.synth.build import build
from tests.support import random_specs
from tests.support.tiers import sampled
from tests.synth.conftest import spec_of
from tests.synth.test_golden import GOLDEN

GONE = object()
ANYBODY = {"type": "AWS", "identifiers": ["*"]}
STRANGER = {"type": "AWS", "identifiers": ["arn:aws:iam::999999999999:root"]}
CURRENT = "${data.aws_caller_identity.current.account_id}"
# Rule, where something is changed, its new value, and what the rule says of it.
BROKEN = [
    ("public", "data resource.aws_rds_cluster_instance.a.publicly_accessible", True, "an address of the internet"),
    ("public", "network resource.aws_subnet.private_a.map_public_ip_on_launch", True, "an address of the internet"),
    ("public", "edge resource.aws_lb.second", {"internal": False}, "a second load balancer that the internet reaches"),
    ("public", "cluster resource.aws_eks_cluster.main.vpc_config.endpoint_public_access", True, "API is public"),
    (
        "public",
        "network resource.aws_route.private_a_internet.gateway_id",
        "${aws_internet_gateway.main.id}",
        "internet gateway",
    ),
    (
        "public",
        "user-service resource.aws_s3_bucket_public_access_block.user_service.block_public_policy",
        False,
        "nothing blocks public access to it",
    ),
    ("public", "user-service resource.aws_s3_bucket_public_access_block", {}, "nothing blocks public access to it"),
    (
        "public",
        "order-service resource.aws_vpc_security_group_ingress_rule.order_service_load_balancer_1.cidr_ipv4",
        "0.0.0.0/0",
        "it admits the internet",
    ),
    (
        "public",
        "order-service resource.aws_vpc_security_group_ingress_rule.order_service_load_balancer_1",
        {"from_port": 1},
        "it does not say whom it admits",
    ),
    ("public", "data resource.aws_security_group.aurora.ingress", [{"from_port": 1}], "not resources of their own"),
    ("encryption", "data resource.aws_rds_cluster.main.storage_encrypted", False, "it has no `storage_encrypted`"),
    (
        "encryption",
        "data resource.aws_elasticache_replication_group.main.at_rest_encryption_enabled",
        "false",
        "it has",
    ),
    (
        "encryption",
        "order-service resource.aws_sqs_queue.order_service_queue.kms_master_key_id",
        GONE,
        "kms_master_key_id",
    ),
    ("encryption", "order-service resource.aws_sns_topic.order_service.kms_master_key_id", GONE, "kms_master_key_id"),
    ("encryption", "order-service resource.aws_dynamodb_table.order_service.server_side_encryption", GONE, "enabled"),
    ("encryption", "user-service resource.aws_secretsmanager_secret.user_service.kms_key_id", GONE, "kms_key_id"),
    ("encryption", "user-service resource.aws_ecr_repository.user_service.encryption_configuration", GONE, "kms_key"),
    (
        "encryption",
        "user-service resource.aws_s3_bucket_server_side_encryption_configuration",
        {},
        "nothing encrypts it",
    ),
    ("encryption", "cluster resource.aws_kms_key.secrets.enable_key_rotation", False, "it does not rotate"),
    (
        "encryption",
        "cluster resource.aws_eks_cluster.main.encryption_config",
        GONE,
        "encryption_config.provider.key_arn",
    ),
    ("tls", "user-service data.aws_iam_policy_document.user_service_bucket.statement", [], "does not refuse calls"),
    ("tls", "order-service resource.aws_sqs_queue_policy", {}, "does not refuse calls"),
    ("tls", "order-service resource.aws_sns_topic_policy", {}, "does not refuse calls"),
    ("tls", "data resource.aws_rds_cluster_parameter_group.aurora.parameter", [], "lets clients in without TLS"),
    ("tls", "data resource.aws_elasticache_replication_group.main.transit_encryption_enabled", False, "without TLS"),
    ("tls", "data resource.aws_elasticache_replication_group.main.transit_encryption_mode", "preferred", "without TLS"),
    (
        "tls",
        "notification-service resource.aws_sesv2_configuration_set.notification_service.delivery_options",
        {"tls_policy": "OPTIONAL"},
        "mail leaves without TLS",
    ),
    ("tls", "edge resource.aws_lb_listener.other", {"protocol": "TCP"}, "it answers without TLS"),
    ("tls", "edge resource.aws_lb_listener.other", {"protocol": "HTTPS"}, "it does not ask for TLS 1.2"),
    ("secrets", "data resource.aws_rds_cluster.main.master_password", "x", "`master_password` would be in the state"),
    ("secrets", "data resource.aws_elasticache_user.default.passwords", ["x"], "`passwords` would be in the state"),
    ("secrets", "data resource.random_password", {"main": {"length": 20}}, "what it holds would be in the state"),
    ("secrets", "data data.aws_secretsmanager_secret_version", {"main": {}}, "what it holds would be in the state"),
    ("secrets", "data resource.kubernetes_secret_v1", {"main": {"data": {"a": "b"}}}, "would be in the state"),
    ("logs", "data resource.aws_cloudwatch_log_group.aurora.retention_in_days", GONE, "it keeps logs for ever"),
    ("logs", "data resource.aws_cloudwatch_log_group.aurora.retention_in_days", 30, "less than a year: 30 days"),
    ("logs", "data resource.aws_cloudwatch_log_group.aurora.kms_key_id", GONE, "no key of ours encrypts it"),
    (
        "statements",
        "order-service data.aws_iam_policy_document.order_service_permissions.statement",
        [{"sid": "All", "actions": ["sqs:SendMessage"], "resources": ["*"]}],
        "it is of every resource; nothing bounds it",
    ),
    (
        "statements",
        "order-service data.aws_iam_policy_document.order_service_permissions.statement",
        [{"sid": "All", "actions": ["sqs:*"], "resources": ["${aws_sqs_queue.order_service_queue.arn}"]}],
        "it allows sqs:*",
    ),
    (
        "statements",
        "order-service data.aws_iam_policy_document.order_service_permissions.statement",
        [{"sid": "All", "not_actions": ["iam:*"], "resources": ["${aws_sqs_queue.order_service_queue.arn}"]}],
        "it allows all but what it names",
    ),
    (
        "principals",
        "order-service data.aws_iam_policy_document.order_service_trust.statement",
        [{"sid": "A", "actions": ["sts:AssumeRole"], "principals": [STRANGER]}],
        "arn:aws:iam::999999999999:root is outside of the account",
    ),
    (
        "principals",
        "user-service data.aws_iam_policy_document.user_service_bucket.statement",
        [{"sid": "A", "actions": ["s3:GetObject"], "principals": [ANYBODY]}],
        "everybody may do it",
    ),
    (
        "principals",
        "user-service data.aws_iam_policy_document.user_service_bucket.statement",
        [{"sid": "A", "actions": ["s3:*"], "principals": [{"type": "Service", "identifiers": ["sns.amazonaws.com"]}]}],
        "sns.amazonaws.com may do it for any account",
    ),
    (
        "principals",
        "user-service data.aws_iam_policy_document.user_service_bucket.statement",
        [{"sid": "A", "actions": ["s3:*"], "principals": [{"type": "Service", "identifiers": ["evil.example.com"]}]}],
        "evil.example.com is no service of AWS",
    ),
    ("protection", "data resource.aws_rds_cluster.main.lifecycle", GONE, "Terraform may delete it"),
    ("protection", "data resource.aws_rds_cluster.main.deletion_protection", False, "it has no `deletion_protection`"),
    ("protection", "data resource.aws_rds_cluster.main.backup_retention_period", 0, "no `backup_retention_period`"),
    ("protection", "order-service resource.aws_dynamodb_table.order_service.point_in_time_recovery", GONE, "recovery"),
    ("protection", "edge resource.aws_lb.main.enable_deletion_protection", False, "it has no `enable_deletion"),
    ("protection", "user-service resource.aws_s3_bucket_versioning", {}, "it keeps no earlier versions"),
]
ACCEPTS = {"accept": ["http-only"]}


@pytest.fixture(scope="module")
def shipped() -> dict[str, Any]:
    return dict(Tree.read(GOLDEN / "architecture" / "generated").stacks)


def _with(stacks: dict[str, Any], where: str, value: Any) -> Tree:
    """With another value there, or none."""
    changed = copy.deepcopy(stacks)
    stack, path = where.split(" ")
    *parents, last = path.split(".")
    place = changed[stack]
    for key in parents:
        place = place.setdefault(key, {})
    if value is GONE:
        del place[last]
    else:
        assert place.get(last) != value
        place[last] = value
    return Tree(changed)


def test_the_shipped_system_breaks_no_rule(shipped: dict[str, Any]) -> None:
    assert left(findings(Tree(shipped)), ACCEPTS) == []


@pytest.mark.parametrize(("rule", "where", "value", "said"), BROKEN, ids=[f"{one[0]} {one[1]}" for one in BROKEN])
def test_a_broken_rule_is_said(shipped: dict[str, Any], rule: str, where: str, value: Any, said: str) -> None:
    stack = where.partition(" ")[0]
    found = left(findings(_with(shipped, where, value)), ACCEPTS)
    assert [one for one in found if one.check == rule and said in one.said], found
    assert all(one.place.startswith(f"{stack} ") for one in found)


def test_every_rule_is_broken() -> None:
    assert {rule for rule, *_ in BROKEN} == set(RULES)


def test_a_store_of_a_new_kind_needs_a_line_in_the_table_of_encryption(
    shipped: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(ENCRYPTED, "aws_sqs_queue")
    assert "this kind of store is not in the table ENCRYPTED" in {one.said for one in findings(Tree(shipped))}


@sampled(gate=10, minutes=3, phases=[Phase.generate], suppress_health_check=[HealthCheck.too_slow])
@given(random_specs.valid(most_services=3))
def test_random_systems_break_no_rule(system: random_specs.System) -> None:
    with TemporaryDirectory() as folder:
        built = build(spec_of(system, Path(folder)))
    stacks = {path.split("/")[1]: json.loads(text) for path, text in built.items() if path.endswith("/cdk.tf.json")}
    assert stacks
    assert left(findings(Tree(stacks)), {**system, **ACCEPTS}) == []
