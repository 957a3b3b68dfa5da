"""What is merged into a service's stack while its requests go over to the target group of another protocol."""

import json
from typing import Any

import pytest

from modules.deploy import protocol_change
from modules.facts.charts import PLACEHOLDER
from modules.state.state_file import Instance, Resource, State

OLD, NEW = "aws_lb_target_group.web_shop", "aws_lb_target_group.web_shop_grpc"
RULE, NETWORK, PODS = "aws_lb_listener_rule.web_shop", "helm_release.web_shop_network", "helm_release.web_shop"
TEMPLATE = '${templatefile("network.values.yaml", local.values)}'
DECLARED: dict[str, Any] = {
    NEW: {},
    RULE: {"action": [{"type": "forward", "target_group_arn": f"${{{NEW}.arn}}"}]},
    NETWORK: {"values": [TEMPLATE]},
    PODS: {"values": []},
}
BINDING = {"arn": "arn:old", "vpcId": "vpc-1"}


def state(**more: dict[str, Any]) -> State:
    held: dict[str, dict[str, Any]] = {
        OLD: {"arn": "arn:old"},
        RULE: {"action": [{"target_group_arn": "arn:old"}]},
        NETWORK: {"values": [f"# Values\nservice: web-shop\ntargetGroup: {json.dumps(BINDING)}\n"]},
        PODS: {"values": ["image: registry.example.com/web:v1\n"]},
    }
    places = {"network": NETWORK, "pods": PODS, "rule": RULE, "new": NEW}
    return State(
        version=4,
        resources=[
            Resource(mode="managed", type=kind, name=name, instances=[Instance(attributes=attributes)])
            for place, attributes in (held | {places[key]: value for key, value in more.items()}).items()
            for kind, _, name in [place.partition(".")]
        ],
    )


def override(held: State, *, new: bool = False) -> dict[str, Any]:
    return dict(json.loads(protocol_change.override("web-shop", DECLARED, held, new=new)).get("resource", {}))


def test_a_group_that_takes_over_from_one_of_another_protocol_is_a_change() -> None:
    assert protocol_change.is_one("web-shop", DECLARED, [OLD], state())
    assert protocol_change.is_one("web-shop", [OLD], [NEW], state())


@pytest.mark.parametrize(
    ("declared", "going", "why"),
    [
        ([NEW], [], "the first group"),
        ([RULE], [OLD], "no path any more"),
        ([NEW], ["aws_lb_target_group.web"], "that of an earlier name, whose prefix it is"),
        ([NEW], ["aws_lb_target_group.web_shop_api"], "that of another name"),
    ],
)
def test_without_two_groups_of_one_service_it_is_none(declared: list[str], going: list[str], why: str) -> None:
    assert not protocol_change.is_one("web-shop", declared, going, state()), why


def test_a_placeholder_answers_by_no_other_protocol_and_its_requests_may_fail() -> None:
    held = state(pods={"values": [f"image: {PLACEHOLDER}\n"]})
    assert not protocol_change.is_one("web-shop", DECLARED, [OLD], held)


def test_pods_are_in_both_groups_and_requests_go_to_the_old_one() -> None:
    found = override(state())
    (forward,) = found["aws_lb_listener_rule"]["web_shop"]["action"][0]["forward"]
    assert forward["target_group"] == [{"arn": "arn:old", "weight": 1}, {"arn": f"${{{NEW}.arn}}", "weight": 0}]
    template, kept = found["helm_release"]["web_shop_network"]["values"]
    assert template == TEMPLATE
    assert json.loads(kept) == {"earlierTargetGroup": {"name": "web-shop", **BINDING}}


def test_then_requests_go_to_the_new_one_and_the_pods_stay_in_both() -> None:
    first, then = override(state()), override(state(), new=True)
    (forward,) = then["aws_lb_listener_rule"]["web_shop"]["action"][0]["forward"]
    assert [group["weight"] for group in forward["target_group"]] == [0, 1]
    assert then["helm_release"] == first["helm_release"]


def test_an_interrupted_change_goes_on_where_it_ended() -> None:
    bound = "targetGroup: {name: web-shop-grpc, arn: 'arn:new', vpcId: vpc-1}\n"
    kept = json.dumps({"earlierTargetGroup": {"name": "web-shop", **BINDING}})
    groups = [{"arn": "arn:old", "weight": 0}, {"arn": "arn:new", "weight": 1}]
    held = state(
        new={"arn": "arn:new"},
        rule={"action": [{"forward": [{"target_group": groups}]}]},
        network={"values": [bound, kept]},
    )
    found = override(held)
    (forward,) = found["aws_lb_listener_rule"]["web_shop"]["action"][0]["forward"]
    assert [group["weight"] for group in forward["target_group"]] == [0, 1], "requests do not go back"
    assert json.loads(found["helm_release"]["web_shop_network"]["values"][1])["earlierTargetGroup"]["arn"] == "arn:old"


def test_what_only_waits_to_be_deleted_is_left_alone() -> None:
    held = state(
        new={"arn": "arn:new"},
        rule={"action": [{"target_group_arn": "arn:new"}]},
        network={"values": ["targetGroup: {name: web-shop-grpc, arn: 'arn:new', vpcId: vpc-1}\n"]},
    )
    assert override(held) == {}
    assert "resource" not in protocol_change.override("web-shop", DECLARED, held, new=False), (
        "Terraform refuses it empty"
    )
