"""jsii's program is started ahead where a build is likely, once, and its answers are those of any other."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from modules import user_cache
from modules.bindings import SWITCH
from modules.bindings.loader import cache, node
from modules.paths import ROOT
from modules.spec import yaml_ahead
from modules.synth import foreseen, last_run
from modules.synth.last_run import LastRun

SERVICES = ROOT / "examples" / "minimal" / "services.yaml"
# Stands for Node, and notes each of its processes.
NODE = """\
#!/bin/sh
echo $$ >> {folder}/started
exec {node} "$@"
"""


class Place:
    """A folder with a services.yaml, and a cache that only its runs use."""

    def __init__(self, folder: Path) -> None:
        node.use_installed()
        self.folder = folder
        self.file = folder / "services.yaml"
        self.file.write_text(SERVICES.read_text())
        program = folder / "node"
        program.write_text(NODE.format(folder=folder, node=os.environ["JSII_NODE"]))
        program.chmod(0o755)

    def run(self, *options: str, expect: int = 0, switch: str = "0") -> list[int]:
        """The numbers of the processes of Node that this run started."""
        (self.folder / "started").write_text("")
        line: list[str | Path] = [
            sys.executable,
            ROOT / "main.py",
            "--file",
            self.file,
            "--out",
            self.folder / "generated",
            *options,
        ]
        own = {user_cache.VARIABLE: str(self.folder / "cache"), "JSII_NODE": str(self.folder / "node"), SWITCH: switch}
        done = subprocess.run(line, env={**os.environ, **own}, capture_output=True, text=True, check=False, timeout=240)
        assert done.returncode == expect, done.stderr
        assert "Starting slowly" not in done.stderr
        return [int(number) for number in (self.folder / "started").read_text().split()]

    @property
    def loads(self) -> Path:
        return self.folder / "cache" / cache.folder().name / "loads"

    def files(self) -> dict[str, bytes]:
        out = self.folder / "generated"
        return {str(file.relative_to(out)): file.read_bytes() for file in out.rglob("*") if file.is_file()}


def is_running(number: int) -> bool:
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def test_a_build_has_one_program_whether_or_not_it_was_started_ahead(place: Place) -> None:
    assert len(place.run()) == 1, "no load is known yet"
    assert place.loads.is_file()
    built = place.files()
    assert len(place.run("--rebuild")) == 1
    assert len(place.run("--rebuild", switch="1")) >= 1
    assert place.files() == built


def test_nothing_is_started_where_the_text_is_that_of_the_last_run(place: Place) -> None:
    place.run()
    assert place.run() == []
    place.file.write_text(f"# A comment.\n{place.file.read_text()}")
    (number,) = place.run()
    assert not is_running(number), "it was not needed, and is ended"
    assert place.run() == []


def test_a_build_reads_no_metadata_of_what_is_installed(tmp_path: Path) -> None:
    """pydantic would, in search of plugins."""
    line: list[str | Path] = [ROOT / "main.py", "--rebuild", "--file", SERVICES, "--out", tmp_path / "out"]
    command = [sys.executable, "-X", "importtime", *line]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=240)
    imported = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert {"pydantic", "modules.synth.render"} <= imported
    assert "importlib.metadata" not in imported


def test_a_mistake_ends_the_program_that_was_started_ahead(place: Place) -> None:
    place.run()
    place.file.write_text("services: 5\n")
    (number,) = place.run(expect=1)
    assert not is_running(number)


@pytest.mark.parametrize("change", ["another order", "a file that is not there", "no request"])
def test_where_other_packages_were_loaded_ahead_another_program_starts(change: str, place: Place) -> None:
    place.run()
    built, lines = place.files(), place.loads.read_text().splitlines()
    assert len(lines) >= 4
    changed = {
        "another order": [lines[0], lines[2], lines[1], *lines[3:]],
        "a file that is not there": [lines[0], lines[1].replace(".tgz", ".gone.tgz"), *lines[2:]],
        "no request": ["{}", *lines[1:]],
    }[change]
    place.loads.write_text("".join(f"{line}\n" for line in changed))
    assert len(place.run("--rebuild")) == 2
    assert place.files() == built
    assert place.loads.read_text().splitlines() == lines
    assert len(place.run("--rebuild")) == 1


@pytest.mark.parametrize(
    ("arguments", "likely"),
    [
        ([], True),
        (["synth"], True),
        (["--check"], True),
        (["--file", "known.yaml"], False),
        (["--file=known.yaml"], False),
        (["--file=known.yaml", "--rebuild"], True),
        (["--file", "new.yaml"], True),
        (["--file", "missing.yaml"], False),
        (["--file", "large.yaml"], False),
        (["--file", "pipe.yaml"], False),
        (["--file"], True),
        (["--json"], True),
        (["--help"], False),
        (["plan"], False),
        (["explain", "--file", "new.yaml"], False),
    ],
)
def test_a_build_is_likely_where_synth_meets_another_text(
    arguments: list[str], likely: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(user_cache.VARIABLE, str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(foreseen, "ROOT", tmp_path)
    started = []
    monkeypatch.setattr(foreseen, "_start_node", lambda: started.append(1))
    monkeypatch.setattr(yaml_ahead, "begin", lambda data: None)
    for name in ("services.yaml", "known.yaml", "new.yaml"):
        (tmp_path / name).write_text(name)
    known = last_run.digest(b"known.yaml")
    last_run.remember(Path("known.yaml"), tmp_path / "generated", LastRun(known, None))
    last_run.remember(Path("new.yaml"), tmp_path / "generated", LastRun(known, None))
    (tmp_path / "large.yaml").write_bytes(bytes(1024 * 1024 + 1))
    os.mkfifo(tmp_path / "pipe.yaml")
    assert not foreseen.is_done(arguments, 0)
    assert bool(started) is likely
