"""`make rotate`: it asks for another password by a label, reads none, and deploys what makes it and what uses it."""

from pathlib import Path
from typing import Any

import pytest

from modules.cli import command_line
from modules.deploy import rotation
from modules.deploy import run as stacks
from modules.design.logins import REQUEST_STAGE
from modules.doctor import finding
from modules.doctor.account import Account
from tests.support import aws_answers
from tests.support.aws_answers import AwsAnswers
from tests.unit.conftest import file_text

SERVICES = "web: {aws: {rds: {login: password}}}\napi: {aws: [rds]}"


@pytest.fixture
def deployed(monkeypatch: pytest.MonkeyPatch, logged_in: AwsAnswers) -> list[list[str]]:
    """The stacks of each deployment."""
    deployments: list[list[str]] = []

    def run(command: str, names: list[str], *_: Any, **__: Any) -> int:
        assert command == "deploy"
        deployments.append(names)
        return 0

    monkeypatch.setattr(stacks, "run", run)
    monkeypatch.setattr(rotation, "log_in", lambda spec: (Account(spec.region), finding.ok("")))
    return deployments


def _rotate(tmp_path: Path, service: str) -> int:
    file = tmp_path / "services.yaml"
    file.write_text(file_text(SERVICES))
    return command_line.main(["rotate", service, f"--file={file}"])


def test_a_password_is_asked_for_by_a_label_and_made_and_used_by_a_deployment(
    tmp_path: Path, deployed: list[list[str]], logged_in: AwsAnswers
) -> None:
    logged_in["PutSecretValue"] = (200, {})
    assert _rotate(tmp_path, "web") == 0
    assert deployed == [["platform", "web"]]
    ((call, asked),) = logged_in.asked
    del asked["ClientRequestToken"]
    assert (call, asked) == (
        "PutSecretValue",
        {"SecretId": "shop/web/logins", "SecretString": "{}", "VersionStages": [REQUEST_STAGE]},
    )


@pytest.mark.parametrize(
    ("service", "answer", "words"),
    [
        ("wen", None, ('There is no service "wen".', "Valid values: web.")),
        ("api", None, ("api logs in with tokens of IAM, which end by themselves", "There is nothing to rotate")),
        (
            "web",
            aws_answers.error("ResourceNotFoundException"),
            ("The secret shop/web/logins is not there yet.", "Run make deploy STACK=platform"),
        ),
        (
            "web",
            aws_answers.REFUSAL,
            ("The secret shop/web/logins can't be changed", "allow secretsmanager:PutSecretValue on it to you"),
        ),
    ],
)
def test_where_there_is_nothing_to_rotate_nothing_is_deployed(
    tmp_path: Path,
    deployed: list[list[str]],
    logged_in: AwsAnswers,
    capsys: pytest.CaptureFixture[str],
    service: str,
    answer: aws_answers.Answer | None,
    words: tuple[str, ...],
) -> None:
    if answer:
        logged_in["PutSecretValue"] = answer
    assert _rotate(tmp_path, service) == 1
    said = " ".join(capsys.readouterr().err.split())
    assert all(word in said for word in words), said
    assert deployed == []
