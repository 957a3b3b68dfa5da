"""The copy of a stack that is planned."""

import json

from modules.plan import planned_outputs, stack_copy
from modules.plan.stack_copy import UNKNOWN_EXPRESSION

READ = "data.terraform_remote_state.network.outputs"
STACK = {
    "terraform": {"backend": {"local": {"path": "x"}}, "required_providers": {"aws": {}, "helm": {}}},
    "provider": {"aws": [{}], "helm": [{}]},
    "data": {"terraform_remote_state": {"network": {"lifecycle": {"postcondition": [{}]}}, "cluster": {}}},
    "resource": {
        "aws_sqs_queue": {"a": {"name": f"${{{READ}.name}}", "lifecycle": {"prevent_destroy": True, "x": 1}}},
        "helm_release": {"a": {"name": "a"}},
    },
    "output": {
        "release": {"value": "${helm_release.a.id}"},
        "queue": {"value": "${aws_sqs_queue.a.arn}", "depends_on": ["helm_release.a"]},
    },
}


def test_reads_of_planned_stacks_become_their_values_and_other_reads_stay() -> None:
    copy = stack_copy.make(STACK, {"network": {"name": "shop"}}, with_kubernetes=True).configuration
    assert copy["data"] == {"terraform_remote_state": {"cluster": {}}}
    assert copy["locals"] == {"planned_network": {"name": "shop"}}
    assert copy["resource"]["aws_sqs_queue"]["a"]["name"] == "${local.planned_network.name}"
    assert "unknown_until_apply" in copy["resource"]["terraform_data"]
    assert "backend" not in copy["terraform"]


def test_a_workspace_of_hcp_terraform_is_found_by_its_name_and_is_not_used_by_a_copy() -> None:
    cloud = {"organization": "acme", "workspaces": {"name": "shop-network", "project": "Web shop"}}
    read = {"backend": "remote", "config": {"organization": "acme", "workspaces": {"name": "shop-network"}}}
    whole = {"terraform": {"cloud": cloud}, "data": {"terraform_remote_state": {"net": read}}, "ephemeral": {"a": {}}}
    assert stack_copy.stacks_read(whole, {"network": {"terraform": {"cloud": cloud}}}) == {"net": "network"}
    copy = stack_copy.make(whole, {}, with_kubernetes=False).configuration
    assert copy == {"data": {"terraform_remote_state": {"net": read}}}


def test_nothing_is_kept_from_being_destroyed_and_what_was_is_named() -> None:
    copy = stack_copy.make(STACK, {}, with_kubernetes=True)
    assert copy.configuration["resource"]["aws_sqs_queue"]["a"]["lifecycle"] == {"x": 1}
    assert copy.kept == {"aws_sqs_queue.a"}
    assert STACK["resource"]["aws_sqs_queue"]["a"]["lifecycle"]["prevent_destroy"], "the stack itself is not changed"  # type: ignore[index]


def test_without_its_kubernetes_half_a_copy_names_the_outputs_that_are_lost() -> None:
    copy = stack_copy.make(STACK, {}, with_kubernetes=False)
    assert copy.configuration["provider"] == {"aws": [{}]}
    assert copy.configuration["resource"].keys() == {"aws_sqs_queue"}
    assert copy.configuration["output"] == {"queue": {"value": "${aws_sqs_queue.a.arn}"}}, "it waits for nothing here"
    assert copy.lost == {"release"}


def test_planned_outputs_keep_what_is_known_and_are_unknown_elsewhere() -> None:
    changes = {
        "id": {"actions": ["update"], "after": None, "after_unknown": True},
        "ids": {"actions": ["update"], "after": ["a"], "after_unknown": [False, True]},
        "by_name": {"actions": ["update"], "after": {"${x}": "%{y}"}, "after_unknown": {"b": True}},
        "same": {"actions": ["no-op"], "after": {"a": [1, True, None]}, "after_unknown": False},
        "gone": {"actions": ["delete"], "after": None, "after_unknown": False},
    }
    found = planned_outputs.expressions({"output_changes": changes}, frozenset({"lost"}))
    assert found == {
        "id": UNKNOWN_EXPRESSION,
        "ids": ["a", UNKNOWN_EXPRESSION],
        "by_name": {"$${x}": "%%{y}", "b": UNKNOWN_EXPRESSION},
        "same": {"a": [1, True, None]},
        "lost": UNKNOWN_EXPRESSION,
    }
    json.dumps(found)
