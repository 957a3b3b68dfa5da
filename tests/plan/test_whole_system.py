"""The plan of the whole applied system, with the real AWS provider: empty at first, and then true.

Run with `-s`, the nightly test prints the page on a replaced load balancer.
"""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import pytest

from modules.access.policies import OF_RESOURCES, OF_ROLE
from modules.deploy.cluster_access import unreachable
from modules.plan import certain, left_out, render, system, undone
from modules.plan.access_lines import AccessLines
from modules.plan.page import CHANGES, NOTHING, Facts, page
from modules.plan.planner import StackPlan
from modules.plan.stack_copy import is_of_kubernetes
from modules.plan.system import Question
from tests.support import recorded_plan
from tests.support.one_root import OneRoot
from tests.support.terraform_workspace import Workspace, expect

LOAD_BALANCER = "aws_lb.main"
CARRY_POLICIES = {*OF_RESOURCES, OF_ROLE}
ACTIONS = {"delete/create": "replace", "create/delete": "replace"}


class Announced(NamedTuple):
    action: str
    certain: bool


Changes = Mapping[tuple[str, str], Announced]  # by stack and address


@pytest.fixture
def deployed(applied: Workspace, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """The applied system; this process is on its machine."""
    for name in set(os.environ) - set(applied.environment):
        monkeypatch.delenv(name)
    for name, value in applied.environment.items():
        monkeypatch.setenv(name, value)
    return applied


def _plan(workspace: Workspace, *stacks: str, replace: Mapping[str, list[str]] | None = None) -> list[StackPlan]:
    question = Question(workspace.generated, stacks, replace or {}, at_once=3)
    found = system.plan(question, unreachable, print)
    planned = [one for one in found.values() if isinstance(one, StackPlan)]
    assert len(planned) == len(found), found
    return planned


def _facts(planned: list[StackPlan]) -> Facts:
    return Facts(
        [one.stack for one in planned],
        certain.changes(planned),
        {one.stack: one.configuration for one in planned},
        {one.stack: one.changed_outputs for one in planned},
        [],
        left_out.sentences(planned),
    )


def _announced(planned: list[StackPlan]) -> Changes:
    changes = _facts(planned).changes
    return {(one.stack, one.address): Announced(one.action, one.is_certain) for one in changes}


@pytest.mark.nightly(minutes=4)
def test_after_an_apply_the_plan_of_the_whole_is_empty(deployed: Workspace) -> None:
    planned = _plan(deployed)
    found = page(_facts(planned))
    assert (found.code, found.headline) == (
        NOTHING,
        "Nothing to do: 10 stacks planned, and no resource would change.",
    ), render.text(found)
    assert _gained_if_unknown(planned) == [], "what AWS holds is evaluated as what the files say"


def _gained_if_unknown(planned: list[StackPlan]) -> list[str]:
    """Where the plan of each policy were to change it to a value that is not known yet."""
    changes = [change for one in planned for change in one.plan["resource_changes"]]
    policies = [change["change"] for change in changes if change["type"] in CARRY_POLICIES]
    assert len(policies) > 30
    for change in policies:
        change |= {"actions": ["update"], "after": {}}
    after = {one.stack: one.configuration for one in planned}
    return AccessLines(undone.before(planned, after), after).permissions()


@pytest.mark.nightly(minutes=15)
def test_a_replaced_load_balancer_does_what_was_announced_in_all_stacks_and_nothing_else(
    deployed: Workspace, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    planned = _plan(deployed, "edge", replace={"edge": [LOAD_BALANCER]})
    found = page(_facts(planned))
    print(render.text(found))
    if request.config.getoption("--rewrite-goldens"):
        recorded_plan.record(planned, "replaced_load_balancer")
    announced = _announced(planned)
    assert found.code == CHANGES
    assert {stack for stack, _ in announced} == {"edge", "platform", *SERVICES}
    (root := tmp_path / "root").mkdir()
    as_one = OneRoot(deployed, root).plan(f"-replace=module.edge.{LOAD_BALANCER}")
    assert {key: one.action for key, one in announced.items() if not is_of_kubernetes(key[1])} == {
        key: ACTIONS.get(actions, actions) for key, actions in as_one.items()
    }
    apart = {stack: deployed.plan(stack).code for stack in ("platform", "user-service")}
    assert set(apart.values()) == {0}, "separate plans do not show it"
    happened = _applied(deployed, [one.stack for one in planned])
    assert happened.keys() <= announced.keys(), "nothing happens that was not announced"
    missing = announced.keys() - happened.keys()
    assert [key for key in missing if announced[key].certain] == [], "what did not happen was announced as `may`"
    # AWS deletes the routes with their listener: by their turn, only the second half of their replacement is left.
    gone = {key: "replace" for key, action in happened.items() if _is_route(key[1]) and action == "create"}
    assert len(gone) == len(SERVICES)
    assert {key: announced[key].action for key in happened} == {**happened, **gone}
    assert _announced(_plan(deployed, "edge")) == {}


SERVICES = ("analytics-service", "notification-service", "order-service", "payment-service", "user-service")


def _is_route(address: str) -> bool:
    return address.startswith("aws_lb_listener_rule.")


def _applied(workspace: Workspace, stacks: list[str]) -> Mapping[tuple[str, str], str]:
    """What each apply in turn does, as its own plan says at that moment."""
    happened = {}
    for stack in stacks:
        replace = [f"-replace={LOAD_BALANCER}"] if stack == "edge" else []
        expect(workspace.run(stack, "plan", "-input=false", "-out=the.plan", *replace), 0)
        shown = workspace.run(stack, "show", "-json", "the.plan")
        expect(shown, 0)
        for one in json.loads(shown.stdout)["resource_changes"]:
            actions = "/".join(one["change"]["actions"])
            if one["mode"] == "managed" and actions != "no-op":
                happened[stack, one["address"]] = ACTIONS.get(actions, actions)
        expect(workspace.run(stack, "apply", "-input=false", "the.plan"), 0)
        (workspace.folder(stack) / "the.plan").unlink()
    return happened
