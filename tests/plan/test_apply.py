"""Terraform with the real AWS provider takes every stack: it validates, applies, and then has nothing left to do."""

from pathlib import Path

import pytest

from tests.support.control_plane import ControlPlane
from tests.support.leftover_resources import LISTS, PARTS
from tests.support.terraform_workspace import Workspace


@pytest.mark.nightly(minutes=2)
def test_every_stack_validates(initialised: Workspace) -> None:
    initialised.each(initialised.validate)


def test_every_stack_applies(applied: Workspace) -> None:
    assert all(applied.each(applied.state_list).values())


def test_a_second_plan_of_every_stack_is_empty(applied: Workspace) -> None:
    plans = applied.each(applied.plan)
    assert not [stack for stack, plan in plans.items() if plan.code], "\n".join(
        plan.text for plan in plans.values() if plan.code
    )


def test_the_emulator_answers_every_call(applied: Workspace, log: Path) -> None:
    assert log.read_text() == ""


def test_the_search_for_leftovers_knows_every_type(applied: Workspace) -> None:
    addresses = {address for stack in applied.stacks for address in applied.state_list(stack)}
    types = {address.split(".")[0] for address in addresses if address.startswith("aws_")}
    assert types <= LISTS.keys() | PARTS


def test_terraform_installs_the_services_where_it_has_the_providers(
    applied: Workspace, terraforms_control_plane: ControlPlane | None
) -> None:
    """Without them the stacks are aws_only, and tests/kubernetes installs the rest."""
    with_releases = {name for name, whole in applied.whole.items() if "helm_release" in whole["resource"]}
    assert len(with_releases) == 6
    if terraforms_control_plane is None:
        assert applied.aws_only == with_releases
        return
    assert applied.aws_only == set()
    pods = terraforms_control_plane.kubectl("get", "pods", "--all-namespaces", "--output=name")
    assert len(pods.split()) == 11
