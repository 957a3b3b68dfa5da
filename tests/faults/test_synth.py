"""`python main.py` as a process, killed at any moment: the next run ends with the bytes of an undisturbed one."""

import os
import shutil
import signal
import subprocess
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.faults.conftest import SYSTEM
from tests.support.run_synth import command, shipped, synthesise

# Python imports this before main.py: it kills its own process at the n-th event of a kind in the folder; for n = 0 it
# says at the end how many there were.
KILLER = """
import atexit, os, signal, sys

kinds, last, folder = os.environ["KILL_AT"].split()
kinds, last, count = kinds.split(","), int(last), 0

def watch(event, arguments):
    global count
    if event in kinds and str(arguments[0]).startswith(folder):
        count += 1
        if count == last:
            os.kill(os.getpid(), signal.SIGKILL)

sys.addaudithook(watch)
if not last:
    atexit.register(lambda: print(count))
"""
# The first rename commits; the others put the files in place, and then the journal is removed.
MOMENTS = {
    "before_the_renames": "os.rename 1",
    "at_the_first_rename": "os.rename 2",
    "in_the_middle_of_the_renames": "os.rename 12",
    "after_the_renames": "shutil.rmtree 1",
}
ANY = "open,os.mkdir,os.remove,os.rename,os.rmdir,shutil.rmtree"
ANY_MOMENTS = 6


class Change(NamedTuple):
    """From one system to another, which adds, changes and removes files."""

    command: list[str | Path]  # without the folder that it writes to
    old: Path
    new: dict[str, bytes]


@pytest.fixture(scope="module")
def change(tmp_path_factory: pytest.TempPathFactory) -> Change:
    folder = tmp_path_factory.mktemp("synth")
    old = synthesise(SYSTEM | {"services": {"gone": {"aws": ["sqs"]}}}, folder).rename(folder / "old")
    shutil.copytree(old, folder / "generated")
    new = synthesise(shipped(), folder)
    return Change(command(shipped(), folder)[:-1], old, _tree(new))


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_synth_killed(moment: str, change: Change, tmp_path: Path) -> None:
    into = tmp_path / "generated"
    assert _run(change, into, MOMENTS[moment]).returncode == -signal.SIGKILL
    assert (into / ".journal").is_dir() == (moment != "before_the_renames")
    if moment == "before_the_renames":
        shutil.rmtree(into / ".staging")
        assert _tree(into) == _tree(change.old)
    _is_completed_by_the_next(change, into)


def test_a_synth_killed_at_any_moment_of_its_work_on_files_is_completed_by_the_next(
    change: Change, tmp_path: Path
) -> None:
    events = int(_run(change, tmp_path / "whole" / "generated", f"{ANY} 0").stdout.split()[-1])
    assert events > 100
    for part in range(ANY_MOMENTS):
        into = tmp_path / str(part) / "generated"
        assert _run(change, into, f"{ANY} {1 + events * part // ANY_MOMENTS}").returncode == -signal.SIGKILL
        _is_completed_by_the_next(change, into)


def _run(change: Change, into: Path, kill_at: str) -> "subprocess.CompletedProcess[str]":
    shutil.copytree(change.old, into)
    beside = into.with_suffix(".python")
    beside.mkdir()
    (beside / "sitecustomize.py").write_text(KILLER)
    environment = os.environ | {"PYTHONPATH": str(beside), "KILL_AT": f"{kill_at} {into}"}
    return subprocess.run([*change.command, into], env=environment, capture_output=True, text=True, check=False)


def _is_completed_by_the_next(change: Change, into: Path) -> None:
    subprocess.run([*change.command, into], check=True, capture_output=True)
    assert _tree(into) == change.new


def _tree(folder: Path) -> dict[str, bytes]:
    return {str(at.relative_to(folder)): at.read_bytes() for at in folder.rglob("*") if at.is_file()}
