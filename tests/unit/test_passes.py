"""In which order stacks are applied when something goes."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from modules.deploy.passes import Change, Pass, commands, is_plain, passes, sentences, settled, text
from modules.errors import CommandError
from modules.state.applied_stacks import Stack
from modules.state.record import Snapshot
from modules.state.state_file import Instance, Resource, State

NEEDS = {
    "network": (),
    "cluster": ("network",),
    "platform": ("cluster",),
    "orders": ("platform", "cluster"),
    "legacy": ("cluster",),
}
STACKS = {name: Stack(name, needs, Path("generated/stacks", name)) for name, needs in NEEDS.items()}
GROUP = {"aws_security_group.legacy": {"id": "sg-1"}}


def state(held: Mapping[str, dict[str, Any]]) -> State:
    resources = [
        Resource(
            mode="managed",
            type=address.partition(".")[0],
            name=address.partition(".")[2],
            instances=[Instance(attributes=attributes)],
        )
        for address, attributes in held.items()
    ]
    return State(version=4, resources=resources)


class Generated(Snapshot):
    """What the stacks declare, and what of them is to be destroyed."""

    def __init__(self, declared: Mapping[str, list[str]], retired: Mapping[str, list[str]]) -> None:
        super().__init__(Path("generated"), {}, {})
        object.__setattr__(self, "declared", declared)
        object.__setattr__(self, "to_destroy", retired)

    def resources(self, stack: str) -> dict[str, Any]:
        return {place: {} for place in self.__dict__["declared"].get(stack, ())}

    def retired(self, stack: str) -> dict[str, Any]:
        return {place: {} for place in self.__dict__["to_destroy"].get(stack, ())}

    def let_go(self, stack: str) -> list[str]:
        return ["aws_sqs_queue.kept"]


def order(
    held: Mapping[str, Mapping[str, dict[str, Any]]],
    declared: Mapping[str, list[str]] | None = None,
    destroyed: Mapping[str, list[str]] | None = None,
    chosen: list[str] | None = None,
    retired: tuple[str, ...] = ("legacy",),
) -> list[str]:
    states = {name: state(held.get(name, {})) for name in STACKS}
    change = Change(STACKS, Generated(declared or {}, destroyed or {}), states, retired)
    return [text(one) for one in passes(change, [STACKS[name] for name in chosen or STACKS])]


def test_where_nothing_goes_each_stack_is_applied_once_in_order() -> None:
    assert order({"cluster": {"aws_vpc.a": {}}}, {"cluster": ["aws_vpc.a"]}, retired=()) == list(STACKS)


def test_what_terraform_only_forgets_does_not_go() -> None:
    assert order({"cluster": {"aws_sqs_queue.kept": {"id": "a"}}}, retired=()) == list(STACKS)


def test_a_retired_stack_goes_first_and_then_what_the_platform_had_for_it() -> None:
    held = {
        "legacy": {"helm_release.legacy": {"id": "legacy"}},
        "cluster": {"aws_eks_fargate_profile.legacy": {"id": "p"}},
    }
    assert order(held) == ["legacy", "network", "cluster", "platform", "orders"]


def test_what_later_stacks_drop_too_goes_before_what_they_stand_on() -> None:
    held = {"platform": {"kubernetes_namespace_v1.legacy": {"id": "n"}}, "cluster": GROUP}
    found = order(held, {"cluster": ["aws_eks_cluster.main"]})
    assert found == ["legacy", "network", "cluster (delete nothing)", "platform", "orders", "cluster"]


def test_a_group_that_another_stacks_rule_names_goes_after_the_rule() -> None:
    rule = {"aws_vpc_security_group_egress_rule.legacy": {"id": "sgr-1", "referenced_security_group_id": "sg-1"}}
    found = order({"cluster": GROUP, "orders": rule}, {"orders": [*rule], "cluster": ["aws_eks_cluster.main"]})
    assert found == ["legacy", "network", "cluster (delete nothing)", "platform", "orders", "cluster"]


def test_a_redis_user_with_a_password_goes_after_the_pods_that_have_it() -> None:
    """The service's stack names it in a tag (modules/constructs/permissions/redis.py)."""
    password, iam = "aws_elasticache_user.orders_password", "aws_elasticache_user.orders"
    held: dict[str, dict[str, dict[str, Any]]] = {
        "platform": {password: {"id": "shop-orders-password"}},
        "orders": {iam: {"id": "shop-orders-1", "tags": {"PasswordUser": "shop-orders-password"}}},
    }
    found = order(held, {"platform": ["helm_release.database_users"], "orders": [iam]}, retired=())
    assert found == ["network", "cluster", "platform (delete nothing)", "orders", "legacy", "platform"]


def test_the_last_to_go_is_what_most_stand_on() -> None:
    rule = {"aws_vpc_security_group_egress_rule.legacy": {"referenced_security_group_id": "sg-1", "vpc": "e-1"}}
    held = {"network": {"aws_vpc_endpoint.a": {"id": "e-1"}}, "cluster": GROUP, "orders": rule}
    assert order(held)[-2:] == ["cluster", "network"]


def test_what_is_destroyed_is_allowed_to_go_first_and_only_where_it_is_applied() -> None:
    destroyed = {
        "legacy": ["aws_s3_bucket.legacy", "aws_dynamodb_table.legacy"],
        "orders": ["aws_dynamodb_table.orders"],
    }
    held = {"legacy": {"aws_s3_bucket.legacy": {"id": "b"}}}
    assert order(held, destroyed=destroyed)[:3] == ["legacy (allow to delete)", "legacy (delete stores)", "legacy"]
    assert "orders (allow to delete)" not in order(held, destroyed=destroyed)


@pytest.mark.parametrize(
    ("held", "why"),
    [
        ({"orders": {"rule.a": {"group": "sg-1"}}}, "orders still uses it"),
        ({"legacy": {"helm_release.a": {"id": "x"}}}, "legacy is retired and still holds resources"),
    ],
)
def test_one_stack_alone_is_not_applied_before_those_that_use_what_goes(
    held: dict[str, dict[str, dict[str, Any]]], why: str
) -> None:
    with pytest.raises(CommandError) as refused:
        order({"cluster": GROUP, **held}, chosen=["cluster"])
    said = str(refused.value)
    assert f"It drops aws_security_group.legacy, and {why}." in said
    assert f"Apply first: make deploy STACK={next(iter(held))}" in said


def test_a_protected_load_balancer_does_not_go_half_way() -> None:
    """AWS would refuse it after its listeners and rules are gone."""
    held = {"network": {"aws_lb.load_balancer_internal": {"arn": "arn:lb", "enable_deletion_protection": True}}}
    with pytest.raises(CommandError) as refused:
        order(held, retired=())
    assert "aws_lb.load_balancer_internal" in refused.value.what
    assert "Value=false --load-balancer-arn arn:lb, then terraform -chdir=" in refused.value.next_step
    assert order(held, {"network": ["aws_lb.load_balancer_internal"]}, retired=()) == list(STACKS)
    held["network"]["aws_lb.load_balancer_internal"]["enable_deletion_protection"] = False
    assert order(held, retired=()) == list(STACKS)


def test_the_same_is_printed_for_terraform_alone() -> None:
    destroyed, held = {"legacy": ["aws_s3_bucket.a"]}, {"legacy": {"aws_s3_bucket.a": {"id": "b"}}}
    states = {name: state(held.get(name, {})) for name in STACKS}
    found = passes(Change(STACKS, Generated({}, destroyed), states, ["legacy"]), [STACKS["legacy"]])
    assert not is_plain(found)
    assert [line for one in found for line in commands(one, "generated/stacks/legacy")] == [
        "cp generated/stacks/legacy/retired.json generated/stacks/legacy/retired.tf.json",
        "terraform -chdir=generated/stacks/legacy apply -target=aws_s3_bucket.a",
        "rm generated/stacks/legacy/retired.tf.json",
        "terraform -chdir=generated/stacks/legacy apply -target=aws_s3_bucket.a",
        "terraform -chdir=generated/stacks/legacy apply",
    ]


def test_stores_go_with_what_depends_on_them_and_before_what_they_need() -> None:
    """The apply that allows a store to go makes the state forget what the store depends on."""
    dependencies = {
        "aws_elasticache_subnet_group.redis": [],
        "aws_kms_key.data": [],
        "aws_rds_cluster.main": [],
        "aws_rds_cluster_instance.first": ["aws_rds_cluster.main", "aws_kms_key.data"],
    }
    held = State(
        version=4,
        resources=[
            Resource(
                mode="managed",
                type=place.partition(".")[0],
                name=place.partition(".")[2],
                instances=[Instance(attributes={"id": place}, dependencies=needs)],
            )
            for place, needs in dependencies.items()
        ],
    )
    stores = ["aws_rds_cluster.main", "aws_kms_key.data"]
    change = Change(STACKS, Generated({}, {"legacy": stores}), {"legacy": held}, ["legacy"])
    assert change.deleted("legacy") == ("aws_rds_cluster.main", "aws_rds_cluster_instance.first")


@pytest.mark.parametrize(
    ("held", "is_settled"), [({}, True), ({"aws_s3_bucket.a": {}}, False), ({"aws_sqs_queue.kept": {}}, False)]
)
def test_a_plan_says_when_an_entry_of_retired_has_done_its_work(held: dict[str, Any], is_settled: bool) -> None:
    states = {"legacy": state(held), "orders": None}
    change = Change(STACKS, Generated({}, {}), states, ["legacy"])
    said = "services.yaml no longer needs retired.legacy: nothing is left to be done for it in legacy."
    assert settled(change, {"legacy": "legacy", "orders": "orders"}) == ([said] if is_settled else [])


HTTP, GRPC = "aws_lb_target_group.orders", "aws_lb_target_group.orders_grpc"


@pytest.mark.parametrize("names", [{}, {"orders": ("carts", "orders")}], ids=["", "renamed before"])
def test_another_protocol_has_both_groups_then_the_new_one_and_then_no_old_one(
    names: dict[str, tuple[str, ...]],
) -> None:
    states = {name: state({HTTP: {"arn": "arn:old"}} if name == "orders" else {}) for name in STACKS}
    change = Change(STACKS, Generated({"orders": [GRPC]}, {}), states, (), names)
    found = passes(change, STACKS.values())
    assert [text(one) for one in found if one.stack.name == "orders"] == [
        "orders (both protocols)",
        "orders (requests by the new protocol)",
        "orders",
    ]
    assert [one.addresses for one in found if one.how in ("bind", "turn")] == [(GRPC,)] * 2
    said = sentences(found, names)
    assert said[1:] == [
        "orders has another protocol: new pods have to be healthy by both, and requests go over then.",
    ]
    alone = [text(one) for one in passes(change, [STACKS["orders"]])]
    assert alone == ["orders (both protocols)", "orders (requests by the new protocol)", "orders"]


def test_a_service_without_a_path_any_more_has_no_change_of_protocol() -> None:
    assert order({"orders": {HTTP: {"arn": "arn:old"}}}, {"orders": ["aws_iam_role.orders"]}, retired=()) == [*STACKS]


NAMES = {"orders": ("carts", "orders")}
CARTS = {"helm_release.carts": {"id": "carts"}, "aws_iam_role.carts": {"assume_role_policy": '{"Statement": []}'}}


class Renamed(Generated):
    def moved(self, stack: str) -> dict[str, str]:
        return {"aws_iam_role.carts": "aws_iam_role.orders"} if stack == "orders" else {}


def test_a_plan_says_the_passes_and_why_a_rename_has_them() -> None:
    states = {name: state(CARTS if name == "orders" else {}) for name in STACKS}
    change = Change(STACKS, Renamed({"orders": ["aws_iam_role.orders"]}, {}), states, (), NAMES)
    order = "network, cluster, platform, orders (old and new pods), orders (requests to the new pods), legacy, orders"
    assert sentences(passes(change, STACKS.values()), NAMES) == [
        f"make deploy applies, in this order: {order}.",
        "orders has another name: what carries carts goes once the new pods are ready and get all requests.",
    ]
    assert sentences([Pass(STACKS["orders"], "apply")], {}) == []


def of_renamed(
    held: dict[str, dict[str, Any]], chosen: list[Stack] | None = None, destroyed: tuple[str, ...] = ()
) -> list[str]:
    states = {name: state(held if name == "orders" else {}) for name in STACKS}
    generated = Renamed({"orders": ["aws_iam_role.orders", "helm_release.orders"]}, {"orders": [*destroyed]})
    change = Change(STACKS, generated, states, (), NAMES)
    found = passes(change, chosen or STACKS.values())
    targets = {"aws_iam_role.carts", "aws_iam_role.orders", "helm_release.orders"}
    both = [one for one in found if one.stack.name == "orders" and one.how in ("overlap", "switch")]
    assert all({*one.addresses} == targets for one in both)
    return [text(one) for one in found]


def test_a_renamed_service_has_both_pods_then_no_old_route_and_then_no_old_pods() -> None:
    found = of_renamed(CARTS)
    assert [one for one in found if "orders" in one] == [
        "orders (old and new pods)",
        "orders (requests to the new pods)",
        "orders",
    ]


def test_a_renamed_service_is_not_deployed_alone_while_its_old_pods_run() -> None:
    with pytest.raises(CommandError, match=r"would delete helm_release.carts while its pods run") as refused:
        of_renamed(CARTS, [STACKS["orders"]])
    assert "Deploy all stacks, in passes: make deploy" in str(refused.value)


def test_new_pods_of_a_renamed_service_run_before_its_callers_are_applied() -> None:
    found = of_renamed(CARTS, [STACKS[name] for name in ("network", "cluster", "platform", "legacy", "orders")])
    assert found.index("orders (requests to the new pods)") < found.index("legacy") < found.index("orders")


def test_a_rename_is_not_taken_back() -> None:
    held = {"orders": {"aws_sqs_queue.purchases_queue": {"id": "q"}}}
    with pytest.raises(CommandError, match=r"holds aws_sqs_queue.purchases_queue, made under another name"):
        order(held, retired=())


def test_what_is_destroyed_together_with_a_rename_goes_after_the_moves() -> None:
    """Terraform refuses targets while something is to move that is none of them; the state has the old addresses."""
    queue = {"aws_sqs_queue.carts_queue": {"id": "q"}}
    found = of_renamed(CARTS | queue, destroyed=("aws_sqs_queue.orders_queue", "aws_sqs_queue.carts_queue"))
    assert [one for one in found if "orders" in one] == [
        "orders (old and new pods)",
        "orders (requests to the new pods)",
        "orders (allow to delete)",
        "orders (delete stores)",
        "orders",
    ]


def test_a_renamed_service_whose_first_deployment_ended_before_its_pods_moves_first_too() -> None:
    held = {"aws_iam_role.carts": CARTS["aws_iam_role.carts"], "aws_sqs_queue.carts_queue": {"id": "q"}}
    found = of_renamed(held, destroyed=("aws_sqs_queue.carts_queue",))
    assert [one for one in found if "orders" in one] == [
        "orders (delete nothing)",
        "orders (allow to delete)",
        "orders (delete stores)",
        "orders",
    ]


def test_what_only_moves_does_not_go() -> None:
    assert of_renamed({"aws_iam_role.carts": CARTS["aws_iam_role.carts"]}) == [*STACKS]


def test_the_file_for_both_pods_is_printed_for_terraform_alone() -> None:
    one = Pass(STACKS["orders"], "overlap", ("aws_iam_role.orders",), '{"resource": {}}\n')
    assert commands(one, "orders") == [
        "cat > orders/overlap_override.tf.json <<'END'\n{\"resource\": {}}\nEND",
        "terraform -chdir=orders apply -target=aws_iam_role.orders",
        "rm orders/overlap_override.tf.json",
    ]
