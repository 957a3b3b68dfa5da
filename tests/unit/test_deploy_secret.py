"""`make deploy` where pods get secret values, with a small script in place of terraform."""

from pathlib import Path

import pytest

from modules.deploy.empty_secrets import SECRET_EMPTY
from tests.support.aws_answers import AwsAnswers, error

from .test_deploy import VERSION, Machine

TERRAFORM = 'if [ $1 = apply ]; then echo "$@" >>../../../terraform; fi\n' + VERSION % "1.11.4"
BY_NAME = "services:\n  order:\n    pods: 1\n    secrets: {%s}\n"
FILLED = (200, {"VersionIdsToStages": {"0a1b": ["AWSCURRENT"]}})


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, logged_in: AwsAnswers) -> Machine:
    monkeypatch.setenv("PATH", f"{tmp_path}/bin:/usr/bin:/bin")
    monkeypatch.chdir(tmp_path)
    machine = Machine(tmp_path)
    machine.install("terraform", TERRAFORM)
    return machine


def _declare(machine: Machine, secrets: str, *, own: bool = False) -> None:
    Path("services.yaml").write_text(f"project: shop\nregion: eu-west-1\n{BY_NAME % secrets}")
    declared = {"aws_secretsmanager_secret": {"order": {"name": "shop/order/secrets"}}} if own else {}
    machine.generate("order", **declared)


def test_a_first_deploy_makes_the_secret_and_stops_with_the_command_that_fills_it(
    machine: Machine, logged_in: AwsAnswers, capfd: pytest.CaptureFixture[str]
) -> None:
    _declare(machine, "STRIPE_KEY: own, /etc/keys/api.key: {key: api-key}", own=True)
    logged_in["DescribeSecret"] = error("ResourceNotFoundException")
    assert machine.run("deploy", "--auto-approve") == SECRET_EMPTY
    assert machine.asked == ["deploy network", "deploy cluster", "deploy platform"]
    assert Path("terraform").read_text() == ("apply -no-color -auto-approve -target=aws_secretsmanager_secret.order\n")
    said = capfd.readouterr().err
    assert "order\n  The secret shop/order/secrets has no value, and its pods can't start without it.\n" in said
    assert (
        "Fill it, and run make deploy again, which goes on from here:\nshop/order/secrets:\n"
        "  aws secretsmanager put-secret-value --region eu-west-1 --secret-id shop/order/secrets "
        "--secret-string file://secrets.json\n"
        '  where secrets.json holds {"STRIPE_KEY": "…", "api-key": "…"}\n'
    ) in said


def test_a_secret_that_nobody_has_made_is_named_with_the_command_that_makes_it(
    machine: Machine, logged_in: AwsAnswers, capfd: pytest.CaptureFixture[str]
) -> None:
    _declare(machine, "SENTRY_DSN: shared/sentry")
    logged_in["DescribeSecret"] = error("ResourceNotFoundException")
    assert machine.run("deploy", "--auto-approve") == SECRET_EMPTY
    assert not Path("terraform").exists()
    said = capfd.readouterr().err
    assert "There is no secret shared/sentry, and its pods can't start without it." in said
    line = "aws secretsmanager create-secret --region eu-west-1 --name shared/sentry --secret-string file://secret.txt"
    assert f"  {line}\n" in said


def test_a_deploy_goes_on_where_each_secret_has_a_current_version(machine: Machine, logged_in: AwsAnswers) -> None:
    _declare(machine, "SENTRY_DSN: shared/sentry")
    logged_in["DescribeSecret"] = FILLED
    assert machine.run("deploy", "--auto-approve") == 0
    assert machine.asked[-1] == "deploy order"
    asked = [call for call, _ in logged_in.asked if "Secret" in call]
    assert set(asked) == {"DescribeSecret"}, "the deployer reads no value"


def test_a_version_that_is_not_the_current_one_is_no_value(machine: Machine, logged_in: AwsAnswers) -> None:
    _declare(machine, "SENTRY_DSN: shared/sentry")
    logged_in["DescribeSecret"] = (200, {"VersionIdsToStages": {"0a1b": ["AWSPENDING"]}})
    assert machine.run("deploy", "--auto-approve") == SECRET_EMPTY


def test_a_deploy_that_may_not_look_says_so_and_goes_on(machine: Machine, capfd: pytest.CaptureFixture[str]) -> None:
    _declare(machine, "SENTRY_DSN: shared/sentry")
    assert machine.run("deploy", "--auto-approve") == 0
    said = capfd.readouterr().err
    assert "Whether the secrets of order have values can't be seen: " in said
    assert "It needs the permission secretsmanager:DescribeSecret." in said
