"""What `make synth` says of a change, on small stacks."""

import json
from pathlib import Path
from typing import Any

import pytest

from modules.reports import changes

QUEUE = {"resource": {"aws_sqs_queue": {"orders": {"name": "orders"}}}}


def stack(name: str, content: dict[str, Any], **beside: str) -> dict[str, bytes]:
    files = {f"stacks/{name}/cdk.tf.json": json.dumps(content).encode()}
    return files | {f"stacks/{name}/{file}": text.encode() for file, text in beside.items()}


def said(before: dict[str, bytes], after: dict[str, bytes]) -> list[str]:
    return changes.lines(changes.changes(before, after))


def test_nothing_is_said_of_what_is_the_same() -> None:
    assert said(stack("orders", QUEUE, lock="a"), stack("orders", QUEUE)) == []


def test_what_is_added_changed_and_removed_is_named_by_address() -> None:
    after = {
        "resource": {"aws_sqs_queue": {"orders": {"name": "o"}, "dead": {}}, "aws_sns_topic": {"orders": {}}},
        "data": {"aws_iam_policy_document": {"queue": {}}},
        "output": {"url": {"value": 1}},
        "//": {"metadata": {}},
    }
    (line,) = said(stack("orders", QUEUE), stack("orders", after, values="image: a"))
    added = "3 added: aws_sns_topic.orders, aws_sqs_queue.dead, 1 more"
    assert line == f"~ orders  {added}; 1 changed: aws_sqs_queue.orders; outputs, values"
    assert said(stack("orders", after), stack("orders", {})) == [
        "~ orders  4 removed: aws_sns_topic.orders, aws_sqs_queue.dead, 2 more; outputs"
    ]


def test_new_stacks_and_those_that_go_are_counted_and_aligned() -> None:
    after = stack("web", {**QUEUE, "data": {"aws_region": {"here": {}}}})
    assert said(stack("orders", QUEUE), after) == ["- orders  gone, with 1 resource", "+ web     new, 1 resource"]


def test_of_many_stacks_the_first_dozen_is_said() -> None:
    many = {path: text for number in range(15) for path, text in stack(f"s{number}", QUEUE).items()}
    assert len(said({}, many)) == changes.MOST_STACKS + 1
    assert said({}, many)[-1] == "  and 3 more: git diff --stat generated"


@pytest.mark.parametrize("damaged", [b"{", b"[]", b"\xff"])
def test_a_damaged_configuration_is_as_none(damaged: bytes) -> None:
    before = {"stacks/orders/cdk.tf.json": damaged}
    assert said(before, stack("orders", QUEUE)) == ["+ orders  new, 1 resource"]


def test_what_can_not_be_read_is_not_there(tmp_path: Path) -> None:
    (tmp_path / "stacks" / "orders" / ".terraform").mkdir(parents=True)
    (tmp_path / "stacks" / "orders" / "values.yaml").write_text("a")
    assert changes.held(tmp_path, ["orders", "gone"]) == {"stacks/orders/values.yaml": b"a"}
    assert changes.held(tmp_path, ["gone"]) == {}
