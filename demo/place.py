"""Where a demo keeps what it writes, and which process has it: by a lock that ends with that process.

So the process id in the file is that of a demo exactly as long as the file is locked, whoever has this id later.
"""

import fcntl
import json
import os
import shutil
import time
from contextlib import suppress
from pathlib import Path
from typing import IO, Any


class Place:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.file = folder / "running.json"

    @classmethod
    def of_the_user(cls) -> "Place":
        users = os.environ.get("XDG_STATE_HOME")
        states = Path(users).absolute() if users else Path.home() / ".local" / "state"
        return cls(states / "eks-fargate-terraform" / "demo")

    def holder(self) -> dict[str, Any] | None:
        """What the demo that is up or on its way says of itself: at least its `pid`, once it has come that far."""
        with suppress(FileNotFoundError), self.file.open() as file:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return dict(json.loads(file.read() or "{}"))
        return None

    def take(self) -> IO[str] | None:
        """The lock, emptied of what an earlier demo left; None if a demo has it."""
        self.folder.mkdir(parents=True, exist_ok=True)
        lock = self.file.open("a+")
        for _ in range(5):
            with suppress(BlockingIOError):
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            time.sleep(0.1)  # `holder` of another process has it for a moment
        else:
            lock.close()
            return None
        for left in self.folder.iterdir():
            if left != self.file:
                shutil.rmtree(left) if left.is_dir() else left.unlink()
        tell(lock, pid=os.getpid())
        return lock

    def remove(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)


def tell(lock: IO[str], **what: Any) -> None:
    """What `holder` says from now on."""
    lock.seek(0)
    lock.truncate()
    json.dump(what, lock)
    lock.flush()
