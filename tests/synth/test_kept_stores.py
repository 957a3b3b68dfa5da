"""What holds data or an identity of a deployed system is not dropped or replaced by the way."""

import copy
import json
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from modules.design.kept_stores import Resources, losses
from modules.facts.stores import STORES
from modules.naming import address
from modules.spec.retired import REPOSITORY, WORDS
from modules.state.record import by_address
from tests.support import made_up_states
from tests.support.random_specs import System
from tests.support.run_synth import shipped
from tests.synth.conftest import Built
from tests.synth.test_cli import Run, run

__all__ = ["run"]

Edit = Callable[[System], None]
# A type that comes with a store, or that a new one replaces without a loss.
HOLD_NOTHING = {
    "aws_athena_workgroup",  # the history of queries
    "aws_cloudwatch_dashboard",
    "aws_cloudwatch_log_group",  # logs expire
    "aws_cloudwatch_log_resource_policy",
    "aws_cloudwatch_metric_alarm",
    "aws_default_security_group",
    "aws_eip",
    "aws_eks_access_entry",
    "aws_eks_access_policy_association",
    "aws_eks_addon",
    "aws_eks_fargate_profile",
    "aws_elasticache_user",
    "aws_elasticache_user_group_association",
    "aws_flow_log",
    "aws_iam_openid_connect_provider",
    "aws_iam_role",
    "aws_iam_role_policy",
    "aws_iam_role_policy_attachment",
    "aws_internet_gateway",
    "aws_lb",
    "aws_lb_listener",
    "aws_lb_listener_rule",
    "aws_lb_target_group",
    "aws_nat_gateway",
    "aws_redshiftserverless_workgroup",  # its data is in the namespace
    "aws_route",
    "aws_route_table",
    "aws_route_table_association",
    "aws_security_group",
    "aws_sns_topic_subscription",
    "aws_subnet",
    "aws_vpc_endpoint",
    "aws_vpc_security_group_egress_rule",
    "aws_vpc_security_group_ingress_rule",
    "aws_wafv2_web_acl",
    "aws_wafv2_web_acl_association",
    "aws_wafv2_web_acl_logging_configuration",
    "helm_release",
    "kubernetes_config_map_v1",
    "kubernetes_namespace_v1",
    "kubernetes_service_account_v1",
}


@pytest.fixture(scope="module")
def stacks(built: Built) -> Mapping[str, Resources]:
    ends = "/cdk.tf.json"
    return {
        path.split("/")[1]: by_address(json.loads(text)["resource"])
        for path, text in built.items()
        if path.endswith(ends)
    }


def test_every_type_that_is_generated_is_a_store_or_belongs_to_one_or_holds_nothing(
    stacks: Mapping[str, Resources],
) -> None:
    attached = {kind for store in STORES.values() for kind in store.attached}
    generated = {place.partition(".")[0] for resources in stacks.values() for place in resources}
    assert generated - STORES.keys() - attached == HOLD_NOTHING


@pytest.mark.parametrize("kind", STORES)
def test_every_store_that_goes_or_is_replaced_is_seen(stacks: Mapping[str, Resources], kind: str) -> None:
    places = [(stack, place) for stack, found in stacks.items() for place in found if place.startswith(f"{kind}.")]
    assert places
    for stack, place in places:
        before = stacks[stack]
        is_result = "_results" in place
        assert list(losses(stack, before, before)) == []
        gone = [loss.address for loss in losses(stack, before, {k: v for k, v in before.items() if k != place})]
        assert gone == ([] if is_result else [place])
        for argument in STORES[kind].fixed:
            changed = copy.deepcopy(dict(before))
            changed[place] = _with(dict(changed[place]), argument)
            found = [(loss.address, loss.argument) for loss in losses(stack, before, changed)]
            assert found == ([] if is_result else [(place, argument)])


def _with(resource: dict[str, Any], argument: str) -> dict[str, Any]:
    outer, _, inner = argument.partition(".")
    return {**resource, outer: {**dict(resource.get(outer) or {}), inner: "other"} if inner else "other"}


def test_every_store_that_a_word_makes_is_protected_and_has_that_word(stacks: Mapping[str, Resources]) -> None:
    words = {
        WORDS[kind]
        for service in shipped()["services"]
        for place in stacks[service]
        if (kind := place.partition(".")[0]) in WORDS and place.partition(".")[2] != address(service, "stores")
    }
    assert words == set(WORDS.values())


# --- through the command


@pytest.fixture
def deployed(run: Run, tmp_path: Path) -> Run:
    """The shipped system, of which everything is in local states."""
    assert run(shipped()).returncode == 0
    made_up_states.apply(tmp_path / "generated")
    return run


def without(service: str, word: str) -> Edit:
    def edit(system: System) -> None:
        aws = system["services"][service]["aws"]
        aws.remove(word) if isinstance(aws, list) else aws.pop(word)

    return edit


def topic(system: System) -> None:
    without("order-service", "sns")(system)
    system["services"]["notification-service"]["aws"]["sqs"] = {}


GONE: dict[str, tuple[Edit, str, str]] = {
    "s3": (without("user-service", "s3"), "user-service", "bucket"),
    "dynamodb": (without("order-service", "dynamodb"), "order-service", 'table "shop-order-service"'),
    "sqs": (without("order-service", "sqs"), "order-service", 'queue "shop-order-service-dead-letters"'),
    "sns": (topic, "order-service", 'topic "shop-order-service"'),
    "kms": (without("payment-service", "kms"), "payment-service", "key (aws_kms_key.payment_service)"),
    "secrets": (without("payment-service", "secrets"), "payment-service", 'secret "shop/payment-service/secrets"'),
    "redshift": (without("analytics-service", "redshift"), "analytics-service", 'warehouse "shop-analytics-service"'),
    "glue": (without("analytics-service", "glue"), "analytics-service", 'catalog "shop_analytics_service"'),
    "ses": (without("notification-service", "ses"), "notification-service", 'mail identity "no-reply@example.com"'),
}


def test_the_walk_removes_every_word_that_makes_a_store() -> None:
    assert set(GONE) == set(WORDS.values()) - {REPOSITORY}


@pytest.mark.parametrize("word", GONE)
def test_a_word_of_a_deployed_service_does_not_go_silently(deployed: Run, tmp_path: Path, word: str) -> None:
    edit, service, store = GONE[word]
    system = shipped()
    edit(system)
    before = (tmp_path / "generated" / "stacks" / service / "cdk.tf.json").read_bytes()
    done = deployed(system)
    assert done.returncode == 1
    assert f'"{word}" is gone, and with it the stack {service}, which is applied, would lose its ' in done.stderr
    assert store in done.stderr
    assert STORES[next(kind for kind in WORDS if WORDS[kind] == word)].holds in done.stderr
    assert f"services.{service}.aws\n" in done.stderr
    assert "nothing was changed." in done.stderr
    assert (tmp_path / "generated" / "stacks" / service / "cdk.tf.json").read_bytes() == before


def test_another_sender_replaces_the_mail_identity_and_is_a_mistake(deployed: Run) -> None:
    system = shipped()
    system["services"]["notification-service"]["aws"]["ses"] = {"from": "post@example.com"}
    said = deployed(system).stderr
    assert "services.notification-service.aws.ses\n" in said
    assert "email_identity would be post@example.com, and was no-reply@example.com." in said


def test_another_encryption_of_an_adopted_repository_replaces_it_and_is_a_mistake(deployed: Run) -> None:
    system = shipped()
    adopt = {"name": "shop/order-service", "encryption": "KMS"}
    system["services"]["order-service"]["repository"] = {"adopt": adopt}
    said = deployed(system).stderr
    assert "encryption_configuration would be [{'encryption_type': 'KMS'}], and was " in said
    assert "It holds the images, of which each start of a pod pulls one.\n  Write the old value again." in said


def test_a_word_of_a_service_that_is_not_applied_is_free(run: Run, tmp_path: Path) -> None:
    run(shipped())
    made_up_states.apply(tmp_path / "generated", "network", "cluster", "data", "edge", "platform")
    system = shipped()
    without("order-service", "sqs")(system)
    assert run(system).returncode == 0


def test_without_protection_a_word_is_free_and_what_goes_is_said(run: Run, tmp_path: Path) -> None:
    open_ = shipped() | {"protection": False}
    assert run(open_).returncode == 0
    made_up_states.apply(tmp_path / "generated")
    system = copy.deepcopy(open_)
    without("order-service", "sqs")(system)
    done = run(system)
    assert done.returncode == 0
    queues = "aws_sqs_queue.order_service_dead_letters and aws_sqs_queue.order_service_queue"
    said = "order-service: protection is off, so with the next apply these go with their data: "
    assert f"{said}{queues}.\n" in done.stderr


def test_where_a_word_was_is_said_with_its_line_in_the_last_commit(deployed: Run, tmp_path: Path) -> None:
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false"]
    for arguments in (["init", "--quiet"], ["add", "."], ["commit", "--quiet", "--message", "a"]):
        subprocess.run([*git, *arguments], cwd=tmp_path, check=True, capture_output=True, timeout=60)
    lines = (tmp_path / "services.yaml").read_text().splitlines()
    start = next(number for number, line in enumerate(lines) if line.strip() == "order-service:")
    line = next(number for number, text in enumerate(lines[start:], start + 1) if "sqs" in text)
    system = shipped()
    without("order-service", "sqs")(system)
    assert (
        f"messages that were not processed yet. It was on line {line} in the last commit.\n" in deployed(system).stderr
    )


def test_with_a_remote_state_what_is_there_binds_until_it_is_vouched_for(run: Run, tmp_path: Path) -> None:
    remote = shipped() | {"state": {"s3": {"bucket": "shop-state"}}}
    assert run(remote).returncode == 0
    system = copy.deepcopy(remote)
    without("order-service", "sqs")(system)
    done = run(system)
    assert done.returncode == 1
    assert "the stack order-service, which may be applied, would lose" in done.stderr
    assert "If it never was: main.py --never-applied order-service." in done.stderr
    assert run(system, "--never-applied", "order-service").returncode == 0
    assert json.loads((tmp_path / "generated" / "lifelong.json").read_text())
