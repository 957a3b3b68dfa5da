"""Write generated/ whole or not at all: a killed run leaves the old files, or a journal that the next run finishes."""

from __future__ import annotations

import errno
import fcntl
import json
import os
import shutil
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath

RECORD = ".files"  # what the generator wrote, a path a line; nothing that it does not name is ever removed
STAGING = ".staging"  # new files beside the old ones: dropped by the next run
JOURNAL = ".journal"  # the same folder once it is committed: finished by the next run
PLAN = "plan.json"
TERRAFORM = (".terraform", ".terraform.lock.hcl")


@dataclass(frozen=True)
class Plan:
    remove: list[str]  # files
    leave: list[str]  # folders that hold no generated file any more, deepest first
    put: list[str]  # the first one lies in the journal as file "0", and so on


def recover(into: Path) -> None:
    """Finish what a killed run committed, drop what it did not."""
    if into.is_dir():
        with _exclusive_lock(into):
            _recover_journal(into)


def write(files: Mapping[str, bytes], into: Path) -> list[str]:
    """Make the generator's files in `into` exactly these; the paths that were written or removed, sorted."""
    _check_keys(files)
    contents = _recorded(files)
    into.mkdir(parents=True, exist_ok=True)
    with _exclusive_lock(into):
        _recover_journal(into)
        plan = _plan(contents, into)
        if plan.put:  # the record changes with every removal
            _check_targets(plan, into)
            _commit(plan, contents, into)
            _recover_journal(into)
    return sorted([*plan.put, *plan.remove])


def differences(files: Mapping[str, bytes], into: Path) -> list[str]:
    """The paths that `write` would write or remove, sorted."""
    plan = _plan(_recorded(files), into)
    return sorted([*plan.put, *plan.remove])


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


def _recorded(files: Mapping[str, bytes]) -> dict[str, bytes]:
    return {RECORD: "".join(f"{path}\n" for path in sorted(files)).encode(), **files}


def _check_keys(files: Mapping[str, bytes]) -> None:
    for path in files:
        if not _is_safe(path):
            raise ValueError(f"{path!r} is no path for a generated file")
    if both := _above(files) & files.keys():
        raise ValueError(f"{min(both)!r} is a file and a folder at once")


def _is_safe(path: str) -> bool:
    parts = path.split("/")
    if {"", ".", "..", *TERRAFORM} & {*parts} or parts[0] in (RECORD, STAGING, JOURNAL):
        return False
    return path.splitlines() == [path] and not {*"\\\0"} & {*path}


def _above(paths: Iterable[str]) -> set[str]:
    """All folders that lead to these paths."""
    return {str(folder) for path in paths for folder in PurePosixPath(path).parents} - {"."}


def _plan(contents: Mapping[str, bytes], into: Path) -> Plan:
    recorded = (_content(into / RECORD) or b"").decode(errors="replace").splitlines()
    gone = [path for path in recorded if path not in contents and _is_safe(path) and not _through_link(path, into)]
    left = _above(gone) - _above(contents)
    return Plan(
        remove=[path for path in gone if (into / path).is_file()],
        leave=[folder for folder in sorted(left, reverse=True) if (into / folder).is_dir()],
        # The record comes first, so that at no moment it misses a file that is there.
        put=[path for path, content in contents.items() if _content(into / path) != content],
    )


def _content(file: Path) -> bytes | None:
    try:
        return file.read_bytes()
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return None


def _through_link(path: str, into: Path) -> bool:
    return any((into / folder).is_symlink() for folder in _above([path]))


def _check_targets(plan: Plan, into: Path) -> None:
    """Raise now what would stop a rename after the commit."""
    for folder in sorted(_above([*plan.put, *plan.remove]) - {*plan.remove}):
        at = into / folder
        if at.is_symlink() or (at.exists() and not at.is_dir()):
            raise NotADirectoryError(errno.ENOTDIR, "This stands where a folder is to be; move it away", str(at))
        if at.is_dir() and not os.access(at, os.W_OK | os.X_OK):
            raise PermissionError(errno.EACCES, "This folder may not be written", str(at))
    for path in plan.put:
        if (into / path).is_dir() and _has_foreign_files(path, plan, into):
            raise IsADirectoryError(errno.EISDIR, "This stands where a file is to be; move it away", str(into / path))


def _has_foreign_files(folder: str, plan: Plan, into: Path) -> bool:
    """Whether something in the folder is not the generator's to remove."""
    if folder not in plan.leave:
        return True
    inside = [f"{folder}/{at.name}" for at in (into / folder).iterdir() if at.name not in TERRAFORM]
    return any(path not in plan.remove and _has_foreign_files(path, plan, into) for path in inside)


def _commit(plan: Plan, contents: Mapping[str, bytes], into: Path) -> None:
    staging = into / STAGING
    try:
        staging.mkdir()
        for number, path in enumerate(plan.put):
            (staging / str(number)).write_bytes(contents[path])
        (staging / PLAN).write_text(json.dumps(asdict(plan)))
        for staged in [*staging.iterdir(), staging]:
            _sync(staged)
        staging.rename(into / JOURNAL)
    except BaseException:
        shutil.rmtree(staging, ignore_errors=True)
        raise


def _sync(path: Path) -> None:
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def _recover_journal(into: Path) -> None:
    journal = into / JOURNAL
    if (journal / PLAN).is_file():  # without it, the plan was done and the journal half removed
        _sync(into)
        _finish(Plan(**json.loads((journal / PLAN).read_text())), into)
    for folder in (into / STAGING, journal):
        if folder.is_dir():
            shutil.rmtree(folder)


def _finish(plan: Plan, into: Path) -> None:
    """Every step may have been done by a run that was killed after it."""
    for path in plan.remove:
        if (into / path).is_file():
            (into / path).unlink()
    for folder in plan.leave:
        _remove_directory(into / folder)
    for number, path in enumerate(plan.put):
        staged = into / JOURNAL / str(number)
        if staged.exists():
            (into / path).parent.mkdir(parents=True, exist_ok=True)
            staged.replace(into / path)
    for at in [into, *(into / folder for folder in _above([*plan.put, *plan.remove]))]:
        if at.is_dir():
            _sync(at)


def _remove_directory(folder: Path) -> None:
    """As far as it goes: .terraform may be another user's, and a file of the user's own keeps the folder."""
    for at in [folder / name for name in TERRAFORM]:
        shutil.rmtree(at, ignore_errors=True)
        with suppress(OSError):
            at.unlink()
    with suppress(OSError):
        folder.rmdir()
