"""A test whose program is not installed is skipped here and fails in CI; it never passes, and is never lost."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from modules.paths import ROOT

TESTS = """
import pytest
from tests.support.tool_missing import ToolMissing


@pytest.fixture(scope="module")
def server():
    raise ToolMissing("no server: install one")


def test_by_fixture(server):
    pass


def test_by_fixture_again(server):
    pass


def test_by_itself():
    raise ToolMissing("no client: install one")
"""


@pytest.mark.parametrize(("ci", "counted"), [("", "3 skipped"), ("true", "1 failed, 2 errors")])
def test_a_missing_tool_is_skipped_here_and_fails_in_ci(ci: str, counted: str, tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text("from tests.conftest import pytest_runtest_makereport\n")
    (tmp_path / "test_tools.py").write_text(TESTS)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-ra", "-p", "no:cacheprovider", "--rootdir", tmp_path, tmp_path],
        env=os.environ | {"CI": ci, "PYTHONPATH": str(ROOT)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert counted in done.stdout.splitlines()[-1], done.stdout
    assert "no server: install one" in done.stdout
    assert "no client: install one" in done.stdout
    assert done.returncode == (1 if ci else 0)
