"""generated/ is whole or not at all, whatever stops the writer, and Terraform's own files survive."""

from __future__ import annotations

import errno
import fcntl
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modules.paths import ROOT
from modules.synth.writer import differences, recover, write
from tests.support import child_process

OLD = {
    "manifest.json": b"old manifest",
    "stacks/network/cdk.tf.json": b"old network",
    "stacks/network/versions.tf": b"versions",
    "stacks/network/values.yaml": b"goes, but not its stack",
    "stacks/gone/cdk.tf.json": b"gone",
    "stacks/gone/versions.tf": b"versions",
    "stacks/kept/cdk.tf.json": b"kept until its service goes",
    "charts/file": b"becomes a folder",
    "charts/folder/deep/one": b"becomes a file",
    "charts/folder/two": b"becomes a file",
}
NEW = {
    "manifest.json": b"new manifest",
    "stacks/network/cdk.tf.json": b"new network",
    "stacks/network/versions.tf": b"versions",
    "stacks/added/cdk.tf.json": b"added",
    "charts/file/one": b"in the folder",
    "charts/file/deep/two": b"in the folder",
    "charts/folder": b"the file",
}
SURVIVE = {
    "stacks/network/.terraform/providers/aws": b"a provider",
    "stacks/network/.terraform/environment": b"dev",
    "stacks/network/.terraform.lock.hcl": b"hashes",
    "stacks/network/backend_override.tf": b"a user's own",
    "stacks/network/network.tfplan": b"a plan",
    "stacks/network/terraform.tfstate.d/dev/terraform.tfstate": b"a state",
    "stacks/kept/errored.tfstate": b"a state",
}
GO_WITH_THEIR_STACK = {
    "stacks/gone/.terraform/providers/aws": b"a provider",
    "stacks/gone/.terraform.lock.hcl": b"hashes",
    "stacks/kept/.terraform/environment": b"dev",
    "charts/folder/deep/.terraform/environment": b"dev",
}


def record(files: dict[str, bytes]) -> dict[str, bytes]:
    return {".files": "".join(f"{path}\n" for path in sorted(files)).encode()}


def tree(folder: Path) -> dict[str, bytes | None]:
    """Every file with its content, every folder as None; what was staged and not committed left out."""
    return {
        str(at.relative_to(folder)): at.read_bytes() if at.is_file() else None
        for at in folder.rglob("*")
        if at.relative_to(folder).parts[0] != ".staging"
    }


def contents(folder: Path) -> dict[str, bytes]:
    return {path: content for path, content in tree(folder).items() if content is not None}


def put(files: dict[str, bytes], into: Path) -> None:
    for path, content in files.items():
        (into / path).parent.mkdir(parents=True, exist_ok=True)
        (into / path).write_bytes(content)


def stamps(folder: Path) -> dict[Path, int]:
    return {at: at.lstat().st_mtime_ns for at in [folder, *folder.rglob("*")]}


@pytest.fixture(autouse=True)
def no_waiting_for_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "fsync", lambda _: None)


@pytest.fixture
def into(tmp_path: Path) -> Path:
    """The old tree, with what Terraform and a user have put beside it."""
    folder = tmp_path / "generated"
    write(OLD, folder)
    put(SURVIVE | GO_WITH_THEIR_STACK, folder)
    return folder


# --- what a run writes and removes


def test_only_what_changed_is_written_and_only_what_the_generator_wrote_is_removed(into: Path) -> None:
    before = stamps(into)
    changed = write(NEW, into)
    assert contents(into) == NEW | SURVIVE | record(NEW)
    assert changed == sorted({".files"} | {path for path, _ in OLD.items() ^ NEW.items()})
    assert not (into / "stacks/gone").exists()
    untouched = [into / path for path in ["stacks/network/versions.tf", *SURVIVE]]
    assert {at: before[at] for at in untouched} == {at: stamps(into)[at] for at in untouched}


def test_the_differences_are_told_without_a_change(into: Path) -> None:
    before = stamps(into)
    differing = differences(NEW, into)
    assert stamps(into) == before
    assert differing == write(NEW, into)
    assert differences(NEW, into) == []


def test_a_run_that_changes_nothing_touches_nothing(into: Path) -> None:
    before = stamps(into)
    with mock.patch("os.fsync", side_effect=AssertionError("a write")):
        assert write(OLD, into) == []
        recover(into)
    assert stamps(into) == before


def test_the_bytes_are_the_same_whatever_was_there_before(into: Path, tmp_path: Path) -> None:
    fresh = tmp_path / "fresh"
    write(dict(reversed(NEW.items())), fresh)
    write(NEW, into)
    assert contents(fresh) == NEW | record(NEW)
    assert contents(into) == contents(fresh) | SURVIVE


def test_a_generated_file_that_was_edited_or_deleted_by_hand_comes_back(into: Path) -> None:
    (into / "manifest.json").write_bytes(b"edited")
    (into / "stacks/network/versions.tf").unlink()
    assert write(OLD, into) == ["manifest.json", "stacks/network/versions.tf"]
    assert contents(into) == OLD | SURVIVE | GO_WITH_THEIR_STACK | record(OLD)


def test_without_its_record_the_generator_removes_nothing(into: Path) -> None:
    (into / ".files").unlink()
    write({"manifest.json": b"new"}, into)
    assert contents(into).keys() >= OLD.keys() | SURVIVE.keys()


def test_a_record_that_names_files_outside_leads_to_none(into: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    put({"a": b"outside"}, outside)
    (into / "linked").symlink_to(outside)
    lines = ["<<<<<<< HEAD", "../outside/a", str(outside / "a"), "linked/a", "stacks/network/.terraform/environment"]
    (into / ".files").write_bytes("\n".join(lines).encode() + b"\n\xff\n")
    write(OLD, into)
    assert contents(outside) == {"a": b"outside"}
    assert contents(into).items() >= SURVIVE.items()


def test_generated_may_be_a_symbolic_link(into: Path, tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(into)
    write(NEW, link)
    recover(link)
    assert link.is_symlink()
    assert contents(into) == NEW | SURVIVE | record(NEW)


def test_recovering_where_nothing_was_generated_makes_nothing(tmp_path: Path) -> None:
    recover(tmp_path / "generated")
    assert list(tmp_path.iterdir()) == []


PATHS = st.lists(st.sampled_from("abc"), min_size=1, max_size=3).map("/".join)


def without_clashes(files: dict[str, bytes]) -> bool:
    return not any(other.startswith(f"{path}/") for path in files for other in files)


TREES = st.dictionaries(PATHS, st.sampled_from([b"1", b"2"]), max_size=6).filter(without_clashes)


@given(old=TREES, new=TREES, step=st.integers(1, 12))
def test_any_tree_becomes_any_other_even_if_interrupted_between(
    old: dict[str, bytes], new: dict[str, bytes], step: int
) -> None:
    left = step

    def interrupted(rename: Callable[[Path, Path], Path]) -> Callable[[Path, Path], Path]:
        def step_or_stop(source: Path, target: Path) -> Path:
            nonlocal left
            left -= 1
            if not left:
                raise KeyboardInterrupt
            return rename(source, target)

        return step_or_stop

    with tempfile.TemporaryDirectory() as folder:
        into = Path(folder)
        write(old, into)
        renaming: dict[str, Any] = {name: interrupted(getattr(Path, name)) for name in ("rename", "replace")}
        try:
            with mock.patch.multiple(Path, **renaming):
                write(new, into)
        except KeyboardInterrupt:
            recover(into)
            assert contents(into) in (old | record(old), new | record(new))
        write(new, into)
        assert contents(into) == new | record(new)
        assert all(any(at.iterdir()) for at in into.rglob("*") if at.is_dir())
        assert write(new, into) == []


# --- what is refused before anything is written


OUTSIDE = ["/etc/motd", "..", "../a", "a/../b"]
MALFORMED = ["", "./a", "a//b", "a/", "a\\b", "a\nb", "a\u2028b", "a\0b"]
RESERVED = [".files", ".staging/a", ".journal", "stacks/a/.terraform/a", "stacks/a/.terraform.lock.hcl"]


@pytest.mark.parametrize("path", [*OUTSIDE, *MALFORMED, *RESERVED])
def test_a_path_that_no_generator_may_write_is_a_programming_error(path: str, into: Path) -> None:
    before = tree(into)
    with pytest.raises(ValueError, match="is not the path of a generated file"):
        write({"manifest.json": b"", path: b""}, into)
    assert tree(into) == before


def test_a_path_cannot_be_a_file_and_a_folder(into: Path) -> None:
    with pytest.raises(ValueError, match="'a/b' is a file and a folder at once"):
        write({"a/b": b"", "a/b/c/d": b""}, into)


def stands(path: str) -> Callable[[Path], None]:
    return lambda into: put({path: b"a user's own"}, into)


def links(path: str) -> Callable[[Path], None]:
    return lambda into: (into / path).symlink_to(into.parent)


@pytest.mark.parametrize(
    ("obstacle", "words"),
    [
        (stands("stacks/added"), "A folder must be here; move this file away.*stacks/added'"),
        (links("stacks/added"), "A folder must be here; move this file away.*stacks/added'"),
        (stands("charts/folder/deep/mine"), "A file must be here; move this folder away.*charts/folder'"),
        (stands("charts/folder/mine/deeper"), "A file must be here; move this folder away.*charts/folder'"),
    ],
)
def test_what_a_user_put_in_the_way_stops_the_run_before_it_writes(
    obstacle: Callable[[Path], None], words: str, into: Path
) -> None:
    obstacle(into)
    before = stamps(into)
    with pytest.raises(OSError, match=words):
        write(NEW, into)
    assert stamps(into) == before


def test_a_folder_that_may_not_be_written_stops_the_run_before_it_writes(into: Path) -> None:
    before = stamps(into)
    allowed = os.access

    def access(path: Path, mode: int) -> bool:  # chmod would not stop root
        return path != into / "stacks/gone" and allowed(path, mode)

    with mock.patch("os.access", access), pytest.raises(PermissionError, match=r"not writable.*stacks/gone'"):
        write(NEW, into)
    assert stamps(into) == before


def test_a_full_disk_leaves_everything_as_it_was(into: Path) -> None:
    before = tree(into)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, limits[1]))
    try:
        with pytest.raises(OSError, match="File too large"):
            write(NEW | {"stacks/added/cdk.tf.json": b"x" * 5000}, into)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert tree(into) == before
    assert not (into / ".staging").exists()


def test_a_commit_that_fails_leaves_everything_as_it_was(into: Path) -> None:
    before = tree(into)
    full = OSError(errno.ENOSPC, "No space left on device")
    with mock.patch.object(Path, "rename", side_effect=full), pytest.raises(OSError, match="No space left"):
        write(NEW, into)
    assert tree(into) == before
    assert not (into / ".staging").exists()


# --- what stops a run at any step

STOPPED = """
import json, os, shutil, signal, sys
from pathlib import Path
from modules.synth.writer import recover, write

job = json.load(sys.stdin)
os.fsync = lambda opened: None  # a killed process loses nothing that it has written
CHANGES = {"os.rename", "os.remove", "os.rmdir", "os.mkdir"}

def stop_before(step):
    def watch(event, arguments):
        nonlocal step
        if event in CHANGES or event == "open" and (arguments[2] or 0) & (os.O_WRONLY | os.O_RDWR):
            step -= 1
            if step == 0 and job["by"] == "Ctrl-C":
                raise KeyboardInterrupt
            if step == 0:
                os.kill(os.getpid(), signal.SIGKILL)
    sys.addaudithook(watch)

def run(into):
    if job["files"] is None:
        recover(into)
    else:
        write({path: content.encode() for path, content in job["files"].items()}, into)

step, finished = 0, False
while not finished:
    step += 1
    into = Path(job["copies"], str(step))
    shutil.copytree(job["into"], into)
    if not (child := os.fork()):
        stop_before(step)
        try:
            run(into)
        except KeyboardInterrupt:
            os._exit(1)
        os._exit(0)
    status = os.waitpid(child, 0)[1]
    if not os.WIFSIGNALED(status) and os.WEXITSTATUS(status) not in (0, 1):
        sys.exit(f"step {step} ended with {status}")
    finished = status == 0
"""


def stopped_at_every_step(into: Path, files: dict[str, bytes] | None, by: str) -> list[Path]:
    """Copies of `into`: the n-th after a run that was stopped before its n-th change, the last after a whole run."""
    copies = Path(tempfile.mkdtemp(dir=into.parent))
    texts = None if files is None else {path: content.decode() for path, content in files.items()}
    job = {"into": str(into), "copies": str(copies), "files": texts, "by": by}
    subprocess.run([sys.executable, "-c", STOPPED], cwd=ROOT, input=json.dumps(job), text=True, check=True)
    return sorted(copies.iterdir(), key=lambda copy: int(copy.name))


@pytest.mark.parametrize("by", ["SIGKILL", "Ctrl-C"])
def test_a_run_stopped_at_any_step_leaves_the_old_files_or_a_journal_that_the_next_run_finishes(
    by: str, into: Path, tmp_path: Path
) -> None:
    undisturbed = tmp_path / "undisturbed"
    shutil.copytree(into, undisturbed)
    write(NEW, undisturbed)
    old, new = tree(into), tree(undisturbed)
    phases = []
    for copy in stopped_at_every_step(into, NEW, by):
        journal = (copy / ".journal/plan.json").exists()
        phases.append("journal" if journal else "old" if tree(copy) == old else "new")
        assert by == "SIGKILL" or not (copy / ".staging").exists()
        recover(copy)
        assert tree(copy) == (old if phases[-1] == "old" else new), copy.name
        write(NEW, copy)
        assert tree(copy) == new, copy.name
        assert not (copy / ".staging").exists()
    assert phases == sorted(phases, key=["old", "journal", "new"].index)
    assert phases.count("old") > len(NEW.items() - OLD.items())
    assert phases.count("journal") > len(OLD.items() ^ NEW.items())


def test_a_recovery_killed_at_any_step_is_finished_by_the_next(into: Path) -> None:
    with (
        mock.patch("modules.synth.journal._carry_out", side_effect=KeyboardInterrupt),
        pytest.raises(KeyboardInterrupt),
    ):
        write(NEW, into)
    copies = stopped_at_every_step(into, None, "SIGKILL")
    recover(into)
    assert contents(into) == NEW | SURVIVE | record(NEW)
    for copy in copies:
        recover(copy)
        assert tree(copy) == tree(into), copy.name


def test_an_error_after_the_commit_is_raised_and_the_next_run_finishes(into: Path) -> None:
    with (
        mock.patch.object(Path, "replace", side_effect=OSError(errno.EIO, "Input/output error")),
        pytest.raises(OSError, match="Input/output error"),
    ):
        write(NEW, into)
    assert write(NEW, into) == []
    assert contents(into) == NEW | SURVIVE | record(NEW)


def test_everything_reaches_the_disk_before_the_step_that_relies_on_it(into: Path) -> None:
    synced: set[int] = set()
    commit, put_in_place, rmtree = Path.rename, Path.replace, shutil.rmtree
    checked = []

    def sync(opened: int) -> None:
        synced.add(os.fstat(opened).st_ino)

    def rename(staging: Path, journal: Path) -> Path:
        assert {at.stat().st_ino for at in [staging, *staging.iterdir()]} <= synced
        checked.append("commit")
        synced.clear()
        return commit(staging, journal)

    def replace(source: Path, target: Path) -> Path:
        assert "first rename" in checked or into.stat().st_ino in synced
        checked.append("first rename")
        synced.clear()
        return put_in_place(source, target)

    def remove(folder: Path, **options: Any) -> None:
        if folder.name == ".journal":
            folders = [into, *(at for at in into.rglob("*") if any(at == (into / path).parent for path in NEW))]
            assert {at.stat().st_ino for at in folders} <= synced
            checked.append("removal")
        rmtree(folder, **options)

    with (
        mock.patch("os.fsync", sync),
        mock.patch.multiple(Path, rename=rename, replace=replace),
        mock.patch("shutil.rmtree", remove),
    ):
        write(NEW, into)
    assert list(dict.fromkeys(checked)) == ["commit", "first rename", "removal"]


# --- two runs at once

WRITER = """
import json, sys
from pathlib import Path
from modules.synth.writer import write

for _ in range(int(sys.argv[3])):
    write({path: content.encode() for path, content in json.loads(sys.argv[2]).items()}, Path(sys.argv[1]))
"""


def writer(into: Path, files: dict[str, bytes], times: int) -> subprocess.Popen[str]:
    texts = json.dumps({path: content.decode() for path, content in files.items()})
    command = [sys.executable, "-c", WRITER, str(into), texts, str(times)]
    return child_process.start(command, cwd=ROOT, stderr=subprocess.PIPE)


def test_runs_at_the_same_time_do_not_mix(into: Path) -> None:
    runs = [writer(into, files, 15) for files in (OLD, NEW)]
    assert [(run.communicate(timeout=60), run.returncode)[1] for run in runs] == [0, 0]
    assert contents(into) in (OLD | SURVIVE | record(OLD), NEW | SURVIVE | record(NEW))


@pytest.fixture
def held(into: Path) -> Iterator[int]:
    folder = os.open(into, os.O_RDONLY)
    fcntl.flock(folder, fcntl.LOCK_EX)
    yield folder
    os.close(folder)


def test_a_run_says_that_it_waits_for_another(into: Path, held: int) -> None:
    run = writer(into, NEW, 1)
    assert run.stderr
    assert run.stderr.readline() == f"Another run is writing {into}: waiting for it to end.\n"
    with pytest.raises(subprocess.TimeoutExpired):
        run.wait(timeout=0.2)
    assert contents(into).items() >= OLD.items()
    fcntl.flock(held, fcntl.LOCK_UN)
    assert run.wait(timeout=60) == 0
    assert contents(into) == NEW | SURVIVE | record(NEW)
