"""Two environments of one file in one emulated account: applied side by side, and one goes without the other."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.deployed_in_passes import Deployed, system
from tests.support.emulator import emulated_aws

pytestmark = pytest.mark.nightly(minutes=6)
SERVICES: dict[str, Any] = {"orders": {"aws": ["sqs", "sns", "dynamodb"]}}
STACKS = ["cluster", "network", "orders", "platform"]
TWO = system(
    SERVICES,
    protection=False,
    database="none",
    cache="none",
    environments={
        "dev": {"network": {"cidr": "10.1.0.0/16"}, "services": {"orders": {"aws": {"kms": {}}}}},
    },
)


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    folder = tmp_path_factory.mktemp("environments")
    with emulated_aws(folder / "emulator.log") as aws:
        yield Deployed(folder, aws, TWO, apart=(), side_by_side=True)


def test_both_are_there_and_neither_plan_has_a_change(deployed: Deployed) -> None:
    assert sorted(deployed.workspace.stacks) == sorted([*STACKS, *(f"dev-{one}" for one in STACKS)])
    assert sorted(deployed.tables) == ["shop-dev-orders", "shop-orders"]
    assert {one.code for one in deployed.workspace.each(deployed.workspace.plan).values()} == {0}


def test_one_that_is_destroyed_leaves_the_other_as_it_is(deployed: Deployed) -> None:
    for stack in reversed(deployed.workspace.stacks):
        if stack.startswith("dev-"):
            deployed.workspace.destroy(stack)
    assert deployed.tables == ["shop-orders"]
    assert {stack: deployed.workspace.plan(stack).code for stack in STACKS} == dict.fromkeys(STACKS, 0)
