"""A folder for copies of states and plans, which hold secrets: its owner's alone, and removed however its use ends."""

import fcntl
import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

PREFIX = "eks-plan-"
_LOCK = "in-use"
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@contextmanager
def private_folder() -> Iterator[Path]:
    """An empty folder of mode 0700. Those that runs left which were killed without a chance to clean up go first.

    Signals that end the caller by an exception remove it too; while it is removed, further ones are ignored.
    """
    remove_abandoned()
    folder = Path(tempfile.mkdtemp(prefix=PREFIX))
    try:
        with (folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            (folder / "lock").rename(folder / _LOCK)  # nobody sees it unlocked
            yield folder
    finally:
        _remove(folder)


def remove_abandoned() -> None:
    """Removes this user's folders that no process holds any more."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        with suppress(OSError):
            if folder.lstat().st_uid == os.geteuid() and not _is_held(folder / _LOCK):
                _remove(folder)


def _is_held(lock: Path) -> bool:
    """Raises OSError for a folder that has no lock yet."""
    try:
        with lock.open() as opened:
            fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    return False


def _remove(folder: Path) -> None:
    before = {number: signal.signal(number, signal.SIG_IGN) for number in _SIGNALS}
    try:
        shutil.rmtree(folder, ignore_errors=True)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
