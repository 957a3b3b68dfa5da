"""Terraform with the real AWS provider takes every stack: it validates, applies, and then has nothing left to do."""

from pathlib import Path

from tests.plan.left import LISTS, PARTS
from tests.terraform import Workspace


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
    types = {address.split(".")[0] for address in addresses if not address.startswith("data.")}
    assert types <= LISTS.keys() | PARTS
