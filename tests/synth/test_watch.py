"""`main.py --watch` writes what a run of its own writes, each time something changes, until ctrl-C."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from modules import user_cache
from modules.bindings import SWITCH
from modules.paths import ROOT
from modules.synth import hcl
from tests.support import child_process, named_file, repository_copy
from tests.support.named_file import SERVICES

WAITING = "waiting for the next change"


class Watching:
    """A run that watches the services.yaml of a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.file = folder, folder / "services.yaml"
        named_file.write(folder)
        (folder / "tmp").mkdir()
        self._process = child_process.start(
            [sys.executable, ROOT / "main.py", "--watch", "--file", self.file, "--out", folder / "generated"],
            env={**os.environ, "TMPDIR": str(folder / "tmp")},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            start_new_session=True,
            preexec_fn=child_process.heed_ctrl_c,
        )

    def said(self) -> str:
        """All until it waits, or ends."""
        return "".join(_until(self._process, WAITING))

    def written(self) -> dict[str, bytes]:
        return _files(self.folder / "generated")

    def press_ctrl_c(self) -> int:
        os.killpg(self._process.pid, signal.SIGINT)
        return self._process.wait(60)


@pytest.fixture
def watching(tmp_path: Path) -> Iterator[Watching]:
    watching = Watching(tmp_path)
    assert "0 files changed" not in watching.said()
    yield watching
    assert watching.press_ctrl_c() == 0
    assert watching.said() == ""
    assert [*(tmp_path / "tmp").iterdir()] == [], "no temporary file stays, and no program that would write one"


def test_an_edit_is_written_as_a_run_of_its_own_writes_it(watching: Watching, tmp_path: Path) -> None:
    watching.file.write_text(SERVICES.replace("pods: 2", "pods: 3"))
    assert "1 file changed" in watching.said()
    watching.file.write_text(SERVICES.replace("pods: 2", "pods: 3, aws: [s3, sqs]"))
    assert "119 resources" in watching.said()
    own = tmp_path / "own" / "generated"
    subprocess.run(
        [sys.executable, ROOT / "main.py", "--rebuild", "--file", watching.file, "--out", own], check=True, timeout=240
    )
    assert watching.written() == _files(own)


def test_a_file_that_services_yaml_names_is_watched_too(watching: Watching) -> None:
    (watching.folder / "texts" / "motd").write_text("good morning\n")
    assert "1 file changed" in watching.said()
    assert any(b"good morning" in content for content in watching.written().values())
    (watching.folder / "texts" / "motd").unlink()
    assert "nothing was changed" in watching.said()
    (watching.folder / "texts" / "motd").write_text("good evening\n")
    assert "1 file changed" in watching.said()


def test_a_mistake_changes_nothing_and_the_next_edit_mends_it(watching: Watching) -> None:
    before = watching.written()
    watching.file.write_text(SERVICES.replace("pods: 2", "pods: two"))
    said = watching.said()
    assert "services.yaml:7 services.web.pods" in said
    assert "1 mistake in services.yaml; nothing was changed." in said
    assert watching.written() == before
    watching.file.unlink()
    assert "can't be read" in watching.said()
    watching.file.write_text(SERVICES.replace("pods: 2", "pods: 4"))
    assert "1 file changed" in watching.said()


@pytest.mark.parametrize(
    ("options", "switch", "words"),
    [
        (["--check"], "0", "It goes with neither --check nor --json."),
        (["--json"], "0", "It goes with neither --check nor --json."),
        ([], "1", "It needs jsii with the changes that make it fast."),
    ],
)
def test_where_it_cannot_watch_it_says_so(options: list[str], switch: str, words: str, tmp_path: Path) -> None:
    file = tmp_path / "services.yaml"
    file.write_text(SERVICES)
    line: list[str | Path] = [sys.executable, ROOT / "main.py", "--watch", "--file", file, *options]
    done = subprocess.run(
        line, env={**os.environ, SWITCH: switch}, capture_output=True, text=True, check=False, timeout=240
    )
    assert done.returncode == 1
    assert words in done.stderr
    assert not (tmp_path / "generated").exists()


def test_hcl_is_written_each_time_where_it_is_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(hcl.VARIABLE, "true")
    watching = Watching(tmp_path)
    watching.said()
    watching.file.write_text(SERVICES.replace("pods: 2", "pods: 3, aws: [s3]"))
    watching.said()
    assert watching.press_ctrl_c() == 0
    text = watching.written()["stacks/web/cdk.tf"].decode()
    assert 'resource "aws_s3_bucket" "web"' in text
    assert "stacks/web/cdk.tf.json" not in watching.written()


def test_another_generator_begins_anew(tmp_path: Path) -> None:
    """A copy of the generator, of which a chart is edited while it watches."""
    repository_copy.copy(tmp_path, SERVICES.replace(", files: {/etc/motd: texts/motd}", ""))
    process = child_process.start(
        [sys.executable, tmp_path / "main.py", "--watch"],
        env={**os.environ, user_cache.VARIABLE: str(tmp_path / "cache")},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    assert WAITING in _until(process, WAITING)[-1]
    chart = tmp_path / "charts" / "microservice" / "Chart.yaml"
    chart.write_text(f"{chart.read_text()}# Another one.\n")
    (tmp_path / "services.yaml").touch()
    assert "The generator is another one now: starting again.\n" in _until(process, WAITING)
    assert b"# Another one." in (tmp_path / "generated" / "charts" / "microservice" / "Chart.yaml").read_bytes()


def _until(process: "subprocess.Popen[str]", words: str) -> list[str]:
    """What it says, to the line with these words, or to its end."""
    lines: list[str] = []
    assert process.stderr
    while line := process.stderr.readline():
        lines.append(line)
        if words in line:
            break
    return lines


def _files(out: Path) -> dict[str, bytes]:
    return {str(file.relative_to(out)): file.read_bytes() for file in out.rglob("*") if file.is_file()}
