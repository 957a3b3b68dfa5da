"""A user's system in a fresh copy of the repository: the tests pass there whatever services.yaml says."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from modules.paths import ROOT
from tests.support import repository_copy
from tests.support.run_synth import SHIPPED

TWO_SERVICES = """\
# yaml-language-server: $schema=./services.schema.json
project: own
region: us-east-1
zones: [a, b]
services:
  front:
    path: /
    calls: [back]
  back:
    aws: [dynamodb]
"""
# Of each kind: what parses services.yaml, what builds a system, what counts or compares one.
SOME_TESTS = ("unit/test_examples.py", "unit/test_mistakes.py", "unit/test_schema.py", "synth/test_inventory.py")
MINUTES = 30


def _with_readmes_service() -> str:
    """The architecture's file with the service that README adds to it."""
    section = (ROOT / "README.md").read_text(encoding="utf-8").partition("\n## Add a service\n")[2]
    example = re.search(r"```yaml\n(.*?)```", section, re.DOTALL)
    assert example
    return f"{SHIPPED.read_text(encoding='utf-8').rstrip()}\n\n{example[1]}"


class Copy:
    """The repository with another services.yaml."""

    def __init__(self, folder: Path, services: str) -> None:
        self.folder = folder
        repository_copy.copy(folder, services)

    def run(self, *arguments: str) -> str:
        """What Python says on both its outputs; it must exit with 0."""
        # Not what this run of pytest tells its own workers.
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=self.folder,
            env=environment,
            capture_output=True,
            text=True,
            timeout=60 * MINUTES,
            check=False,
        )
        assert done.returncode == 0, f"{done.stdout}{done.stderr}"
        return done.stdout + done.stderr

    def pytest(self, *arguments: str) -> str:
        """What pytest says in the copy."""
        return self.run("-m", "pytest", "-q", "-p", "no:cacheprovider", f"--basetemp={self.folder}-tmp", *arguments)

    def synthesise(self) -> list[str]:
        """The stacks that `main.py` writes, and that `main.py --check` finds as written."""
        self.run("main.py")
        assert "files as committed." in self.run("main.py", "--check")
        return sorted(stack.name for stack in (self.folder / "generated" / "stacks").iterdir())


PLATFORM = {"network", "cluster", "data", "edge", "platform"}


@pytest.mark.nightly(minutes=4)
def test_all_tests_are_collected_and_some_pass_beside_two_services_of_ones_own(tmp_path: Path) -> None:
    copy = Copy(tmp_path / "repository", TWO_SERVICES)
    assert {*copy.synthesise()} - PLATFORM == {"back", "front"}
    assert "error" not in copy.pytest("--collect-only", "tests").splitlines()[-1]
    assert re.search(r"^\d+ passed in ", copy.pytest(*(f"tests/{file}" for file in SOME_TESTS)), re.MULTILINE)


@pytest.mark.nightly(minutes=4)
@pytest.mark.parametrize(
    ("services", "added"),
    [(_with_readmes_service(), "billing-service"), (TWO_SERVICES, "front")],
    ids=["the README's service added", "two services of one's own"],
)
def test_unit_and_synth_tests_pass_beside_a_users_system(services: str, added: str, tmp_path: Path) -> None:
    copy = Copy(tmp_path / "repository", services)
    assert added in copy.synthesise()
    assert re.search(r"^\d+ passed", copy.pytest("tests/unit", "tests/synth"), re.MULTILINE)
