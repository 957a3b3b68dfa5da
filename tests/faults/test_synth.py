"""`python main.py` as a process, killed at any moment: the next run ends with the bytes of an undisturbed one."""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.faults.conftest import ROOT, SYSTEM
from tests.synth.conftest import shipped

# Python imports this before main.py: it kills its own process at the n-th event of a kind in the folder.
KILLER = """
import os, signal, sys

kind, left, folder = os.environ["KILL_AT"].split()
left = int(left)

def watch(event, arguments):
    global left
    if event == kind and str(arguments[0]).startswith(folder):
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

sys.addaudithook(watch)
"""
# The first rename commits; the others put the files in place, and then the journal is removed.
MOMENTS = {
    "before_the_renames": "os.rename 1",
    "at_the_first_rename": "os.rename 2",
    "in_the_middle_of_the_renames": "os.rename 12",
    "after_the_renames": "shutil.rmtree 1",
}
RANDOM = 4


class Change(NamedTuple):
    """From one system to another, which adds, changes and removes files."""

    command: list[str]
    old: Path
    new: dict[str, bytes]
    seconds: float


@pytest.fixture(scope="module")
def change(tmp_path_factory: pytest.TempPathFactory) -> Change:
    folder = tmp_path_factory.mktemp("synth")
    old, out, file = folder / "old", folder / "new", folder / "services.yaml"
    command = [sys.executable, "main.py", f"--file={file}"]
    file.write_text(json.dumps(SYSTEM | {"services": {"gone": {"aws": ["sqs"]}}}))
    _run([*command, f"--out={old}"])
    file.write_text(json.dumps(shipped()))
    shutil.copytree(old, out)
    started = time.monotonic()
    _run([*command, f"--out={out}"])
    return Change(command, old, _tree(out), time.monotonic() - started)


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_synth_killed(moment: str, change: Change, tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(KILLER)
    into, command = _copy(change, tmp_path)
    environment = os.environ | {"PYTHONPATH": str(tmp_path), "KILL_AT": f"{MOMENTS[moment]} {into}"}
    assert subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode == -signal.SIGKILL
    assert (into / ".journal").is_dir() == (moment != "before_the_renames")
    _run(command)
    assert _tree(into) == change.new


def test_a_synth_killed_at_a_random_moment_is_completed_by_the_next(change: Change, tmp_path: Path) -> None:
    into, command = _copy(change, tmp_path)
    moments = [random.uniform(0, change.seconds) for _ in range(RANDOM)]
    for moment in moments:
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            process.wait(timeout=moment)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    _run(command)
    assert _tree(into) == change.new, moments


def _copy(change: Change, folder: Path) -> tuple[Path, list[str]]:
    into = folder / "generated"
    shutil.copytree(change.old, into)
    return into, [*change.command, f"--out={into}"]


def _run(command: list[str]) -> None:
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)


def _tree(folder: Path) -> dict[str, bytes]:
    return {str(at.relative_to(folder)): at.read_bytes() for at in folder.rglob("*") if at.is_file()}
