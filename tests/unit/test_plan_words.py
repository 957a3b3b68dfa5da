"""The page on a plan, from plans that the real Terraform made (tests/unit/recorded_plans)."""

import json
import re
from pathlib import Path

from modules.facts.stores import STORES
from modules.paths import ROOT
from modules.plan import certain, left_out, meanings, page_json, render
from modules.plan.access import Access
from modules.plan.change import Change, of_stack
from modules.plan.page import AT_RISK, CHANGES, NOTHING, Facts, Page, page
from modules.plan.planner import StackPlan
from modules.plan.unreachable import sentences
from tests.support import recorded_plan

LOAD_BALANCER = "aws_lb.main"
GOLDEN = ROOT / "tests" / "golden"


def recorded(name: str) -> Facts:
    planned = recorded_plan.read(name)
    return Facts(
        [one.stack for one in planned],
        certain.changes(planned),
        {one.stack: one.configuration for one in planned},
        {},
        [],
        left_out.sentences(planned),
    )


def _section(found: Page, heading: str) -> list[str]:
    return next((one.lines for one in found.sections if one.heading == heading), [])


def test_a_replaced_load_balancer_is_announced_in_all_seven_stacks_with_what_is_unreachable() -> None:
    found = page(recorded("replaced_load_balancer"))
    assert found.code == CHANGES
    assert found.headline.startswith("8 to add, 17 to change, 8 to destroy, in 7 of 7 stacks.")
    assert _section(found, "Unreachable meanwhile")[:2] == [
        (
            "All 5 routes answer 404 until the services are applied (analytics-service, order-service, "
            "payment-service, user-service and notification-service): load balancer shop (`aws_lb.main`) is replaced, "
            "and AWS deletes its routes with it."
        ),
        "The load balancer gets another address in DNS: clients need the new one.",
    ]
    assert [line.partition(":")[0] for line in _section(found, "By stack, in the order to apply")] == [
        *("1. edge", "2. platform", "3. analytics-service", "4. order-service", "5. payment-service"),
        *("6. user-service", "7. notification-service"),
    ]


def test_what_refers_to_the_identifier_of_what_is_replaced_is_certain_and_other_unknown_values_are_not() -> None:
    planned = recorded_plan.read("replaced_load_balancer")
    assert [one.address for one in certain.changes(planned) if not one.is_certain] == []
    by_terraform = [change for one in planned for change in of_stack(one)]
    assert [one.address for one in by_terraform if one.is_certain] == [LOAD_BALANCER]
    uncertain = [one.address for one in certain.changes(recorded_plan.read("changed_services")) if not one.is_certain]
    assert uncertain == [
        "aws_iam_role_policy.order_service_permissions",
        "aws_iam_role_policy.payment_service_permissions",
    ]


def test_what_is_taken_over_and_changed_is_told_with_what_changes_in_it() -> None:
    values = {"name": "baskets"}
    table = ("web", "aws_dynamodb_table", "aws_dynamodb_table.web")
    attributes = ("deletion_protection_enabled", "tags_all")
    changed = Change(*table, "update", values, values, attributes, imports=True)
    found = page(Facts(["web"], [changed], {}, {}, [], []))
    assert found.headline == "0 to add, 1 to change, 0 to destroy, 1 to take over, in 1 of 1 stack."
    assert _section(found, "By stack, in the order to apply") == [
        (
            "1. web: taken over: DynamoDB table baskets (`aws_dynamodb_table.web`), and changed in place: "
            "deletion_protection_enabled and tags_all"
        )
    ]


def test_data_at_risk_comes_first_and_what_belongs_to_it_is_not_said_again() -> None:
    found = page(recorded("changed_services"))
    assert found.code == AT_RISK
    assert found.sections[0].heading == "Data at risk"
    assert found.sections[0].lines == [
        (
            "DynamoDB table shop-order-service (`aws_dynamodb_table.order_service`) in order-service is replaced. It "
            "holds its items. After a deletion DynamoDB keeps a backup for 35 days."
        ),
        (
            "S3 bucket shop-user-service-123456789012-eu-west-1 (`aws_s3_bucket.user_service`) in user-service is "
            "destroyed. It holds its objects, with all their versions. S3 deletes no bucket that has objects. Old "
            "versions of an object are kept for 30 days."
        ),
    ]
    assert _section(found, "Replaced or destroyed") == []


def test_who_refuses_a_destruction_is_said() -> None:
    (planned,) = [one for one in recorded_plan.read("changed_services") if one.stack == "user-service"]
    kept = planned._replace(kept=frozenset({"aws_s3_bucket.user_service"}))
    risk = _page(kept).sections[0].lines
    assert risk[0].endswith("Terraform will refuse: prevent_destroy is set.")
    (order,) = [one for one in recorded_plan.read("changed_services") if one.stack == "order-service"]
    table = next(one for one in order.plan["resource_changes"] if one["type"] == "aws_dynamodb_table")
    table["change"]["before"]["deletion_protection_enabled"] = True
    assert _page(order).sections[0].lines[0].endswith("AWS will refuse: its deletion protection is on.")


def _page(planned: StackPlan) -> Page:
    return page(Facts([planned.stack], list(of_stack(planned)), {}, {}, [], []))


def test_nothing_to_do_is_said_so() -> None:
    found = page(Facts(["network", "edge"], [], {}, {}, [], []))
    assert (found.headline, found.sections) == ("Nothing to do: 2 stacks planned, and no resource would change.", [])
    assert found.code == NOTHING
    only_outputs = page(Facts(["network", "edge"], [], {}, {"edge": ["only outputs differ: a"]}, [], []))
    assert only_outputs.code == CHANGES


def test_passes_are_said_before_what_is_unreachable() -> None:
    found = page(recorded("replaced_load_balancer")._replace(passes=["a, b (delete nothing), c, b"]))
    headings = [one.heading for one in found.sections]
    assert headings.index("Applied in passes") + 1 == headings.index("Unreachable meanwhile")


def test_what_was_left_out_is_said_with_the_reason() -> None:
    (line,) = _section(page(recorded("changed_services")), "Not part of this plan")
    assert line.startswith("Helm releases and Kubernetes objects of order-service, payment-service, user-service and ")
    assert "this machine can't connect to the Kubernetes API" in line


def test_the_page_is_the_same_text_every_time_and_no_line_is_wider_than_a_terminal() -> None:
    texts = {render.text(page(recorded("replaced_load_balancer"))) for _ in range(3)}
    assert len(texts) == 1
    assert max(map(len, texts.pop().splitlines())) <= render.WIDTH


def test_markdown_marks_addresses_and_escapes_the_rest() -> None:
    found = render.markdown(page(recorded("changed_services")))
    assert found.startswith("**Data at risk.** 7 to add")
    assert "\n\n### Data at risk\n\n- DynamoDB table shop-order-service (`aws_dynamodb_table.order_service`)" in found
    bare = re.sub(r"`[^`]*`", "", found)
    assert not re.search(r"(?<!\\)[_<>\[\]|]", bare)


def test_json_has_no_value_of_any_attribute() -> None:
    facts = recorded("changed_services")
    (secret,) = [one for one in facts.changes if one.address == "aws_s3_bucket.user_service"]
    facts = facts._replace(changes=[secret._replace(before={**secret.before, "tags": {"a": "hidden"}})])
    found = page_json.as_json(facts)
    assert "hidden" not in json.dumps(found)
    (change,) = found["changes"]
    assert change["data_at_risk"] is True
    assert (change["action"], change["certain"]) == ("delete", True)


def test_a_new_rule_is_said_with_port_group_and_peer() -> None:
    values = {
        "security_group_id": "${aws_security_group.orders.id}",
        "referenced_security_group_id": '${data.terraform_remote_state.cluster.outputs.service_groups["user"]}',
        "from_port": 8080,
        "to_port": 8080,
        "ip_protocol": "tcp",
        "description": "Calls",
    }
    kind = "aws_vpc_security_group_ingress_rule"
    held = {"aws_security_group": {"orders": {"name": "shop-orders"}}, kind: {"calls": values}}
    known = {key: value for key, value in values.items() if not str(value).startswith("$")}
    change = Change("orders", kind, f"{kind}.calls", "create", {}, known)
    assert Access([change], {}, {"orders": {"resource": held}}).sentences() == [
        f"new rule: TCP 8080 into shop-orders from user (Calls), `{kind}.calls` in orders"
    ]
    gone = change._replace(action="delete", before={**known, "cidr_ipv4": "0.0.0.0/0", "ip_protocol": "-1"}, after={})
    assert Access([gone], {}, {}).sentences() == [
        f"rule goes: everything into a group that is not known yet from 0.0.0.0/0 (Calls), `{kind}.calls` in orders"
    ]


def test_a_type_without_a_meaning_is_called_by_its_own_name() -> None:
    change = Change("a", "aws_new_thing", "aws_new_thing.main", "replace", {"name": "x"}, {})
    found = page(Facts(["a"], [change], {}, {}, [], []))
    assert _section(found, "Replaced or destroyed") == ["aws_new_thing x (`aws_new_thing.main`) in a: replaced."]
    assert sentences([change], {}) == []


def test_every_type_that_is_generated_has_a_meaning() -> None:
    files = [*GOLDEN.rglob("cdk.tf.json")]
    assert files
    kinds = {kind for file in files for kind in json.loads(Path(file).read_text()).get("resource", {})}
    assert sorted(kinds - meanings.MEANINGS.keys()) == []
    assert sorted(STORES.keys() - meanings.MEANINGS.keys()) == []
