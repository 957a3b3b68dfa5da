"""Differences between AWS and the states in words, from the JSON of a plan."""

import json
from collections.abc import Mapping
from typing import Any

from modules.errors import CommandError
from modules.plan import drift, render
from modules.plan.drift import Difference
from modules.plan.planner import StackPlan
from modules.plan.system import Compared

DECLARED = {
    "aws_dynamodb_table": {"orders": {"name": "orders", "deletion_protection_enabled": True, "ttl": {"kept": "1"}}},
    "aws_iam_role": {"orders": {"description": "Of orders."}},
    "kubernetes_namespace_v1": {"orders": {"metadata": {"name": "orders", "labels": {"app": "orders"}}}},
}
TABLE, ROLE = "aws_dynamodb_table", "aws_iam_role"


def _drift(kind: str, before: Any, after: Any, **more: Any) -> dict[str, Any]:
    change = {"actions": ["delete"] if after is None else ["update"], "before": before, "after": after, **more}
    return {"address": f"{kind}.orders", "type": kind, "name": "orders", "mode": "managed", "change": change}


def _planned(*found: Mapping[str, Any], stack: str = "orders", without_kubernetes: str | None = None) -> StackPlan:
    plan = {"resource_drift": list(found)}
    return StackPlan(stack, plan, {"resource": DECLARED}, frozenset(), {}, without_kubernetes, frozenset())


def _told(*found: Mapping[str, Any]) -> list[tuple[str, str | None]]:
    differences: list[Difference] = list(drift.differences(_planned(*found)))
    return [("; ".join(one.words), one.risk) for one in differences]


def test_a_table_that_is_gone_is_data_at_risk() -> None:
    assert _told(_drift(TABLE, {}, None)) == [("was deleted outside of Terraform", "It held its items.")]


def test_another_resource_that_is_gone_is_a_difference_without_a_risk() -> None:
    assert _told(_drift("aws_sns_topic_policy", {}, None)) == [("was deleted outside of Terraform", None)]


def test_protection_that_is_off_is_a_risk() -> None:
    before, after = {"deletion_protection_enabled": True}, {"deletion_protection_enabled": False}
    assert _told(_drift(TABLE, before, after)) == [
        ("deletion_protection_enabled: `true` -> `false`", "Nothing protects its items.")
    ]


def test_what_generated_does_not_set_is_no_difference_but_the_tags_are() -> None:
    assert _told(_drift(TABLE, {"stream_arn": ""}, {"stream_arn": "arn:x"})) == []
    before, after = {"tags_all": {"a": "1", "b": "2"}}, {"tags_all": {"a": "1", "b": "3"}}
    assert _told(_drift(TABLE, before, after)) == [('tags_all.b: `"2"` -> `"3"`', None)]


def test_what_differs_in_a_block_is_told_by_its_place_and_what_generated_does_not_set_there_is_none() -> None:
    def namespace(version: str, **labels: str) -> dict[str, Any]:
        return {"metadata": [{"name": "orders", "labels": {"app": "orders", **labels}, "resource_version": version}]}

    kind = "kubernetes_namespace_v1"
    assert _told(_drift(kind, namespace("1"), namespace("2"))) == []
    assert _told(_drift(kind, namespace("1"), namespace("2", team="baskets"))) == [
        ('metadata.labels.team: `none` -> `"baskets"`', None)
    ]


RELEASE = "helm_release"


def _release(status: str = "deployed", revision: int = 1, **values: int) -> dict[str, Any]:
    """As the provider reads it: `values` as Terraform once set them, and those of the cluster in `metadata`."""
    metadata = {"revision": revision, "last_deployed": 1764000000 + revision, "values": json.dumps(values)}
    fixed = {"name": "orders", "namespace": "orders", "version": "0.1.0", "values": ["pods: 2\n"]}
    return {**fixed, "status": status, "metadata": metadata}


def test_of_a_release_its_status_and_the_values_in_the_cluster_are_compared_and_no_revision() -> None:
    before = _release(pods=2)
    assert _told(_drift(RELEASE, before, _release(revision=2, pods=2))) == []
    assert _told(_drift(RELEASE, before, _release(revision=2, pods=3))) == [("values.pods: `2` -> `3`", None)]
    assert _told(_drift(RELEASE, before, _release(revision=2, pods=2, status="failed"))) == [
        ('status: `"deployed"` -> `"failed"`', None)
    ]


def test_the_page_has_the_command_that_puts_back_the_values_of_a_release() -> None:
    changed = _planned(_drift(RELEASE, _release(revision=4, pods=2), _release(revision=5, pods=3)))
    assert drift.page({"orders": changed}).sections[-1].lines[0] == (
        "`helm rollback orders 4 --namespace orders` puts back the values of orders, which no plan compares."
    )


def test_a_data_source_that_reads_another_value_is_no_difference() -> None:
    assert _told({**_drift(ROLE, {"description": "a"}, {"description": "b"}), "mode": "data"}) == []


def test_a_secret_value_is_never_shown() -> None:
    before, after = {"name": "hunter2"}, {"name": "hunter3"}
    for sides in ({"before_sensitive": {"name": True}}, {"after_sensitive": {"name": True}}, {"after_sensitive": True}):
        assert _told(_drift(TABLE, before, after, **sides)) == [("name is another one (it is secret)", None)]


def test_a_block_without_a_secret_is_shown_and_one_with_a_secret_in_it_is_not() -> None:
    """Terraform marks each secret value with true, in the shape of all values."""
    before, after = {"ttl": [{"kept": "1"}]}, {"ttl": [{"kept": "2"}]}
    none: dict[str, Any] = {"ttl": [{"labels": {}}], "name": False}
    assert _told(_drift(TABLE, before, after, before_sensitive=none, after_sensitive=none)) == [
        ('ttl.kept: `"1"` -> `"2"`', None)
    ]
    assert _told(_drift(TABLE, before, after, after_sensitive={"ttl": [{"kept": True}]})) == [
        ("ttl is another one (it is secret)", None)
    ]


def test_a_long_value_is_cut() -> None:
    ((what, _),) = _told(_drift(TABLE, {"name": "x" * 100}, {"name": None}))
    assert what == f'name: `"{"x" * 58}…` -> `none`'


def test_the_page_says_what_is_at_risk_first_and_what_was_not_compared() -> None:
    compared: Compared = {
        "orders": _planned(
            _drift(ROLE, {"description": "Of orders."}, {"description": "`mine`"}), _drift(TABLE, {}, None)
        ),
        "web": _planned(stack="web", without_kubernetes="the cluster is not there yet"),
        "data": CommandError("drift data", "terraform plan failed on a copy of the stack:\n  Error: x", "Correct it."),
        "edge": None,
    }
    page = drift.page(compared)
    assert render.text(page) == "\n".join(
        (
            "2 differences, in 1 of 2 stacks.",
            "",
            "Data at risk",
            "  DynamoDB table aws_dynamodb_table.orders was deleted outside of Terraform. It held its items.",
            "",
            "By stack",
            """  orders: IAM role aws_iam_role.orders: description: "Of orders." -> "'mine'\"""",
            "  orders: DynamoDB table aws_dynamodb_table.orders was deleted outside of Terraform",
            "",
            "Not compared",
            "  data: terraform plan failed on a copy of the stack:",
            "  Stacks that hold nothing: edge.",
            "  Helm releases and Kubernetes objects of web: the cluster is not there yet.",
            "",
            "Next",
            "  make deploy puts back what generated/ says; what AWS is to keep belongs into services.yaml.",
        )
    )
    assert page.code == 3


def test_the_exit_code_is_that_of_a_plan_and_an_error_hides_no_risk() -> None:
    role = _planned(_drift(ROLE, {"description": "a"}, {"description": "b"}))
    error = CommandError("drift data", "It failed.", "Correct it.")
    assert drift.page({"a": _planned(), "b": None}).code == 0
    assert drift.page({"a": role}).code == 2
    assert drift.page({"a": role, "b": error}).code == 1
    assert drift.page({"a": _planned(_drift(TABLE, {}, None)), "b": error}).code == 3


def test_json_has_the_words_of_each_difference() -> None:
    found = drift.as_json({"orders": _planned(_drift(ROLE, {"description": "a"}, {"description": "b"}))})
    assert (found["exit_code"], found["stacks"]) == (2, ["orders"])
    assert found["differences"] == [
        {
            "stack": "orders",
            "address": "aws_iam_role.orders",
            "type": "aws_iam_role",
            "action": "update",
            "attributes": ["description"],
            "words": ['description: "a" -> "b"'],
            "risk": None,
        }
    ]
