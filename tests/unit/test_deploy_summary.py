"""What `make deploy` says at its end, with small scripts in place of terraform, aws and cdktf."""

from pathlib import Path

import pytest

from .test_deploy import Machine

SECRETS = """\
case "$1 $2" in
  "--version "*) echo aws-cli/2.36.49 ;;
  "secretsmanager describe-secret") case "$4" in
    shop/order/full) echo '{"VersionIdsToStages": {"1": ["AWSCURRENT"]}}' ;;
    shop/order/empty) echo '{}' ;;
    *) echo "An error occurred (AccessDeniedException): no" >&2; exit 254 ;;
  esac ;;
  *) exit 1 ;;
esac
"""
FULL, EMPTY, CLOSED = ({"name": f"shop/order/{name}"} for name in ("full", "empty", "closed"))


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, logged_in: None) -> Machine:
    monkeypatch.setenv("PATH", f"{tmp_path}/bin:/usr/bin:/bin")
    machine = Machine(tmp_path)
    machine.install("aws", SECRETS)
    return machine


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


def test_it_names_the_secrets_without_a_value_with_the_command_that_fills_them(
    machine: Machine, capfd: pytest.CaptureFixture[str]
) -> None:
    machine.generate("order", aws_secretsmanager_secret={"a": FULL, "b": EMPTY, "c": CLOSED})
    assert machine.run("deploy", "--auto-approve") == 0
    said = capfd.readouterr().err
    filling = "aws secretsmanager put-secret-value --region eu-west-1 --secret-id shop/order/empty"
    assert f"  fill secret shop/order/empty: {filling} --secret-string file://secrets.json\n" in said
    assert "  see whether secret shop/order/closed has a value, which this run could not: An error occurred" in said
    assert "shop/order/full" not in said


def test_a_diff_and_a_deploy_that_fails_end_without_it(machine: Machine, capfd: pytest.CaptureFixture[str]) -> None:
    assert machine.run("diff", "network") == 0
    (machine.root / "broken").write_text("cluster")
    assert machine.run("deploy", "--auto-approve") == 3
    assert "kubectl reaches the cluster" not in capfd.readouterr().err
