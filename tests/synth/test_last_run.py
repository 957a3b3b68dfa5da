"""A run ends at once where all is as the last one left it, and says what a whole one would say."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modules import generator, signature, user_cache
from modules.bindings import SWITCH
from modules.paths import ROOT
from modules.synth import last_run
from modules.synth.last_run import Begun, LastRun, Left, Said
from tests.support import named_file, random_specs, repository_copy
from tests.support.named_file import SERVICES
from tests.support.random_specs import System
from tests.support.tiers import sampled

RETIRED = SERVICES.replace("  web:", "  old: {image: v1, aws: [sqs]}\n  web:")
# As `main.py`; the files that it opens and the programs that it starts go to the file that is named first.
WATCHED = """\
import json, os, runpy, sys
opened, started, told, main = set(), set(), *sys.argv[1:3]

def hear(event, arguments):
    if event == "open" and isinstance(arguments[0], str):
        opened.add(os.path.abspath(arguments[0]))
    elif event == "subprocess.Popen":
        started.add(arguments[1][0])

def end(code):
    heard = json.dumps([sorted(opened), sorted(started)])
    with open(told, "w") as file:
        file.write(heard)
    leave(code)

leave, os._exit = os._exit, end
sys.addaudithook(hear)
sys.argv = sys.argv[2:]
sys.path[0] = os.path.dirname(main)
runpy.run_path(main, run_name="__main__")
"""


class Ran(NamedTuple):
    is_done: bool
    """Whether it ended without beginning."""
    code: int
    said: str
    printed: str


class Place:
    """A system of a service with a file, and a cache that only its runs use."""

    def __init__(self, folder: Path, program: Path = ROOT) -> None:
        self.folder, self.program = folder, program
        self.file, self.out = folder / "services.yaml", folder / "generated"
        self.motd = named_file.write(folder)

    def run(self, *options: str, **environment: str) -> Ran:
        own = {user_cache.VARIABLE: str(self.folder / "cache"), "PYTHONPROFILEIMPORTTIME": "1", **environment}
        command: list[str | Path] = [
            sys.executable,
            self.program / "main.py",
            "--file",
            self.file,
            "--out",
            self.out,
            *options,
        ]
        done = subprocess.run(command, env=os.environ | own, capture_output=True, text=True, check=False, timeout=300)
        lines = done.stderr.splitlines()
        imports = [line for line in lines if line.startswith("import time:")]
        said = "\n".join(line for line in lines if line not in imports)
        is_done = not any(line.endswith(" pydantic") for line in imports)
        return Ran(is_done, done.returncode, said, done.stdout)

    @property
    def records(self) -> Path:
        return self.folder / "cache" / "runs"

    def files(self) -> dict[str, bytes]:
        return {str(at.relative_to(self.out)): at.read_bytes() for at in self.out.rglob("*") if at.is_file()}


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def _settled(place: Place) -> Ran:
    """After two runs there is nothing left to be done."""
    place.run()
    found = place.run()
    assert (found.is_done, found.code) == (True, 0), found.said
    return found


def test_a_run_says_at_once_what_a_whole_one_says(place: Place) -> None:
    first = place.run()
    assert (first.is_done, first.code) == (False, 0), first.said
    written = place.files()
    at_once, whole = place.run(), place.run("--rebuild")
    assert (at_once.is_done, whole.is_done) == (True, False)
    assert at_once[1:] == whole[1:]
    assert "warning [" in at_once.said
    assert "4 stacks, " in at_once.said
    assert at_once.said.endswith("; 0 files changed.")
    assert place.files() == written
    assert place.run("--files").is_done
    assert not place.run("--check").is_done
    assert not place.run("--json").is_done
    assert not place.run("--never-applied", "web").is_done


def _write(path: str) -> Callable[[Place], None]:
    """The same number of bytes, and the time of before."""

    def change(place: Place) -> None:
        file = place.folder / path
        status = file.stat()
        data = file.read_bytes()
        file.write_bytes(data.replace(b"1", b"2") if b"1" in data else data[::-1])
        os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns))

    return change


def _new(path: str) -> Callable[[Place], None]:
    def change(place: Place) -> None:
        (place.folder / path).parent.mkdir(parents=True, exist_ok=True)
        (place.folder / path).write_text("{}")

    return change


def _on_another_day(left: dict[str, Any]) -> None:
    left["begun"][3] = "2020-01-01"


CHANGES: dict[str, Callable[[Place], object]] = {
    "services.yaml": lambda place: place.file.write_text(SERVICES.replace("pods: 2", "pods: 3")),
    "a file that it names": _write("texts/motd"),
    "a generated file": _write("generated/stacks/web/cdk.tf.json"),
    "a generated file that is gone": lambda place: (place.out / "manifest.json").unlink(),
    "a stack that is gone": lambda place: shutil.rmtree(place.out / "stacks" / "web"),
    "all is gone": lambda place: shutil.rmtree(place.out),
    "the list of generated files": _write("generated/.files"),
    "a further file": _new("generated/stacks/web/terraform.tfstate"),
    "another backend": _new("generated/stacks/web/.terraform/terraform.tfstate"),
    "a folder that is a link": lambda place: (place.out / "more").symlink_to(place.folder),
    "the day": lambda place: _rewrite(place, _on_another_day),
    "no record": lambda place: shutil.rmtree(place.records),
    "a damaged record": lambda place: _only(place.records).write_text('["", ["x"]]'),
    "half a record": lambda place: _only(place.records).write_text("[1"),
    "a record of another form": lambda place: _rewrite(place, lambda left: left.update(read=[])),
    "a record that others can write": lambda place: place.records.chmod(0o777),
}


def _only(folder: Path) -> Path:
    (file,) = folder.iterdir()
    return file


def _rewrite(place: Place, change: Callable[[dict[str, Any]], object]) -> None:
    file = _only(place.records)
    text, left = json.loads(file.read_text())
    named = dict(zip(Left._fields, left, strict=True))
    change(named)
    file.write_text(json.dumps([text, list(named.values())]))


@pytest.mark.parametrize("what", CHANGES)
def test_with_any_change_it_runs_whole(what: str, place: Place) -> None:
    _settled(place)
    CHANGES[what](place)
    found = place.run()
    assert (found.is_done, found.code) == (False, 0), found.said
    built = place.files()
    assert place.run("--rebuild").said.endswith("; 0 files changed.")
    assert place.files() == built


def test_a_link_that_leads_to_another_file_counts(place: Place) -> None:
    """The other one has the times and the size of the first."""
    others = [place.folder / "texts" / name for name in ("one", "two")]
    for other in others:
        other.write_text(f"{other.name}\n")
        os.utime(other, (0, 0))
    place.motd.unlink()
    place.motd.symlink_to("one")
    _settled(place)
    place.motd.unlink()
    place.motd.symlink_to("two")
    found = place.run()
    assert (found.is_done, found.printed) == (False, "stacks/web/values.yaml\n")


def test_paths_from_another_folder_are_the_same(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(place.folder)
    place.file, place.out = Path("services.yaml"), Path("generated")
    _settled(place)
    read = [*_left_by(place).read]
    assert str(place.motd) in read
    assert all(Path(path).is_absolute() for path in read)


def test_what_is_done_again_is_known_again(place: Place) -> None:
    _settled(place)
    place.file.write_text(SERVICES.replace("pods: 2", "pods: 3"))
    place.run()
    assert place.run().is_done
    place.file.write_text(SERVICES)
    assert not place.run().is_done
    assert place.run().is_done


@pytest.mark.parametrize("variable", ["CDKTF_CONTEXT_JSON", "SYNTH_HCL_OUTPUT", SWITCH])
def test_settings_of_the_environment_count(variable: str, place: Place) -> None:
    _settled(place)
    assert place.run(SOME_OTHER="1").is_done
    value = {"CDKTF_CONTEXT_JSON": "{}", "SYNTH_HCL_OUTPUT": "true"}.get(variable, "1")
    assert not place.run(**{variable: value}).is_done
    again = place.run(**{variable: value}).is_done
    assert again is (variable != SWITCH), "which renders everything each time, as it is asked for"


def test_a_commit_counts(place: Place) -> None:
    def git(*words: str) -> None:
        who = ("-c", "user.name=test", "-c", "user.email=test@example.com")
        subprocess.run(["git", *who, *words], cwd=place.folder, check=True, capture_output=True, timeout=60)

    git("init")
    place.run()
    assert place.run().is_done
    git("add", "generated")
    git("commit", "--message=generated")
    assert not place.run().is_done
    assert place.run().is_done


def test_another_generator_counts(tmp_path: Path) -> None:
    (tmp_path / "program").mkdir()
    repository_copy.copy(tmp_path / "program", SERVICES)
    (tmp_path / "system").mkdir()
    place = Place(tmp_path / "system", tmp_path / "program")
    _settled(place)
    chart = place.program / "charts" / "microservice" / "Chart.yaml"
    chart.write_text(f"{chart.read_text()}# Another one.\n")
    found = place.run()
    assert not found.is_done
    assert "charts/microservice/Chart.yaml" in found.printed


@pytest.mark.parametrize(
    ("services", "options"),
    [
        (SERVICES + "  shop: {image: v1, renamed_from: web-shop}\n", ()),
        (SERVICES + "retired: {old: destroy}\n", ()),
        (SERVICES, ("--never-applied", "web")),
    ],
)
def test_what_depends_on_the_states_is_looked_at_each_time(
    services: str, options: tuple[str, ...], place: Place
) -> None:
    if "retired" in services:
        place.file.write_text(RETIRED)
        assert place.run().code == 0
    place.file.write_text(services)
    for _ in range(3):
        found = place.run(*options)
        assert (found.is_done, found.code) == (False, 0), found.said


def test_a_stack_that_goes_is_looked_at_once_more(place: Place) -> None:
    place.file.write_text(SERVICES + "  old: {image: v1}\n")
    place.run()
    place.file.write_text(SERVICES)
    assert not place.run().is_done
    assert not place.run().is_done
    assert place.run().is_done


def test_a_run_opens_no_file_and_starts_no_program_that_is_not_compared(place: Place) -> None:
    """Of a run that would be recorded. What git answers is compared; Node is not started where nothing is built."""
    place.run()
    program, told = place.folder / "watched.py", place.folder / "told.json"
    program.write_text(WATCHED)
    _rewrite(place, _on_another_day)
    line: list[str | Path] = [ROOT / "main.py", "--file", place.file, "--out", place.out]
    own = {user_cache.VARIABLE: str(place.folder / "cache")}
    command = [sys.executable, program, told, *line]
    subprocess.run(command, env=os.environ | own, capture_output=True, check=True, timeout=300)
    opened, started = json.loads(told.read_text())
    assert str(place.motd) in opened, "it does hear them"
    assert started == ["git"]
    left = _left_by(place)
    compared = [place.file, place.out, ROOT / "main.py", ROOT / "charts", ROOT / "modules"]
    known = [*left.read, *map(str, [*compared, place.folder / "cache"])]
    own_to_python = {*map(os.path.realpath, [sys.prefix, sys.base_prefix, *filter(None, sys.path)])} - {str(ROOT)}
    others = [
        path
        for path in opened
        if not _is_below(path, known)
        and not _is_below(os.path.realpath(path), own_to_python)
        and not path.startswith(("/dev/", "/proc/", "/usr/lib/locale/", "/usr/share/locale/"))
    ]
    assert others == []


def _is_below(path: str, folders: Any) -> bool:
    return any(path == folder or path.startswith(f"{folder}/") for folder in folders)


def _left_by(place: Place) -> Left:
    with pytest.MonkeyPatch.context() as patches:
        patches.setenv(user_cache.VARIABLE, str(place.folder / "cache"))
        found = last_run.find(place.file, place.out)
    assert found
    assert found.left
    return found.left


@sampled(gate=3, nightly=60, minutes=20)
@given(systems=st.lists(random_specs.valid(), min_size=2, max_size=2), order=st.permutations([0, 1, 0, 1]))
def test_after_any_edits_what_is_said_at_once_is_what_a_whole_run_says(systems: list[System], order: list[int]) -> None:
    with tempfile.TemporaryDirectory() as name:
        place = Place(Path(name))
        for number in order:
            place.file.write_text(random_specs.render(systems[number]), encoding="utf-8")
            place.run()
            written, second = place.files(), place.run()
            shutil.rmtree(place.records, ignore_errors=True)
            third = place.run()
            assert not third.is_done
            assert second[1:] == third[1:]
            if second.code == 0:
                assert place.files() == written
                assert second.said.endswith("; 0 files changed.")


BEGUN = Begun(0, "generator", [], "2026-11-28")
SAID = Said([], [])


def _left(out: Path, files: dict[str, bytes], at: int, **read: signature.Signature) -> Left | None:
    return last_run.left(BEGUN._replace(at=at), out, files, read, None, SAID)


def test_of_a_young_file_the_content_is_compared(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("one")
    at = time.time_ns()
    found = _left(tmp_path, {"file": b"one"}, at)
    assert found
    assert found.written.keys() == {"file"}
    assert last_run.stands(found, BEGUN, tmp_path)
    # As if the clock of the file system had not moved on: the signature is that of the other content.
    other = found._replace(written={"file": last_run.digest(b"two")})
    assert not last_run.stands(other, BEGUN, tmp_path)
    os.utime(tmp_path / "file", (0, 0))
    late = _left(tmp_path, {"file": b"one"}, time.time_ns() + 10**10)
    assert late
    assert late.written == {}


def test_nothing_is_left_where_something_else_may_be_changing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("one")
    at = time.time_ns()
    assert _left(tmp_path, {}, at) is None, "a young file that is not this run's"
    young = signature.of(tmp_path / "file")
    assert young
    late = time.time_ns() + 10**10
    assert _left(tmp_path, {}, late, named=young)
    assert _left(tmp_path, {}, at, named=young) is None
    assert last_run.left(BEGUN._replace(generator=None), tmp_path, {}, {}, None, SAID) is None


@pytest.mark.parametrize(
    ("times", "is_young"),
    [((5_000_000_001, 0), False), ((6_990_000_001, 0), True), ((0, 6_990_000_001), True), ((5_000_000_000, 0), True)],
)
def test_whole_seconds_are_the_time_of_a_slow_clock(times: tuple[int, int], is_young: bool) -> None:
    assert signature.is_young((*times, 1, 1), 7_000_000_000) is is_young


def test_a_generator_that_is_being_written_has_no_signature(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(generator, "ROOT", tmp_path)
    (tmp_path / "main.py").write_text("")
    (tmp_path / "modules").mkdir()
    assert generator.signature(time.time_ns()) is None
    later = time.time_ns() + 10**10
    one = generator.signature(later)
    assert one
    (tmp_path / "modules" / "__pycache__").mkdir()
    (tmp_path / "modules" / "__pycache__" / "new.pyc").write_text("")
    assert generator.signature(later) == one, "which Python writes while it imports"
    (tmp_path / "modules" / "new.py").write_text("")
    assert generator.signature(later) not in (None, one)


def test_of_many_systems_those_that_ran_last_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(user_cache.VARIABLE, str(tmp_path))
    for number in range(last_run.MOST_KEPT + 1):
        last_run.remember(Path(str(number)), Path("out"), LastRun(str(number), None))
        newest = max((tmp_path / "runs").iterdir(), key=lambda file: file.stat().st_mtime_ns)
        os.utime(newest, (number, number))
    assert last_run.find(Path("0"), Path("out")) is None
    assert last_run.find(Path("1"), Path("out")) == LastRun("1", None)
    assert last_run.find(Path(str(last_run.MOST_KEPT)), Path("out"))


def test_a_cache_that_cannot_be_used_is_no_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("not a folder")
    monkeypatch.setenv(user_cache.VARIABLE, str(tmp_path / "file"))
    last_run.remember(tmp_path / "a", tmp_path / "b", LastRun("", None))
    assert last_run.find(tmp_path / "a", tmp_path / "b") is None
