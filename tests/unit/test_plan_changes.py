"""Which changes of a plan are certain, and what they cost."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from modules.checks.check import check
from modules.plan import cost_lines
from modules.plan.change import Change, of_stack
from modules.plan.planner import StackPlan

TODAY = date(2026, 11, 26)


def _one(actions: list[str], before: Any, after: Any, unknown: Any, **more: Any) -> Change | None:
    change = {"actions": actions, "before": before, "after": after, "after_unknown": unknown, **more.pop("change", {})}
    resource = {"mode": "managed", "type": "aws_x", "name": "a", "address": "aws_x.a", "change": change, **more}
    planned = StackPlan("s", {"resource_changes": [resource]}, {}, frozenset(), {}, None, frozenset())
    return next(of_stack(planned), None)


@pytest.mark.parametrize(
    ("before", "after", "unknown", "certain"),
    [
        ({"a": 1}, {"a": 2}, {}, True),
        ({"a": 1}, {}, {"a": True}, False),
        ({"a": 1, "b": 1}, {"b": 2}, {"a": True}, True),
        ({"a": ["x", "y"]}, {"a": [None, "x"]}, {"a": [True, False]}, False),
        ({"a": ["x", "y"]}, {"a": ["x", "z", None]}, {"a": [False, False, True]}, True),
        ({"a": [{"id": "m", "n": 0}]}, {"a": [{"id": "m", "n": None}]}, {"a": [{"arn": True}]}, False),
        ({"a": {"b": 1, "c": 2}}, {"a": {"b": 1}}, {"a": {"c": True}}, False),
    ],
)
def test_an_update_is_certain_unless_the_unknown_may_be_what_it_was(
    before: Any, after: Any, unknown: Any, certain: bool
) -> None:
    change = _one(["update"], before, after, unknown)
    assert change
    assert change.is_certain is certain


@pytest.mark.parametrize(
    ("after", "unknown", "reason", "certain"),
    [
        ({}, {"a": True}, "replace_because_cannot_update", False),
        ({"a": 2}, {}, "replace_because_cannot_update", True),
        ({"a": 1}, {}, "replace_by_request", True),
        ({"a": 1}, {}, "replace_because_tainted", True),
    ],
)
def test_a_replacement_is_certain_where_its_cause_is_known(
    after: Any, unknown: Any, reason: str, certain: bool
) -> None:
    change = _one(
        ["delete", "create"], {"a": 1}, after, unknown, action_reason=reason, change={"replace_paths": [["a"]]}
    )
    assert change
    assert (change.action, change.is_certain, change.because) == ("replace", certain, ("a",))


def test_what_only_moves_or_is_taken_over_is_told_and_a_read_is_not() -> None:
    moved = _one(["no-op"], {"a": 1}, {"a": 1}, {}, previous_address="aws_x.old")
    assert moved
    assert moved.action == "move"
    taken = _one(["no-op"], {"a": 1}, {"a": 1}, {}, change={"importing": {"id": "x"}})
    assert taken
    assert taken.action == "import"
    assert _one(["no-op"], {"a": 1}, {"a": 1}, {}) is None
    assert _one(["read"], None, {}, {}) is None


def test_the_cost_is_that_of_what_comes_and_goes(tmp_path: Path) -> None:
    file = tmp_path / "services.yaml"
    file.write_text("project: shop\nregion: eu-west-1\nservices:\n  orders:\n    pods: 1\n")
    spec = check(file, TODAY).spec
    assert spec
    held = {"aws_eip": {"a": {}}, "aws_kms_key": {"a": {"enable_key_rotation": True}}}
    new = Change("network", "aws_eip", "aws_eip.a", "create", {}, {})
    gone = Change("orders", "aws_kms_key", "aws_kms_key.b", "delete", {"enable_key_rotation": False}, {})
    configurations: dict[str, dict[str, Any]] = {"network": {"resource": held}, "orders": {"resource": {}}}
    assert cost_lines.lines([new, gone], configurations, spec, TODAY) == [
        "KMS keys in orders: -1.00 US dollars a month",
        "Public IPv4 addresses in network: +3.65 US dollars a month",
        "in all: +2.65 US dollars a month",
    ]
    assert cost_lines.lines([], configurations, spec, TODAY) == []
