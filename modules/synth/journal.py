"""The journal of a write: what a killed run had committed, so that the next run finishes it.

A journal is a file like any other: it may be damaged, or come with a pull request. So nothing that it says is done
before every path in it has been checked like a path of the generator.
"""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from modules import bounded_file
from modules.errors import CommandError
from modules.synth.generated_path import (
    JOURNAL,
    RECORD,
    STAGING,
    TERRAFORM,
    folders_above,
    is_safe,
    leads_through_link,
)

PLAN = "plan.json"
_MAX_BYTES = 16 * 1024 * 1024  # of a plan: a path of 100 bytes for each of 50,000 files three times over
_GIT_SECONDS = 10
_SHOWN = 100  # characters of a path in a message


@dataclass(frozen=True)
class Plan:
    remove: list[str]  # files
    leave: list[str]  # folders that hold no generated file any more, deepest first
    put: list[str]  # the first one lies in the journal as file "0", and so on


def commit(plan: Plan, contents: Mapping[str, bytes], into: Path) -> None:
    """Stages the files and then, by one rename, makes the plan the journal; raises OSError, nothing left behind."""
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


def recover(into: Path) -> None:
    """Finishes what a run had committed and drops what it had not.

    Raises CommandError for a journal that no run of the generator can have left; nothing is changed then.
    """
    journal = into / JOURNAL
    if os.path.lexists(journal):
        _require_own(journal)
    if os.path.lexists(journal / PLAN):  # without it, the plan was done and the journal half removed
        finish(_read(journal, into), into)
    for folder in (into / STAGING, journal):
        if folder.is_dir():
            shutil.rmtree(folder)


def finish(plan: Plan, into: Path) -> None:
    """Does what the journal in `into` says, which is this plan, and removes the journal; raises OSError."""
    _sync(into)
    _carry_out(plan, into)
    shutil.rmtree(into / JOURNAL)


def _require_own(journal: Path) -> None:
    if journal.is_symlink() or not journal.is_dir():
        raise _refused(journal, "It is not a folder, so the generator did not write it.")
    if _is_tracked(journal):
        what = "Git tracks this folder. A journal only belongs to an interrupted run on this machine."
        raise CommandError(
            _shown(journal),
            what,
            f"Find out who committed it, remove it (git rm -r {_shown(journal)}), and run the command again.",
        )


def _is_tracked(journal: Path) -> bool:
    """Whether git knows a file of the folder; False where there is no git or no repository."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    command = ["git", "-C", str(journal.parent), "ls-files", "--", journal.name]
    try:
        answer = subprocess.run(command, capture_output=True, env=environment, timeout=_GIT_SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return bool(answer.stdout)


def _read(journal: Path, into: Path) -> Plan:
    """The plan, every path of it checked."""
    file = journal / PLAN
    if file.is_symlink():
        raise _refused(journal, f"{PLAN} is a symbolic link.")
    try:
        content = json.loads(bounded_file.read(file, _MAX_BYTES))
    except (ValueError, RecursionError):
        raise _refused(journal, f"{PLAN} is not JSON.") from None
    except OSError as error:
        raise _refused(journal, f"{PLAN} can't be read: {error.strerror}.") from None
    names = [field.name for field in fields(Plan)]
    if not isinstance(content, dict) or sorted(content) != sorted(names):
        raise _refused(journal, f"{PLAN} must have the keys {', '.join(names)}.")
    for name, paths in content.items():
        if not isinstance(paths, list) or not all(isinstance(path, str) for path in paths):
            raise _refused(journal, f'"{name}" in {PLAN} must be a list of paths.')
    plan = Plan(**content)
    _check(plan, journal, into)
    return plan


def _check(plan: Plan, journal: Path, into: Path) -> None:
    for name, paths in asdict(plan).items():
        for path in paths:
            what = f'"{name}" in {PLAN} has {path[:_SHOWN]!r}, which'
            if not (is_safe(path) or (name == "put" and path == RECORD)):
                raise _refused(journal, f"{what} is not the path of a generated file.")
            # A folder that is a link itself would lead to another folder, whose .terraform would be removed.
            if leads_through_link(path, into) or (name == "leave" and (into / path).is_symlink()):
                raise _refused(journal, f"{what} leads through a symbolic link.")
    for number in range(len(plan.put)):
        staged = journal / str(number)
        if os.path.lexists(staged) and not stat.S_ISREG(staged.lstat().st_mode):
            raise _refused(journal, f'"{number}" is not a regular file.')


def _refused(journal: Path, what: str) -> CommandError:
    step = f"Delete {_shown(journal)}, and run the command again: it writes all generated files anew."
    return CommandError(_shown(journal), what, step)


def _shown(path: Path) -> str:
    return os.path.relpath(path)


def _carry_out(plan: Plan, into: Path) -> None:
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
    for at in [into, *(into / folder for folder in folders_above([*plan.put, *plan.remove]))]:
        if at.is_dir():
            _sync(at)


def _remove_directory(folder: Path) -> None:
    """As far as possible: .terraform may belong to another user, and a file of the user's own keeps the folder."""
    for at in [folder / name for name in TERRAFORM]:
        shutil.rmtree(at, ignore_errors=True)
        with suppress(OSError):
            at.unlink()
    with suppress(OSError):
        folder.rmdir()


def _sync(path: Path) -> None:
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
