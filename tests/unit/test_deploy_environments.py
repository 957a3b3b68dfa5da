"""make deploy and destroy of a file with several environments: one of them, which has to be named."""

from pathlib import Path

import pytest

from modules.checks.check import check
from modules.deploy import environments
from modules.state import applied_stacks
from tests.support.aws_answers import AwsAnswers

from .conftest import TODAY
from .test_deploy import NEEDS, Machine

DEV = "environment: prod\nenvironments: {dev: {network: {cidr: 10.1.0.0/16}}}\n"


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, logged_in: AwsAnswers) -> Machine:
    monkeypatch.setenv("PATH", f"{tmp_path}/bin:/usr/bin:/bin")
    machine = Machine(tmp_path)
    machine.declare(DEV)
    for stack in ("network", "cluster", "platform", "order"):
        machine.add(f"dev-{stack}", *(f"dev-{one}" for one in NEEDS[stack]))
    return machine


def test_it_has_to_be_named(machine: Machine, capfd: pytest.CaptureFixture[str]) -> None:
    for command in ("deploy", "destroy"):
        assert machine.run(command, "--auto-approve") == 1
        said = capfd.readouterr().err
        assert "There are several environments." in said
        assert f"Name one: make {command} with ENV=prod, ENV=dev." in said
    assert machine.asked == []


@pytest.mark.parametrize(
    ("words", "stacks"),
    [
        (["--env", "dev"], ["dev-network", "dev-cluster", "dev-platform", "dev-order"]),
        (["--env", "prod"], ["network", "cluster", "platform", "order"]),
        (["--env", "base"], ["network", "cluster", "platform", "order"]),
        (["--env", "dev", "network"], ["dev-network"]),
        (["--env", "dev", "dev-network"], ["dev-network"]),
        (["dev-network"], ["dev-network"]),
        (["network"], ["network"]),
    ],
)
def test_its_stacks_alone_are_deployed(machine: Machine, words: list[str], stacks: list[str]) -> None:
    assert machine.run("deploy", *words, "--auto-approve") == 0
    assert machine.asked == [f"deploy {one}" for one in stacks]


def test_its_stacks_alone_are_destroyed(machine: Machine) -> None:
    machine.apply("network", "cluster", "dev-network", "dev-cluster")
    assert machine.run("destroy", "--env", "dev", "--auto-approve") == 0
    assert machine.asked == ["destroy dev-cluster", "destroy dev-network"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--env", "deev"], 'Did you mean "dev"?'),
        (["--env", "prod", "dev-network"], 'There is no stack "dev-network".'),
        (["network", "dev-network"], "There are several environments."),
    ],
)
def test_another_name_is_refused(
    machine: Machine, capfd: pytest.CaptureFixture[str], words: list[str], said: str
) -> None:
    assert machine.run("deploy", *words, "--auto-approve") == 1
    assert said in capfd.readouterr().err
    assert machine.asked == []


def test_without_a_name_commands_ask_about_those_in_the_account_of_the_login(
    machine: Machine, capfd: pytest.CaptureFixture[str]
) -> None:
    """`make plan` and `make drift`: Terraform would refuse the others one by one."""
    machine.declare('account: "111122223333"\n' + DEV.replace("{dev: {", '{dev: {account: "222233334444", '))
    checked = check(machine.root / "services.yaml", TODAY)
    stacks = applied_stacks.read(machine.root / "generated")
    for account, found in (("111122223333", {"network", "order"}), ("222233334444", {"dev-network", "dev-order"})):
        asked = environments.asked("plan", checked, None, account, stacks, [])
        assert found <= {*asked}
        assert len(asked) == len(stacks) // 2
    said = capfd.readouterr().err
    assert "dev is left out: it is in the account 222233334444. Log in there, and ask with ENV=dev." in said
    assert environments.asked("plan", checked, "dev", "", stacks, ["order"]) == ["dev-order"]


def test_environments_with_a_role_of_their_own_are_asked_about_from_any_account(machine: Machine) -> None:
    own = 'account: "222233334444", deployer_role: "arn:aws:iam::222233334444:role/deployer", '
    machine.declare('account: "111122223333"\n' + DEV.replace("{dev: {", f"{{dev: {{{own}"))
    checked = check(machine.root / "services.yaml", TODAY)
    stacks = applied_stacks.read(machine.root / "generated")
    assert environments.asked("plan", checked, None, "111122223333", stacks, []) == []
