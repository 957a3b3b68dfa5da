"""Write generated/ whole or not at all: a killed run leaves the old files, or a journal that the next run finishes."""

from __future__ import annotations

import errno
import fcntl
import os
import stat
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from modules import bounded_file
from modules.synth import journal
from modules.synth.generated_path import RECORD, TERRAFORM, folders_above, is_safe, leads_through_link
from modules.synth.journal import Plan

_MAX_RECORD = 16 * 1024 * 1024  # bytes


@dataclass(frozen=True)
class Writing:
    """What is to be written, and where."""

    contents: Mapping[str, bytes]
    into: Path
    plan: Plan

    @property
    def different(self) -> list[str]:
        """The paths that are written or removed, sorted."""
        return _different(self.plan)

    def finish(self) -> None:
        """Does it; raises as `write` does."""
        if self.plan.put:  # the record changes with every removal
            _check_targets(self.plan, self.into)
            journal.commit(self.plan, self.contents, self.into)
            journal.finish(self.plan, self.into)


def recover(into: Path) -> None:
    """Finishes what a killed run committed, drops what it did not; raises CommandError for a damaged journal."""
    if into.is_dir():
        with _exclusive_lock(into):
            journal.recover(into)


def write(files: Mapping[str, bytes], into: Path) -> list[str]:
    """Makes the generator's files in `into` exactly these; the paths that were written or removed, sorted.

    Raises OSError where a file can't be written, and CommandError for a damaged journal.
    """
    with writing(files, into) as begun:
        begun.finish()
    return begun.different


@contextmanager
def writing(files: Mapping[str, bytes], into: Path) -> Iterator[Writing]:
    """Likewise, by who looks at what is there before; no other run writes meanwhile."""
    _check_keys(files)
    contents = recorded(files)
    into.mkdir(parents=True, exist_ok=True)
    with _exclusive_lock(into):
        journal.recover(into)
        yield Writing(contents, into, _plan(contents, into))


def differences(files: Mapping[str, bytes], into: Path) -> list[str]:
    """The paths that `write` would write or remove, sorted."""
    return _different(_plan(recorded(files), into))


@contextmanager
def _exclusive_lock(into: Path) -> Iterator[None]:
    folder = os.open(into, os.O_RDONLY)
    try:
        try:
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print(f"Another run is writing {into}: waiting for it to end.", file=sys.stderr, flush=True)
            fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def _different(plan: Plan) -> list[str]:
    return sorted([*plan.put, *plan.remove])


def recorded(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The files with the one that names them, all that `write` makes there be."""
    return {RECORD: "".join(f"{path}\n" for path in sorted(files)).encode(), **files}


def _check_keys(files: Mapping[str, bytes]) -> None:
    for path in files:
        if not is_safe(path):
            raise ValueError(f"{path!r} is not the path of a generated file")
    if both := folders_above(files) & files.keys():
        raise ValueError(f"{min(both)!r} is a file and a folder at once")


def _plan(contents: Mapping[str, bytes], into: Path) -> Plan:
    recorded = _record(into).decode(errors="replace").splitlines()
    gone = [path for path in recorded if path not in contents and is_safe(path) and not leads_through_link(path, into)]
    left = folders_above(gone) - folders_above(contents)
    return Plan(
        remove=[path for path in gone if (into / path).is_file()],
        leave=[folder for folder in sorted(left, reverse=True) if (into / folder).is_dir()],
        # The record comes first, so that at no moment it misses a file that is there.
        put=[path for path, content in contents.items() if not _holds(f"{into}/{path}", content)],
    )


def _record(into: Path) -> bytes:
    """What the generator wrote last; nothing where that can't be known, so that nothing is removed."""
    try:
        return bounded_file.read(into / RECORD, _MAX_RECORD)
    except OSError:
        return b""


def _holds(file: str, content: bytes) -> bool:
    """Whether the file has this content; what is not a regular file is not read."""
    try:  # for hundreds of files, pathlib and buffers take as long as the reading
        status = os.stat(file)  # noqa: PTH116
        if not stat.S_ISREG(status.st_mode) or status.st_size != len(content):
            return False
        with open(file, "rb", buffering=0) as stream:  # noqa: PTH123
            return stream.read() == content
    except OSError:
        return False


def _check_targets(plan: Plan, into: Path) -> None:
    """Raise now what would stop a rename after the commit."""
    for folder in sorted(folders_above([*plan.put, *plan.remove]) - {*plan.remove}):
        at = into / folder
        if at.is_symlink() or (at.exists() and not at.is_dir()):
            raise NotADirectoryError(errno.ENOTDIR, "A folder must be here; move this file away", str(at))
        if at.is_dir() and not os.access(at, os.W_OK | os.X_OK):
            raise PermissionError(errno.EACCES, "This folder is not writable", str(at))
    for path in plan.put:
        if (into / path).is_dir() and _has_foreign_files(path, plan, into):
            raise IsADirectoryError(errno.EISDIR, "A file must be here; move this folder away", str(into / path))


def _has_foreign_files(folder: str, plan: Plan, into: Path) -> bool:
    """Whether something in the folder is not the generator's to remove."""
    if folder not in plan.leave:
        return True
    inside = [f"{folder}/{at.name}" for at in (into / folder).iterdir() if at.name not in TERRAFORM]
    return any(path not in plan.remove and _has_foreign_files(path, plan, into) for path in inside)
