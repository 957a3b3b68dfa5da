"""What `make deploy` says at its end, with small scripts in place of terraform and cdktf."""

from pathlib import Path

import pytest

from tests.support.aws_answers import AwsAnswers

from .test_deploy import Machine


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, logged_in: AwsAnswers) -> Machine:
    monkeypatch.setenv("PATH", f"{tmp_path}/bin:/usr/bin:/bin")
    return Machine(tmp_path)


def test_it_says_where_the_system_answers_and_how_to_reach_the_cluster(
    machine: Machine, capfd: pytest.CaptureFixture[str]
) -> None:
    machine.add("edge", "network")
    machine.apply("edge", load_balancer_url="https://shop.example.com")
    machine.declare("alarm_email: ops@example.com\n")
    assert machine.run("deploy", "--auto-approve") == 0
    said = capfd.readouterr().err
    assert "The system answers at: https://shop.example.com\n" in said
    assert "kubectl reaches the cluster after: aws eks update-kubeconfig --region eu-west-1 --name shop\n" in said
    assert said.endswith("Left to do:\n  confirm the mail from AWS to ops@example.com: no alarm is sent before\n")


def test_where_the_state_is_elsewhere_it_says_how_to_ask_terraform(
    machine: Machine, capfd: pytest.CaptureFixture[str]
) -> None:
    machine.add("edge", "network")
    assert machine.run("deploy", "--auto-approve") == 0
    assert "stacks/edge output -raw load_balancer_url\n" in capfd.readouterr().err


def test_it_names_a_secret_without_a_value_with_the_command_that_fills_it(
    machine: Machine, logged_in: AwsAnswers, capfd: pytest.CaptureFixture[str]
) -> None:
    machine.generate("order", aws_secretsmanager_secret={"a": {"name": "shop/order"}})
    logged_in["DescribeSecret"] = (200, {})
    assert machine.run("deploy", "--auto-approve") == 0
    filling = "aws secretsmanager put-secret-value --region eu-west-1 --secret-id shop/order"
    said = capfd.readouterr().err
    assert f"Left to do:\n  fill secret shop/order: {filling} --secret-string file://secrets.json\n" in said
    assert logged_in.asked[-1] == ("DescribeSecret", {"SecretId": "shop/order"})
    logged_in["DescribeSecret"] = (200, {"VersionIdsToStages": {"1": ["AWSCURRENT"]}})
    assert machine.run("deploy", "--auto-approve") == 0
    assert "secret" not in capfd.readouterr().err


def test_a_secret_that_may_not_be_looked_at_is_said_with_the_permission(
    machine: Machine, capfd: pytest.CaptureFixture[str]
) -> None:
    machine.generate("order", aws_secretsmanager_secret={"a": {"name": "shop/order"}})
    assert machine.run("deploy", "--auto-approve") == 0
    assert (
        "  see whether secret shop/order has a value, which this run could not: "
        "It needs the permission secretsmanager:DescribeSecret. Ask who administers the account"
    ) in capfd.readouterr().err


def test_a_deploy_that_fails_ends_without_it(machine: Machine, capfd: pytest.CaptureFixture[str]) -> None:
    (machine.root / "broken").write_text("cluster")
    assert machine.run("deploy", "--auto-approve") == 3
    assert "kubectl reaches the cluster" not in capfd.readouterr().err
