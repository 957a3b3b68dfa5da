"""However a run ends, it leaves no temporary file behind; what a killed run left, the next one removes."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from modules.bindings.loader import run_folder
from modules.paths import ROOT
from tests.support import child_process

# Python imports this before main.py: when CDKTF has written, the run is ended with jsii's program at its side.
ENDING = """
import os, signal, sys
how = os.environ["END_BY"]

def watch(event, arguments):
    global how
    if how and event == "open" and "/synth-" in str(arguments[0]) and str(arguments[0]).endswith("manifest.json"):
        now, how = how, ""
        if now == "exception":
            raise OSError("an error of the test")
        if now == "ctrl-C":
            os.killpg(0, signal.SIGINT)
        else:
            os.kill(os.getpid(), signal.Signals[now])

sys.addaudithook(watch)
"""


def run(
    folder: Path, ending: str = "", services: Path = ROOT / "examples" / "minimal" / "services.yaml"
) -> subprocess.CompletedProcess[str]:
    (folder / "tmp").mkdir(exist_ok=True)
    (folder / "sitecustomize.py").write_text(ENDING)
    process = child_process.start(
        [sys.executable, ROOT / "main.py", "--file", services, "--out", folder / "generated"],
        env={**os.environ, "PYTHONPATH": str(folder), "TMPDIR": str(folder / "tmp"), "END_BY": ending},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        preexec_fn=child_process.heed_ctrl_c,
    )
    out, said = process.communicate(timeout=120)
    return subprocess.CompletedProcess([], process.returncode, out, said)


def left(folder: Path) -> list[str]:
    return [path.name for path in (folder / "tmp").iterdir()]


@pytest.mark.parametrize(
    ("ending", "code", "words"),
    [
        ("", 0, "files changed."),
        ("exception", 1, "an error of the test"),
        ("ctrl-C", 130, "Interrupted; what is half done, the next run finishes."),
        ("SIGTERM", 143, "Interrupted; what is half done, the next run finishes."),
    ],
)
def test_a_run_leaves_no_temporary_file(ending: str, code: int, words: str, tmp_path: Path) -> None:
    done = run(tmp_path, ending)
    assert done.returncode == code, done.stderr
    assert words in done.stderr
    assert left(tmp_path) == []


def test_a_mistake_leaves_no_temporary_file(tmp_path: Path) -> None:
    (tmp_path / "services.yaml").write_text("services: 5\n")
    assert run(tmp_path, services=tmp_path / "services.yaml").returncode == 1
    assert left(tmp_path) == []


def test_what_a_killed_run_left_is_removed_by_the_next_one(tmp_path: Path) -> None:
    assert run(tmp_path, "SIGKILL").returncode == -signal.SIGKILL
    (abandoned,) = left(tmp_path)
    assert abandoned.startswith(run_folder.PREFIX)
    assert run(tmp_path).returncode == 0
    assert left(tmp_path) == []


def test_a_folder_that_a_run_uses_or_that_is_not_a_runs_is_not_removed(tmp_path: Path) -> None:
    code = "from modules.bindings import temporary_folder\nprint(temporary_folder(), flush=True)\ninput()"
    (tmp_path / "tmp").mkdir()
    other = child_process.start(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(tmp_path / "tmp")},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert other.stdout
    used = Path(other.stdout.readline().strip())
    without_lock = tmp_path / "tmp" / f"{run_folder.PREFIX}without-lock"
    without_lock.mkdir()
    assert run(tmp_path).returncode == 0
    assert sorted(left(tmp_path)) == sorted([used.name, without_lock.name])
    other.communicate("\n", timeout=60)
    assert left(tmp_path) == [without_lock.name]
