"""Each kind makes its resource, encrypted and closed, and allows the role exactly that; others reach what they name."""

import json
import re
from collections.abc import Callable
from dataclasses import fields
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest

from modules.access.values import ACCOUNT, Values
from modules.checks.rules.permissions import STATEMENTS_LENGTH
from modules.constructs.permissions.registry import PERMISSION_CONSTRUCTS
from modules.design import service_policy
from modules.iam.unscoped import EXCEPTIONS
from modules.naming import Names
from modules.permissions import KINDS, redis
from modules.spec.reserved_names import SERVICE_LENGTH as MAX_LENGTH
from modules.synth.build import build
from tests.support import policy_documents
from tests.support.every_permission import every_kind
from tests.support.random_specs import System
from tests.synth.conftest import Built, spec_of, stack

Build = Callable[[System], Built]

REDIS_USER = redis.user_name(Names("shop"), "orders", redis.access_string("orders:"))
STORES_KEY = "${aws_kms_key.orders_stores.arn}"
# What AWS makes up of ARNs, as it is made up here for each resource.
_VALUES = Values(
    {
        "orders": {
            "provider": {"aws": [{"region": "eu-west-1"}]},
            "resource": {
                "aws_kms_key": {"orders": {}, "orders_stores": {}},
                "aws_redshiftserverless_workgroup": {"orders": {}},
                "aws_secretsmanager_secret": {"orders": {"name": "shop/orders/secrets"}},
            },
        },
        "data": {"provider": {"aws": [{"region": "eu-west-1"}]}},
    }
)
KEY, OWN_KEY = (str(_VALUES.arn("orders", "aws_kms_key", one)) for one in ("orders_stores", "orders"))
SECRET = str(_VALUES.arn("orders", "aws_secretsmanager_secret", "orders"))
CLUSTER = _VALUES.text("data", "${aws_rds_cluster.main.cluster_resource_id}")
ROLE_LIMIT = 10240


def _arn(service: str, resource: str) -> str:
    return f"arn:aws:{service}:eu-west-1:{ACCOUNT}:{resource}"


def _bucket(name: str) -> str:
    return f"arn:aws:s3:::shop-{name}-{ACCOUNT}-eu-west-1"


CATALOG = _arn("glue", "catalog")
WAREHOUSE = str(_VALUES.arn("orders", "aws_redshiftserverless_workgroup", "orders"))
REACHED = {
    "s3": {_bucket("orders"), f"{_bucket('orders')}/*", KEY},
    "rds": {_arn("rds-db", f"dbuser:{CLUSTER}/shop_orders")},
    "redis": {_arn("elasticache", "replicationgroup:shop-redis"), _arn("elasticache", f"user:{REDIS_USER}")},
    "secrets": {SECRET, KEY},
    "sqs": {_arn("sqs", "shop-orders"), KEY},
    "sns": {_arn("sns", "shop-orders"), KEY},
    "dynamodb": {_arn("dynamodb", "table/shop-orders"), KEY},
    "kms": {OWN_KEY},
    "cloudwatch": {"*", _arn("logs", "log-group:/shop/orders:*")},
    "ses": {
        _arn("ses", "identity/no-reply@example.com"),
        _arn("ses", "identity/*"),  # recipients: only the sender is bound, by a condition
        _arn("ses", "configuration-set/shop-orders"),
    },
    "athena": {
        _arn("athena", "workgroup/shop-orders"),
        _bucket("orders-results"),
        f"{_bucket('orders-results')}/*",
        KEY,
        CATALOG,
        _arn("glue", "database/default"),
    },
    "glue": {CATALOG, _arn("glue", "database/shop_orders"), _arn("glue", "table/shop_orders/*")},
    "redshift": {WAREHOUSE, "*"},
}


def _policies(built: Built, folder: Path) -> dict[str, list[dict[str, Any]]]:
    """Statements of each policy, by its address, as IAM would get them."""
    for path, content in built.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    return {address: policy["Statement"] for _, address, policy in policy_documents.read(folder).documents()}


@pytest.fixture(scope="module")
def every(tmp_path_factory: pytest.TempPathFactory) -> Built:
    return build(spec_of(every_kind(), tmp_path_factory.mktemp("every")))


@pytest.fixture(scope="module")
def policies(every: Built, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[dict[str, Any]]]:
    return _policies(every, tmp_path_factory.mktemp("policies"))


@pytest.fixture(scope="module")
def orders(every: Built) -> dict[str, Any]:
    resources: dict[str, Any] = stack(every, "orders")["resource"]
    return resources


def test_every_kind_has_a_construct() -> None:
    assert list(PERMISSION_CONSTRUCTS) == list(KINDS)


@pytest.mark.parametrize("word", REACHED)
def test_a_role_reaches_exactly_what_its_service_declared(word: str, policies: dict[str, list[dict[str, Any]]]) -> None:
    granted = [one for one in policies["orders_permissions"] if one["Sid"] in service_policy.statement_ids(word)]
    assert {arn for one in granted for arn in one["Resource"]} == REACHED[word]


def test_a_service_that_declares_one_kind_is_allowed_nothing_else(build_system: Build, tmp_path: Path) -> None:
    services = {f"only-{word}": {"aws": {word: dict(kind.example)}} for word, kind in KINDS.items()}
    built = build_system({"project": "shop", "region": "eu-west-1", "services": services})
    policies = _policies(built, tmp_path / "generated")
    for word in KINDS:
        assert {one["Sid"] for one in policies[f"only_{word}_permissions"]} == service_policy.statement_ids(word)


def test_only_the_listed_exceptions_stand_on_every_resource(policies: dict[str, list[dict[str, Any]]]) -> None:
    bound = [({exception.variable}, set(exception.actions)) for exception in EXCEPTIONS]
    for address, statements in policies.items():
        for one in statements if address.endswith("_permissions") else []:
            if "*" in one["Resource"]:
                (condition,) = one["Condition"].values()
                assert (set(condition), set(one["Action"])) in bound


def test_a_service_without_permissions_has_no_policy(build_system: Build) -> None:
    built = build_system({"project": "shop", "region": "eu-west-1", "services": {"orders": {}}})
    assert "aws_iam_role_policy" not in stack(built, "orders")["resource"]
    assert stack(built, "orders")["output"]["environment"]["value"] == {}


def test_all_kinds_and_the_statements_of_a_service_fit_into_a_role(build_system: Build, tmp_path: Path) -> None:
    name = "s" * MAX_LENGTH
    system = every_kind(name) | {"project": "p" * 20, "region": "us-gov-west-1"}
    del system["services"][name]["statements"]
    statements = _policies(build_system(system), tmp_path / "generated")[f"{name}_permissions"]
    # IAM does not count white space.
    assert len(str(statements).replace(" ", "")) + STATEMENTS_LENGTH < ROLE_LIMIT


def test_every_store_is_encrypted_with_the_key_of_its_service(orders: dict[str, Any]) -> None:
    def of(kind: str, name: str = "orders") -> Any:
        return orders[kind][name]

    for bucket in ("orders", "orders_results"):
        (rule,) = of("aws_s3_bucket_server_side_encryption_configuration", bucket)["rule"]
        default = {"sse_algorithm": "aws:kms", "kms_master_key_id": STORES_KEY}
        assert rule == {"apply_server_side_encryption_by_default": default, "bucket_key_enabled": True}
    for queue in ("orders_queue", "orders_dead_letters"):
        assert of("aws_sqs_queue", queue)["kms_master_key_id"] == STORES_KEY
    assert of("aws_sns_topic")["kms_master_key_id"] == STORES_KEY
    assert of("aws_secretsmanager_secret")["kms_key_id"] == STORES_KEY
    assert of("aws_dynamodb_table")["server_side_encryption"] == {"enabled": True, "kms_key_arn": STORES_KEY}
    results = of("aws_athena_workgroup")["configuration"]
    assert results["enforce_workgroup_configuration"] is True
    encryption = {"encryption_option": "SSE_KMS", "kms_key_arn": STORES_KEY}
    assert results["result_configuration"]["encryption_configuration"] == encryption
    namespace = of("aws_redshiftserverless_namespace")
    assert namespace["kms_key_id"] == namespace["admin_password_secret_kms_key_id"] == STORES_KEY


def test_the_key_that_a_service_encrypts_with_is_not_that_of_its_stores(orders: dict[str, Any]) -> None:
    assert set(orders["aws_kms_key"]) == {"orders", "orders_stores"}
    assert all(key["enable_key_rotation"] for key in orders["aws_kms_key"].values())
    assert {alias["name"] for alias in orders["aws_kms_alias"].values()} == {
        "alias/shop-orders",
        "alias/shop-orders-stores",
    }


def test_messages_that_fail_go_to_a_queue_of_their_own(orders: dict[str, Any]) -> None:
    queue = orders["aws_sqs_queue"]["orders_queue"]
    assert queue["visibility_timeout_seconds"] == 60
    assert queue["redrive_policy"] == (
        '${jsonencode({"deadLetterTargetArn" = aws_sqs_queue.orders_dead_letters.arn, "maxReceiveCount" = 3})}'
    )
    allowed = orders["aws_sqs_queue_redrive_allow_policy"]["orders_dead_letters"]["redrive_allow_policy"]
    assert '"sourceQueueArns" = [aws_sqs_queue.orders_queue.arn]' in allowed


@pytest.mark.parametrize(
    "address", ["orders_bucket", "orders_results_bucket", "orders_queue", "orders_dead_letters", "orders_topic"]
)
def test_nobody_comes_without_tls(address: str, policies: dict[str, list[dict[str, Any]]]) -> None:
    (refusal,) = [one for one in policies[address] if one["Effect"] == "Deny"]
    assert refusal["Principal"] == "*"
    assert refusal["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_the_table_is_as_its_options_say(orders: dict[str, Any]) -> None:
    table = orders["aws_dynamodb_table"]["orders"]
    assert (table["hash_key"], table["range_key"], table["billing_mode"]) == ("pk", "at", "PAY_PER_REQUEST")
    assert table["attribute"] == [{"name": "pk", "type": "S"}, {"name": "at", "type": "N"}]
    assert table["ttl"] == {"attribute_name": "gone", "enabled": True}
    assert table["point_in_time_recovery"] == {"enabled": True}


def test_a_redis_user_logs_in_with_iam_under_its_own_id(orders: dict[str, Any]) -> None:
    user = orders["aws_elasticache_user"]["orders"]
    assert user["user_id"] == user["user_name"]
    assert re.fullmatch(r"shop-orders-[0-9a-f]{6}", user["user_id"])
    assert user["authentication_mode"] == {"type": "iam"}
    member = orders["aws_elasticache_user_group_association"]["orders"]
    assert member["user_group_id"] == "${data.terraform_remote_state.data.outputs.redis_user_group_id}"


def test_a_rule_of_redis_that_aws_writes_in_other_words_makes_no_plan(orders: dict[str, Any]) -> None:
    (user,) = orders["aws_elasticache_user"].values()
    assert user["lifecycle"] == {"create_before_destroy": True, "ignore_changes": ["access_string"]}


def test_another_rule_of_redis_is_another_user_made_before_the_old_one_goes(
    orders: dict[str, Any], build_system: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = orders["aws_elasticache_user"]["orders"]["user_id"]
    monkeypatch.setattr(redis, "access_string", lambda prefix, *_, **__: f"on ~{prefix}* +get")
    changed = stack(build_system(every_kind()), "orders")["resource"]
    assert changed["aws_elasticache_user"]["orders"]["user_id"] != before
    (member,) = changed["aws_elasticache_user_group_association"].values()
    assert member["lifecycle"] == {"create_before_destroy": True}


def test_the_longest_names_leave_room_for_the_digest_of_a_redis_user() -> None:
    name = redis.user_name(Names("twenty-letters-long1"), "a" * 45, "on")
    assert len(name) == 40
    assert name != redis.user_name(Names("twenty-letters-long1"), "a" * 44, "on")


def test_mail_goes_by_tls_or_not_at_all(orders: dict[str, Any]) -> None:
    configuration = orders["aws_sesv2_configuration_set"]["orders"]
    assert configuration["delivery_options"] == {"tls_policy": "REQUIRE"}
    identity = orders["aws_sesv2_email_identity"]["orders"]
    assert identity["configuration_set_name"] == "${aws_sesv2_configuration_set.orders.configuration_set_name}"


def test_nobody_reaches_the_warehouse_by_network(orders: dict[str, Any]) -> None:
    workgroup = orders["aws_redshiftserverless_workgroup"]["orders"]
    assert workgroup["publicly_accessible"] is False
    assert "enhanced_vpc_routing" not in workgroup
    assert workgroup["security_group_ids"] == ["${aws_security_group.orders_warehouse.id}"]
    for direction in ("ingress", "egress"):
        rules = orders[f"aws_vpc_security_group_{direction}_rule"].values()
        assert all(rule["security_group_id"] != "${aws_security_group.orders_warehouse.id}" for rule in rules)


def test_logs_of_the_warehouse_have_groups_before_it_writes_them(orders: dict[str, Any]) -> None:
    namespace = orders["aws_redshiftserverless_namespace"]["orders"]
    names = [orders["aws_cloudwatch_log_group"][one.split(".")[1]]["name"] for one in namespace["depends_on"]]
    assert names == [f"/aws/redshift/{namespace['namespace_name']}/{log}" for log in namespace["log_exports"]]


def test_the_logs_key_may_encrypt_every_log_group_of_a_service(orders: dict[str, Any]) -> None:
    patterns = Names("shop").log_group_patterns
    for group in orders["aws_cloudwatch_log_group"].values():
        assert group["kms_key_id"] == "${data.terraform_remote_state.network.outputs.logs_key_arn}"
        assert any(fnmatchcase(group["name"], pattern) for pattern in patterns), group["name"]


@pytest.mark.parametrize(
    ("system", "service", "protected"), [(True, None, True), (False, None, False), (False, True, True)]
)
def test_protection_is_the_systems_until_the_service_says_otherwise(
    system: bool, service: bool | None, protected: bool, build_system: Build
) -> None:
    case = every_kind() | {"protection": system}
    case["services"]["orders"] |= {} if service is None else {"protection": service}
    resources = stack(build_system(case), "orders")["resource"]
    assert resources["aws_s3_bucket"]["orders"]["force_destroy"] is not protected
    assert resources["aws_dynamodb_table"]["orders"]["deletion_protection_enabled"] is protected
    assert resources["aws_ecr_repository"]["orders"]["force_delete"] is not protected
    assert resources["aws_secretsmanager_secret"]["orders"]["recovery_window_in_days"] == (30 if protected else 0)
    lifecycle = resources["aws_redshiftserverless_namespace"]["orders"].get("lifecycle", {})
    assert lifecycle.get("prevent_destroy", False) is protected


def test_a_reader_reaches_exactly_what_it_named_of_the_other(
    every: Built, policies: dict[str, list[dict[str, Any]]]
) -> None:
    granted = {one["Sid"]: one for one in policies["readers_permissions"]}
    shared = ("s3", "sqs", "sns", "dynamodb", "kms")
    ids = set().union(*(service_policy.statement_ids(word) for word in shared))
    assert {arn for sid in ids for arn in granted[sid]["Resource"]} == set().union(*(REACHED[word] for word in shared))
    assert granted["Objects"]["Action"] == ["s3:GetObject"]
    assert "sqs:ReceiveMessage" not in granted["Queue"]["Action"]
    assert granted["Key"]["Action"] == ["kms:Decrypt", "kms:DescribeKey"]
    made = stack(every, "readers")["resource"]
    assert not {"aws_s3_bucket", "aws_sqs_queue", "aws_sns_topic", "aws_dynamodb_table"} & made.keys()
    assert set(made["aws_kms_key"]) == {"readers_stores"}


def test_a_topic_is_delivered_into_an_encrypted_queue_and_no_other_is(
    every: Built, policies: dict[str, list[dict[str, Any]]]
) -> None:
    topic, queue = _arn("sns", "shop-orders"), _arn("sqs", "shop-subscribers")
    only_from_it = {"ArnEquals": {"aws:SourceArn": topic}}
    sns = {"Service": ["sns.amazonaws.com"]}
    (send,) = [one for one in policies["subscribers_queue"] if one["Effect"] == "Allow"]
    assert (send["Action"], send["Resource"], send["Condition"], send["Principal"]) == (
        ["sqs:SendMessage"],
        [queue],
        only_from_it,
        sns,
    )
    (use,) = [one for one in policies["subscribers_stores_key"] if one["Sid"] == "Deliveries"]
    assert (use["Action"], use["Condition"], use["Principal"]) == (
        ["kms:Decrypt", "kms:GenerateDataKey"],
        only_from_it,
        sns,
    )
    assert stack(every, "subscribers")["resource"]["aws_sns_topic_subscription"] == {
        "subscribers_orders": {
            "depends_on": ["aws_sqs_queue_policy.subscribers_queue"],
            "endpoint": "${aws_sqs_queue.subscribers_queue.arn}",
            "protocol": "sqs",
            "raw_message_delivery": True,
            "topic_arn": "${data.terraform_remote_state.orders.outputs.topic_arn}",
        }
    }


def test_new_objects_of_a_bucket_come_by_a_rule_that_the_queue_and_its_key_know(build_system: Build) -> None:
    sources = [{"s3": "media", "prefix": "uploads/"}, {"s3": "media", "prefix": "covers/"}]
    services = {"media": {"aws": ["s3"]}, "resizer": {"aws": {"sqs": {"from": sources}}}}
    built = build_system({"project": "shop", "region": "eu-west-1", "services": services})
    own, reader = (stack(built, name) for name in ("media", "resizer"))
    bucket = "${aws_s3_bucket.media.id}"
    assert own["resource"]["aws_s3_bucket_notification"] == {"media": {"bucket": bucket, "eventbridge": True}}
    rule = reader["resource"]["aws_cloudwatch_event_rule"]["resizer_media"]
    assert rule["name"] == "shop-resizer-from-media"
    pattern = json.loads(rule["event_pattern"])
    assert pattern["detail"] == {
        "bucket": {"name": ["${data.terraform_remote_state.media.outputs.bucket_name}"]},
        "object": {"key": [{"prefix": "uploads/"}, {"prefix": "covers/"}]},
    }
    assert reader["resource"]["aws_cloudwatch_event_target"]["resizer_media"] == {
        "arn": "${aws_sqs_queue.resizer_queue.arn}",
        "depends_on": ["aws_sqs_queue_policy.resizer_queue"],
        "rule": "${aws_cloudwatch_event_rule.resizer_media.name}",
    }
    documents = reader["data"]["aws_iam_policy_document"]
    grants = [
        one
        for name in ("resizer_queue", "resizer_stores_key")
        for one in documents[name]["statement"]
        if one["sid"] == "Objects"
    ]
    events = [{"identifiers": ["events.amazonaws.com"], "type": "Service"}]
    assert [one["principals"] for one in grants] == [events, events]
    assert [one["actions"] for one in grants] == [["sqs:SendMessage"], ["kms:Decrypt", "kms:GenerateDataKey"]]
    rules, account = (one["condition"][0] for one in grants)
    assert (rules["variable"], rules["values"]) == ("aws:SourceArn", ["${aws_cloudwatch_event_rule.resizer_media.arn}"])
    assert account["variable"] == "aws:SourceAccount"


def test_fifo_delay_and_filter_are_in_the_queue_the_topic_and_the_subscription(build_system: Build) -> None:
    fifo = {"fifo": True, "content_based_deduplication": True}
    queue = {**fifo, "delay": "90s", "subscribe": ["orders"], "filter": {"orders": {"event": ["paid", "${x}*"]}}}
    services = {"orders": {"aws": {"sns": fifo}}, "mails": {"aws": {"sqs": queue}}}
    built = build_system({"project": "shop", "region": "eu-west-1", "services": services})
    (topic,) = stack(built, "orders")["resource"]["aws_sns_topic"].values()
    assert (topic["name"], topic["fifo_topic"], topic["content_based_deduplication"]) == (
        "shop-orders.fifo",
        True,
        True,
    )
    made = stack(built, "mails")["resource"]
    own, dead = (made["aws_sqs_queue"][f"mails_{name}"] for name in ("queue", "dead_letters"))
    assert (own["name"], own["fifo_queue"], own["delay_seconds"]) == ("shop-mails.fifo", True, 90)
    assert own["content_based_deduplication"] is True
    assert (dead["name"], dead["fifo_queue"], "delay_seconds" in dead) == ("shop-mails-dead-letters.fifo", True, False)
    (subscription,) = made["aws_sns_topic_subscription"].values()
    # As Terraform reads it: ${x} is no expression.
    assert json.loads(subscription["filter_policy"].replace("$${", "${")) == {"event": ["paid", {"prefix": "${x}"}]}
    alarm = made["aws_cloudwatch_metric_alarm"]["mails_dead_letters"]
    assert alarm["dimensions"] == {"QueueName": "shop-mails-dead-letters.fifo"}


def test_a_service_offers_each_value_of_what_it_owns_and_nothing_of_what_it_reaches(every: Built) -> None:
    outputs = stack(every, "orders")["output"]
    assert {field.name for kind in KINDS.values() for field in fields(kind.resource)} <= outputs.keys()
    assert not any(name.startswith(("bucket", "queue", "topic", "table")) for name in stack(every, "readers")["output"])


def test_pods_are_told_where_things_are_and_no_secret(every: Built) -> None:
    told = stack(every, "orders")["output"]["environment"]["value"]
    assert told["QUEUE_URL"] == "${aws_sqs_queue.orders_queue.url}"
    assert told["DATABASE_USER"] == "shop_orders"
    assert told["SECRET_ARN"] == "${aws_secretsmanager_secret.orders.arn}"
    assert not any("password" in f"{name} {value}".lower() for name, value in told.items())
    others = stack(every, "readers")["output"]["environment"]["value"]
    assert others["QUEUE_URL"] == "${data.terraform_remote_state.orders.outputs.queue_url}"


def test_the_command_that_fills_the_secret_is_an_output(every: Built) -> None:
    assert stack(every, "orders")["output"]["secret_command"]["value"] == (
        "aws secretsmanager put-secret-value --region eu-west-1 "
        "--secret-id ${aws_secretsmanager_secret.orders.name} --secret-string file://secrets.json"
    )


def test_changing_the_permissions_of_a_service_changes_no_byte_of_another(every: Built, build_system: Build) -> None:
    system = every_kind()
    system["services"]["orders"]["aws"].pop("athena")
    system["services"]["orders"]["aws"]["sqs"] = {}
    system["services"]["readers"]["aws"].pop("dynamodb")
    changed = {path for path, content in build_system(system).items() if every.get(path) != content}
    assert {path.split("/")[1] for path in changed} == {"orders", "readers"}


def test_a_warehouse_has_a_limit_also_where_none_is_declared(build_system: Build) -> None:
    def limit(options: dict[str, Any]) -> Any:
        system = {"project": "shop", "region": "eu-west-1", "services": {"a": {"aws": {"redshift": options}}}}
        return stack(build_system(system), "a")["resource"]["aws_redshiftserverless_workgroup"]["a"]["max_capacity"]

    assert limit({}) == 32
    assert limit({"base_capacity": 16}) == 64
    assert limit({"max_capacity": 24}) == 24


def test_other_accounts_pull_images_where_they_are_named_and_do_nothing_else(build_system: Any) -> None:
    named = {"pull_accounts": ["444455556666", "555566667777"]}
    system = {"project": "shop", "region": "eu-west-1", "services": {"web": None}}
    content = stack(build_system({**system, "registry": named}), "web")
    policy = content["resource"]["aws_ecr_repository_policy"]["web"]
    assert policy == {
        "policy": "${data.aws_iam_policy_document.web_repository.json}",
        "repository": "${aws_ecr_repository.web.name}",
    }
    assert content["data"]["aws_iam_policy_document"]["web_repository"]["statement"] == [
        {
            "actions": ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
            "principals": [
                {
                    "identifiers": ["arn:aws:iam::444455556666:root", "arn:aws:iam::555566667777:root"],
                    "type": "AWS",
                }
            ],
            "sid": "PullFromOtherAccounts",
        }
    ]
    assert "aws_ecr_repository_policy" not in stack(build_system(system), "web")["resource"]
