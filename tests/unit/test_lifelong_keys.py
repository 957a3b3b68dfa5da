"""Keys that a deployed system keeps: what is refused, what is not, and when."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from modules.checks.check import Checked
from modules.design import lifelong_keys
from modules.design.lifelong_keys import KEYS, Applied, changed, recorded
from modules.paths import ROOT
from modules.spec.model import Spec
from modules.state import record

Check = Callable[..., Checked]
TABLE = (
    "orders:\n  aws: {dynamodb: {partition_key: {name: order}, sort_key: {name: line, type: N}}, "
    "kms: {}, sqs: {fifo: true}, sns: {}}"
)
PARTITION_KEY = "services.orders.aws.dynamodb.partition_key"
OTHER: dict[str, Any] = {
    "project": "store",
    "region": "eu-central-1",
    "account": "111122223333",
    "zones": ["b", "a", "c"],
    "network.cidr": "10.9.0.0/16",
    "network.vpc_id": "vpc-0a1b2c3d4e5f60718",
    "network.private_subnet_ids": ["subnet-0a1b2c3d4e5f60721"],
    "cluster.service_cidr": "10.100.0.0/16",
    "cluster.version": "1.99",
    "database.version": "99.1",
    "load_balancer.private": True,
    "load_balancer.listener_arn": "arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener/app/shared/1/2",
    PARTITION_KEY: {"name": "id", "type": "S"},
    "services.orders.aws.dynamodb.sort_key": None,
    "services.orders.aws.sqs.fifo": False,
    "services.orders.aws.sns.fifo": True,
    "services.orders.aws.kms.adopt": {"id": "1234abcd-12ab-34cd-56ef-1234567890ab", "multi_region": False},
}


@pytest.fixture
def spec(system: Check) -> Spec:
    found = system(TABLE, 'account: "123456789012"\n').spec
    assert found
    return found


Recorded = tuple[Applied, list[dict[str, Any]]]


def applied(before: dict[str, Any], unread: list[str] | None = None) -> Recorded:
    """As if a state held every resource; `unread` names stacks whose state may."""
    return lambda stack, resource: (before, unread or []), [before]


def never(before: dict[str, Any]) -> Recorded:
    """As if no state held anything."""
    return lambda stack, resource: None, [before]


def test_the_walk_knows_every_key(spec: Spec) -> None:
    assert recorded(spec).keys() == OTHER.keys() >= KEYS.keys()


@pytest.mark.parametrize("key", OTHER)
def test_another_value_of_a_deployed_system_is_a_mistake_with_both_values_and_an_edit(key: str, spec: Spec) -> None:
    before = recorded(spec) | {key: OTHER[key]}
    (mistake,) = changed(*applied(before), spec)
    assert ".".join(map(str, mistake.path)) == key
    assert f"It is {lifelong_keys._text(recorded(spec)[key])}, and was " in mistake.what
    assert mistake.edit
    assert mistake.edit.text == (None if OTHER[key] is None else lifelong_keys._text(OTHER[key]))
    assert list(changed(*never(before), spec)) == []


def test_a_key_that_is_another_one_binds_by_its_own_stack_and_resource(spec: Spec) -> None:
    asked: list[tuple[str | None, str | None]] = []

    def asks(*of: str | None) -> None:
        asked.append((of[0], of[1]))

    assert list(changed(asks, [recorded(spec)], spec)) == []
    assert asked == []
    assert list(changed(asks, [OTHER], spec)) == []
    assert ("orders", "aws_dynamodb_table") in asked
    assert ("data", "aws_rds_cluster") in asked
    assert (None, None) in asked


@pytest.mark.parametrize(
    ("key", "old", "is_allowed"),
    [
        ("cluster.version", "1.36", True),
        ("cluster.version", "1.35", True),
        ("cluster.version", "1.34", False),
        ("cluster.version", "1.37", False),
        ("database.version", "16.9", True),
        ("database.version", "15.13", True),
        ("database.version", "17.4", False),
        ("database.version", 16, True),
        ("account", None, False),
    ],
)
def test_versions_go_up_and_a_record_edited_by_hand_is_no_traceback(
    key: str, old: Any, is_allowed: bool, system: Check
) -> None:
    found = system(
        "web: {}", 'account: "123456789012"\ncluster: {version: "1.36"}\ndatabase: {version: "16.13"}\n'
    ).spec
    assert found
    assert (list(changed(*applied({key: old}), found)) == []) == is_allowed


def test_what_was_not_recorded_is_free(spec: Spec) -> None:
    assert list(changed(*applied({}), spec)) == []


def state(folder: Path, stack: str, *types: str) -> Path:
    """A generated/ with one stack, and its state beside it."""
    at = folder / "generated" / "stacks" / stack
    at.mkdir(parents=True)
    backend = {"local": {"path": f"../../../state/{stack}.tfstate"}}
    (at / "cdk.tf.json").write_text(json.dumps({"terraform": {"backend": backend}}))
    (folder / "state").mkdir(exist_ok=True)
    resources = [{"mode": "managed", "type": one, "name": "x", "instances": [{}]} for one in types]
    (folder / "state" / f"{stack}.tfstate").write_text(json.dumps({"version": 4, "resources": resources}))
    return folder / "generated"


def test_a_state_says_what_is_applied(tmp_path: Path) -> None:
    generated = state(tmp_path, "orders", "aws_sqs_queue")
    asked = record.read(generated, lifelong_keys.FILE).values_if_applied
    assert asked("orders", "aws_sqs_queue") == asked(None, None) == ({}, [])
    assert asked("orders", "aws_dynamodb_table") is None
    assert asked("network", "aws_vpc") is None


def test_nothing_is_applied_where_states_are_empty(tmp_path: Path) -> None:
    assert record.read(state(tmp_path, "orders"), lifelong_keys.FILE).values_if_applied(None, None) is None


def test_a_state_that_can_not_be_read_may_hold_everything_until_it_is_vouched_for(tmp_path: Path) -> None:
    generated = state(tmp_path, "orders")
    backend: dict[str, Any] = {"terraform": {"backend": {"s3": {"bucket": "b"}}}}
    (generated / "stacks" / "orders" / "cdk.tf.json").write_text(json.dumps(backend))
    of = ("orders", "aws_dynamodb_table")
    assert record.read(generated, lifelong_keys.FILE).values_if_applied(*of) == ({}, ["orders"])
    assert record.read(generated, lifelong_keys.FILE, ["orders"]).values_if_applied(*of) is None


def test_where_no_state_can_be_read_the_mistake_says_so_and_the_way_out(spec: Spec) -> None:
    (mistake,) = changed(*applied(recorded(spec) | {"region": "eu-central-1"}, ["network", "cluster"]), spec)
    assert "was eu-central-1 before, which may be deployed. " in mistake.what
    never_applied = "main.py --never-applied network --never-applied cluster."
    assert mistake.next_step.endswith(f"If nothing was ever applied: {never_applied}")


def test_a_deployed_service_keeps_its_fargate_profile_and_a_new_one_may_share(system: Check) -> None:
    services = "orders: {}\nmails: {}\nbooks: {}"
    found = system(services, "cluster: {fargate_profiles: orders}\n").spec
    assert found
    assert [place for place in recorded(found) if "fargate" in place] == [
        "services.books.fargate_profile",
        "services.mails.fargate_profile",
    ]
    assert list(changed(*applied(recorded(found)), found)) == []
    assert list(changed(*never(recorded(found)), found)) == []
    before = {key: value for key, value in recorded(found).items() if key != "services.mails.fargate_profile"}
    (mistake,) = changed(*applied(before), found)
    assert mistake.path == ("cluster", "fargate_profiles")
    assert mistake.what.startswith("mails: deployed with a Fargate profile of their own.")
    assert "write `fargate_profiles: [orders, mails]`" in mistake.next_step
    assert mistake.edit
    assert mistake.edit.text == "[orders, mails]"


@pytest.mark.parametrize("text", ["", "{", "[]", '{"values": 1}', "{}"])
def test_a_record_that_is_damaged_or_missing_says_nothing(text: str, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(text)
    assert record.read(tmp_path, "a.json").last.values == {}
    assert record.read(tmp_path, "b.json").last.values == {}


def test_the_documentation_lists_every_key() -> None:
    text = (ROOT / "docs" / "reference" / "lifelong-keys.md").read_text()
    assert [key for key in (*KEYS, "partition_key", "sort_key") if f"| `{key}`" not in text] == []
