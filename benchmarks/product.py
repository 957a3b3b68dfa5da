"""This generator on a system: every stack built, one service edited, nothing changed; and an earlier commit of it."""

import itertools
import json
import subprocess
import sys
import tarfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

from benchmarks import measure
from benchmarks.measure import Taken
from benchmarks.systems import System
from modules.paths import ROOT

WHOLE, EDITED, UNCHANGED = "every stack", "one service edited", "nothing changed"
WATCHED = "one service edited, under make watch"
_WAITS = "waiting for the next change"


def measures(system: System, folder: Path) -> dict[str, Callable[[], Taken]]:
    """Each way, for which `folder`/out/generated is there already; they go in this order."""
    pods = itertools.count(2)

    def edited() -> Taken:
        text.append(system(next(pods)))
        return synth(text[-1], folder)

    def watched() -> Taken:
        text.append(system(next(pods)))
        command, environment = _command(folder, "--watch")
        return measure.watched(command, ROOT, environment, lambda: _write(text[-1], folder), _WAITS)

    text = [system(1)]
    synth(text[0], folder)
    return {
        EDITED: edited,
        WATCHED: watched,
        UNCHANGED: lambda: synth(text[-1], folder),
        WHOLE: lambda: synth(text[-1], folder, "--rebuild"),
    }


def before(commit: str, system: System, folder: Path) -> Callable[[], Taken]:
    """Another commit's build of every stack, which it writes to `folder`/before/generated."""
    program = _earlier(commit, folder)
    return lambda: synth(system(1), folder, program=program, out="before")


def resources(generated: Path) -> int:
    """How many it declares."""
    declared = (json.loads(file.read_bytes()).get("resource", {}) for file in generated.glob("stacks/*/cdk.tf.json"))
    return sum(len(named) for one in declared for named in one.values())


def synth(text: str, folder: Path, *options: str, program: Path = ROOT / "main.py", out: str = "out") -> Taken:
    """A run on this services.yaml."""
    _write(text, folder)
    (folder / out).mkdir(exist_ok=True)
    command, environment = _command(folder, *options, program=program, out=out)
    return measure.run(command, program.parent, environment)


def _write(text: str, folder: Path) -> None:
    (folder / "services.yaml").write_text(text, encoding="utf-8")


def _command(
    folder: Path, *options: str, program: Path = ROOT / "main.py", out: str = "out"
) -> tuple[list[str | Path], dict[str, str]]:
    line: list[str | Path] = ["--file", folder / "services.yaml", "--out", folder / out / "generated", *options]
    return [sys.executable, program, *line], measure.caches(caches(folder, out))


def caches(folder: Path, out: str = "out") -> Path:
    """Where such a run keeps what it caches."""
    return folder / f"caches-{out}"


def _earlier(commit: str, folder: Path) -> Path:
    """main.py of another commit, which runs with today's packages."""
    archive = subprocess.run(["git", "archive", commit], cwd=ROOT, capture_output=True, check=True).stdout
    with tarfile.open(fileobj=BytesIO(archive)) as files:
        files.extractall(folder / commit, filter="data")
    return folder / commit / "main.py"
