"""What is merged into a renamed service's stack while pods of both names run."""

import json
from typing import Any

import pytest

from modules.deploy.overlap import override
from modules.state.state_file import Instance, Resource, State

NAMES = ("carts", "orders")
MOVED = {"aws_iam_role.carts": "aws_iam_role.orders", "aws_lb_listener_rule.carts": "aws_lb_listener_rule.orders"}
RULE = {"action": [{"type": "forward", "target_group_arn": "${aws_lb_target_group.orders.arn}"}]}
DECLARED: dict[str, Any] = {"aws_iam_role.orders": {}, "aws_lb_listener_rule.orders": RULE}


def trust(*accounts: str, service: str = "ec2") -> str:
    federated = {"Condition": {"StringEquals": {"oidc:sub": [*accounts], "oidc:aud": "sts.amazonaws.com"}}}
    return json.dumps({"Statement": [federated] if accounts else [{"Principal": {"Service": service}}]})


def both(held: dict[str, dict[str, Any]], *, new: bool = False) -> dict[str, Any]:
    resources = [
        Resource(mode="managed", type=kind, name=name, instances=[Instance(attributes=attributes)])
        for place, attributes in held.items()
        for kind, _, name in [place.partition(".")]
    ]
    text = override(DECLARED, State(version=4, resources=resources), MOVED, NAMES, new=new)
    return dict(json.loads(text).get("resource", {}))


def test_the_role_trusts_the_accounts_of_both_names() -> None:
    found = both({"aws_iam_role.carts": {"assume_role_policy": trust("system:serviceaccount:carts:carts")}})
    policy = json.loads(found["aws_iam_role"]["orders"]["assume_role_policy"])
    assert policy["Statement"][0]["Condition"]["StringEquals"] == {
        "oidc:sub": ["system:serviceaccount:carts:carts", "system:serviceaccount:orders:orders"],
        "oidc:aud": "sts.amazonaws.com",
    }


def test_a_role_that_is_not_for_its_pods_stays() -> None:
    assert both({"aws_iam_role.carts": {"assume_role_policy": trust()}}) == {}


@pytest.mark.parametrize(
    "action",
    [
        {"target_group_arn": "arn:carts"},
        {
            "target_group_arn": "",
            "forward": [{"target_group": [{"arn": "arn:orders", "weight": 0}, {"arn": "arn:carts", "weight": 1}]}],
        },
    ],
    ids=["at first", "again, after it was interrupted"],
)
def test_the_rule_names_the_new_group_and_sends_it_nothing(action: dict[str, Any]) -> None:
    group: dict[str, Any] = {"arn": "arn:orders"}
    found = both({"aws_lb_listener_rule.carts": {"action": [action]}, "aws_lb_target_group.orders": group})
    (forward,) = found["aws_lb_listener_rule"]["orders"]["action"][0]["forward"]
    assert forward["target_group"] == [
        {"arn": "arn:carts", "weight": 1},
        {"arn": "${aws_lb_target_group.orders.arn}", "weight": 0},
    ]


@pytest.mark.parametrize(("weight", "new"), [(0, True), (1, False)], ids=["then", "and does not go back"])
def test_the_new_group_gets_the_requests(weight: int, *, new: bool) -> None:
    groups = [{"arn": "arn:orders", "weight": weight}, {"arn": "arn:carts", "weight": 1 - weight}]
    held: dict[str, dict[str, Any]] = {
        "aws_lb_listener_rule.orders": {"action": [{"forward": [{"target_group": groups}]}]},
        "aws_lb_target_group.orders": {"arn": "arn:orders"},
    }
    (forward,) = both(held, new=new)["aws_lb_listener_rule"]["orders"]["action"][0]["forward"]
    assert [group["weight"] for group in forward["target_group"]] == [0, 1]


def test_a_rule_that_has_only_the_new_group_stays() -> None:
    held: dict[str, dict[str, Any]] = {
        "aws_lb_listener_rule.orders": {"action": [{"target_group_arn": "arn:orders"}]},
        "aws_lb_target_group.orders": {"arn": "arn:orders"},
    }
    assert both(held) == {}
