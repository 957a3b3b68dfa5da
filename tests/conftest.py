"""Options of the test run."""

import os
from collections.abc import Generator, Iterator

import pytest

from modules import terminal
from tests.support import child_process, users_files
from tests.support.tool_missing import ToolMissing

users_files.refuse_reads()
pytest_plugins = [f"tests.support.{name}" for name in ("applied_system", "side_by_side", "tiers", "transcripts")]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--rewrite-goldens", action="store_true", help="rewrite the golden files; read their diff")


def pytest_configure() -> None:
    child_process.heed_ctrl_c()


@pytest.fixture(autouse=True)
def _nothing_is_said_of_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a slow machine what is waited for would be among what a test expects; tests of that name their own times."""
    monkeypatch.setattr(terminal, "AFTER", 86_400.0)


@pytest.fixture(autouse=True)
def _no_process_outlives_its_test() -> Iterator[None]:
    yield
    child_process.end_all()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport(call: pytest.CallInfo[None]) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A test that lacks a program is skipped on a developer's machine, and fails where CI=true."""
    if call.excinfo is not None and isinstance(call.excinfo.value, ToolMissing):
        outcome = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        reason = outcome.Exception(str(call.excinfo.value), pytrace=False)
        call.excinfo = pytest.ExceptionInfo.from_exception(reason.with_traceback(call.excinfo.tb))
    return (yield)
