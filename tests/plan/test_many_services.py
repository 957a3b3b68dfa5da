"""Two hundred services with the real Terraform: valid as one configuration, and twenty of them applied side by side."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from modules.deploy.passes import Pass
from modules.deploy.side_by_side import SideBySide
from modules.state import applied_stacks
from tests.support.emulator import clients, emulated_aws
from tests.support.one_root import OneRoot
from tests.support.run_synth import synthesise
from tests.support.terraform_workspace import TerraformFailed, Workspace

WORDS = (["s3", "secrets"], ["sqs", "sns"], ["dynamodb", "kms", "cloudwatch"], ["rds", "redis"])
SERVICES = {f"service-{number:03}": {"aws": [*WORDS[number % len(WORDS)]], "pods": 1} for number in range(200)}
SYSTEM = {
    "project": "shop",
    "region": "eu-west-1",
    "protection": False,
    "cluster": {"fargate_profiles": "shared"},
    "services": SERVICES,
}
APPLIED = list(SERVICES)[:10] + list(SERVICES)[-10:]
AT_ONCE = 4


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    with emulated_aws(tmp_path_factory.mktemp("emulator") / "log") as environment:
        yield environment


@pytest.fixture(scope="module")
def workspace(aws: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    generated = synthesise(SYSTEM, tmp_path_factory.mktemp("system"))
    return Workspace(generated, tmp_path_factory.mktemp("terraform"), aws)


@pytest.mark.nightly(minutes=15)
def test_all_stacks_are_valid_as_one_configuration(workspace: Workspace, tmp_path: Path) -> None:
    assert set(SERVICES) < set(workspace.stacks)
    OneRoot(workspace, tmp_path, empty=True).validate()


@pytest.mark.nightly(minutes=15)
def test_twenty_of_them_are_applied_side_by_side(workspace: Workspace, client: Callable[[str], Any]) -> None:
    stacks = applied_stacks.read(workspace.generated)
    order = [Pass(stack, "apply") for name, stack in stacks.items() if name in APPLIED or name not in SERVICES]

    def apply(one: Pass) -> int:
        try:
            workspace.init(one.stack.name)
            workspace.apply(one.stack.name)
        except TerraformFailed as failed:
            print(failed)
            return 1
        return 0

    run = SideBySide("deploy", order, stacks, apply, AT_ONCE)
    assert run.run() == 0
    assert {name for name, one in run.outcomes.items() if one.code == 0} == {one.stack.name for one in order}
    assert {one.stack.name for one in order if workspace.plan(one.stack.name).code} == set()
    queues = client("sqs").list_queues()["QueueUrls"]
    assert len([url for url in queues if url.endswith(tuple(APPLIED))]) == 5


@pytest.fixture
def client(aws: dict[str, str]) -> Callable[[str], Any]:
    return clients(aws)
