"""The console blocks of README.md and docs/ do what they say, in a fresh copy of the repository for each page."""

import os
import re
import shutil
import subprocess
from itertools import groupby
from pathlib import Path

import pytest

from modules.paths import ROOT
from tests.support import blocks
from tests.support.blocks import SHELL, Command
from tests.support.clean_environment import without_accounts
from tests.support.run_synth import SHIPPED

SECONDS = 240  # of one command, of which the longest takes a few where the machine has nothing else to do
# The second part belongs to the user of the repository.
LEFT_OUT = {".git", "node_modules", "site", "tests", *("generated", "services.yaml", "state")}
RUN = [block for block in blocks.blocks() if block.language == SHELL and block.is_run]
PAGES = {page: [*found] for page, found in groupby(RUN, lambda block: block.page)}


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The repository with the shipped system, committed, as after a clone; each page gets a copy of it."""
    folder = tmp_path_factory.mktemp("clone") / "repository"
    shutil.copytree(ROOT, folder, ignore=_left_out, symlinks=True)
    shutil.copy(SHIPPED, folder / "services.yaml")
    (folder / ".venv").symlink_to((ROOT / ".venv").resolve())
    os.utime(folder / "requirements.lock", (0, 0))  # or make would set .venv up again
    for line in (
        "git init --quiet --initial-branch=main",
        "make --silent synth",
        "git add --all",
        "git commit --quiet -m Shop",
    ):
        run(line, folder)
    return folder


def _left_out(folder: str, names: list[str]) -> set[str]:
    made = set(shutil.ignore_patterns("__pycache__", ".venv*", ".*_cache", ".hypothesis")(folder, names))
    return made | LEFT_OUT if Path(folder) == ROOT else made


def run(line: str, folder: Path) -> str:
    """What a command line prints. Raises AssertionError where it fails."""
    # No account, no cluster, and nothing of the caller's own settings.
    names = {"GIT_CONFIG_GLOBAL": os.devnull, "PAGER": "cat", "COLUMNS": "110"}
    author = {f"GIT_{who}_{what}": "docs@example.com" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    done = subprocess.run(
        ["bash", "-e", "-o", "pipefail", "-c", line],
        cwd=folder,
        env=without_accounts() | names | author,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 0, f"{line}\n{done.stdout}{done.stderr}"
    return done.stdout + done.stderr


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_the_commands_of_a_page_run_one_after_another(page: Path, repository: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(repository, tmp_path / "repository", symlinks=True)
    for block in PAGES[page]:
        for command in blocks.commands(block.text):
            said = run(command.line, folder)
            assert _missing(command, said) == [], f"{block.place}: {command.line} printed\n{said}"


def _missing(command: Command, said: str) -> list[str]:
    """Lines of the block that the command did not print."""
    return [line for line in command.output if not re.search(blocks.pattern(line), said)]
