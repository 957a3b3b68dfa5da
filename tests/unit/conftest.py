"""What the unit tests share: a services.yaml from text, checked on a fixed day."""

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from textwrap import dedent, indent

import pytest

from modules.checks.check import Checked, check
from modules.doctor import examine, finding
from tests.support import aws_answers
from tests.support.aws_answers import AwsAnswers

TODAY = date(2026, 11, 22)
HEAD = "project: shop\nregion: eu-west-1\naccept: [private-api]\n"

Check = Callable[..., Checked]


def file_text(services: str = "{}", platform: str = "") -> str:
    """A file with these platform keys and services, which start on the line after them."""
    body = dedent(services).strip("\n")
    text = body if body.startswith("{") else "\n" + indent(body, "  ")
    return f"{HEAD}{dedent(platform)}services: {text}\n"


@pytest.fixture
def checked(tmp_path: Path) -> Check:
    """Checks the text of a whole services.yaml."""

    def run(text: str, today: date = TODAY) -> Checked:
        file = tmp_path / "services.yaml"
        file.write_text(dedent(text), encoding="utf-8")
        return check(file, today)

    return run


@pytest.fixture
def system(checked: Check) -> Check:
    """Checks a file with these platform keys and services, which start on the line after them."""

    def run(services: str = "{}", platform: str = "", today: date = TODAY) -> Checked:
        return checked(file_text(services, platform), today)

    return run


def mistakes(result: Checked) -> str:
    """All mistakes as they are printed."""
    assert result.spec is None
    return "\n".join(result.render(problem) for problem in result.mistakes)


def warnings(result: Checked) -> dict[str, str]:
    """Warnings as they are printed, by code; there must be no mistake."""
    assert result.spec is not None, mistakes(result)
    return {problem.code or "": result.render(problem) for problem in result.warnings}


@pytest.fixture
def logged_in(monkeypatch: pytest.MonkeyPatch) -> Iterator[AwsAnswers]:
    """A login that works; what the account answers to a command, to which make doctor puts no question here."""
    monkeypatch.setattr(examine, "log_in", lambda spec: (None, finding.ok("account 111122223333")))
    monkeypatch.setattr(examine, "ACCOUNT", {})
    with aws_answers.serving() as (answers, environment):
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        yield answers
