"""One temporary folder for all that a run leaves in files: removed when it ends, or by the next run if it was killed.

A folder is known as abandoned by its lock: the operating system frees it with the process that held it.
"""

import atexit
import contextlib
import functools
import os
import shutil
import tempfile
from pathlib import Path

PREFIX = "eks-fargate-terraform-run-"
LOCK = "in-use"


@functools.cache
def path() -> Path:
    """This run's folder, which only its user can read; made by the first call, which must be in the main thread."""
    _remove_abandoned()
    folder = Path(tempfile.mkdtemp(prefix=PREFIX))
    atexit.register(_remove_own, folder, os.getpid())
    if os.name == "posix":
        import fcntl

        # Renamed when it is locked: without a lock of this name, another run does not take the folder for abandoned.
        lock = folder / f"{LOCK}.new"
        fcntl.flock(os.open(lock, os.O_CREAT | os.O_RDWR, 0o600), fcntl.LOCK_EX)
        lock.rename(folder / LOCK)
    return folder


def _remove_own(folder: Path, owner: int) -> None:
    if os.getpid() == owner:
        shutil.rmtree(folder, ignore_errors=True)


def _remove_abandoned() -> None:
    if os.name != "posix":
        return
    with contextlib.suppress(OSError):
        for entry in os.scandir(tempfile.gettempdir()):
            if entry.name.startswith(PREFIX) and _is_abandoned(entry):
                shutil.rmtree(entry.path, ignore_errors=True)


def _is_abandoned(entry: "os.DirEntry[str]") -> bool:
    """Ours, and with a lock that no process holds."""
    import fcntl

    try:
        if not entry.is_dir(follow_symlinks=False) or entry.stat(follow_symlinks=False).st_uid != os.geteuid():
            return False
        lock = os.open(Path(entry.path) / LOCK, os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return False
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    finally:
        os.close(lock)
    return True
