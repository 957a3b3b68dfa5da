"""`make deploy` where something goes, with small scripts in place of terraform and cdktf."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.aws_answers import AwsAnswers

from .test_deploy import VERSION, Machine

TERRAFORM = 'if [ $1 = apply ]; then echo "$(basename $PWD) $@ $(ls retired.tf.json)" >>../../../asked; fi\n'
TABLE = "aws_dynamodb_table"


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, logged_in: AwsAnswers) -> Machine:
    monkeypatch.setenv("PATH", f"{tmp_path}/bin:/usr/bin:/bin")
    machine = Machine(tmp_path)
    machine.install("terraform", TERRAFORM + VERSION % "1.11.4")
    return machine


def retire(machine: Machine, ways: str, *stacks: str) -> None:
    """These are in services.yaml under `retired:`, with a stack and a table to be destroyed each."""
    machine.declare(f"retired: {ways}\n")
    for stack in stacks:
        if not (folder := machine.root / "generated" / "stacks" / stack).exists():
            machine.add(stack, "cluster")
        (folder / "retired.json").write_text(json.dumps({"resource": {TABLE: {stack: {"name": stack}}}}))


def holds(machine: Machine, stack: str, *resources: tuple[str, str, dict[str, Any]]) -> None:
    held = [
        {"mode": "managed", "type": kind, "name": name, "instances": [{"attributes": attributes}]}
        for kind, name, attributes in (("aws_vpc", "main", {"id": "vpc-1"}), *resources)
    ]
    (machine.root / "state" / f"{stack}.tfstate").write_text(json.dumps({"version": 4, "resources": held}))


def test_a_table_is_first_allowed_to_go_and_then_goes(machine: Machine, capfd: pytest.CaptureFixture[str]) -> None:
    machine.apply("network", "cluster", "platform")
    retire(machine, "{order: {dynamodb: destroy}}", "order")
    holds(machine, "order", (TABLE, "order", {"id": "shop-order"}))
    assert machine.run("deploy", "order", "--auto-approve") == 0
    line = "order apply -no-color -auto-approve -target=aws_dynamodb_table.order retired.tf.json"
    add = "order apply -no-color -auto-approve -target=aws_vpc.main "
    delete = "order apply -no-color -auto-approve -target=aws_dynamodb_table.order "
    assert machine.asked == [line, add, delete, "deploy order"]
    assert not list(machine.root.glob("generated/stacks/*/retired.tf.json"))
    said = capfd.readouterr().err
    assert "in this order: order (allow to delete), order (delete nothing), order (delete stores), order\n" in said
    assert "What retired.order names is gone from the state." in said


def test_a_table_that_is_gone_is_not_asked_for_again_and_what_a_killed_run_left_is_removed(machine: Machine) -> None:
    machine.apply("network", "cluster", "platform", "order")
    retire(machine, "{order: {dynamodb: destroy}}", "order")
    (machine.root / "generated" / "stacks" / "order" / "retired.tf.json").write_text("{}")
    assert machine.run("deploy", "order", "--auto-approve") == 0
    assert machine.asked == ["deploy order"]
    assert not list(machine.root.glob("generated/stacks/*/retired.tf.json"))


def test_a_retired_service_goes_first_and_what_others_still_use_goes_last(
    machine: Machine, capfd: pytest.CaptureFixture[str]
) -> None:
    machine.apply("network", "platform")
    retire(machine, "{legacy: destroy}", "legacy")
    holds(machine, "legacy", (TABLE, "legacy", {"id": "shop-legacy"}))
    holds(machine, "cluster", ("aws_security_group", "legacy", {"id": "sg-1"}))
    holds(machine, "order", ("aws_vpc_security_group_egress_rule", "legacy", {"group": "sg-1"}))
    assert machine.run("deploy", "--auto-approve") == 0
    assert [line.partition(" -no-color")[0] for line in machine.asked] == [
        "legacy apply",
        "legacy apply",
        "deploy legacy",
        "deploy network",
        "cluster apply",
        "deploy platform",
        "deploy order",
        "deploy cluster",
    ]
    assert "legacy is retired: its state is empty, and services.yaml no longer needs retired.legacy." in (
        capfd.readouterr().err
    )


def test_destroy_does_not_take_what_is_yet_to_be_let_go(machine: Machine, capfd: pytest.CaptureFixture[str]) -> None:
    machine.apply("network", "cluster", "platform")
    holds(machine, "order", ("aws_sqs_queue", "order", {"id": "q"}))
    removed = {"removed": [{"from": "aws_sqs_queue.order", "lifecycle": {"destroy": False}}]}
    file = machine.root / "generated" / "stacks" / "order" / "transitions.tf.json"
    file.write_text(json.dumps(removed))
    assert machine.run("destroy", "--auto-approve") == 1
    said = capfd.readouterr().err
    assert "The state of order still holds what is to be kept: aws_sqs_queue.order." in said
    assert "Let go of it first: make deploy STACK=order" in said
    assert machine.asked == []
