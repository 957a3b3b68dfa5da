"""The state of a stack in a file of this machine."""

import fcntl
import os
from contextlib import suppress
from datetime import date
from itertools import count
from pathlib import Path

from modules import bounded_file
from modules.errors import CommandError
from modules.shared_state import lock as locks
from modules.shared_state.lock import Lock
from modules.state import state_file
from modules.state.json_file import MAX_BYTES, shown

# A state holds passwords and keys: only its owner reads it.
FILE_MODE, FOLDER_MODE = 0o600, 0o700


class LocalState:
    """A state file, locked as Terraform locks it: by a POSIX record lock, with its owner in a file beside it.

    https://github.com/hashicorp/terraform/blob/v1.11.4/internal/states/statemgr/filesystem_lock_unix.go. Such a lock
    ends when this process closes the file once, so that a locked state is read through the one that is open.
    """

    def __init__(self, file: Path) -> None:
        self.file = file
        self._descriptor: int | None = None

    def __str__(self) -> str:
        return shown(self.file)

    def read(self) -> bytes | None:
        """The content; None where there is no file, or an empty one. Raises CommandError where it can't be read."""
        try:
            if self._descriptor is None:
                return bounded_file.read(self.file, MAX_BYTES) or None
            return os.pread(self._descriptor, MAX_BYTES, 0) or None
        except FileNotFoundError:
            return None
        except OSError as error:
            step = "Make the file readable for you, and run this again."
            raise CommandError(str(self), f"The file can't be read: {error.strerror}.", step) from None

    def lock(self, lock: Lock) -> None:
        """Locks the file, if it is there; raises CommandError where another process has locked it."""
        try:
            descriptor = os.open(self.file, os.O_RDWR)
        except FileNotFoundError:
            if (owner := self._owner()) and owner.ID == lock.ID:  # of a killed run, which has renamed the state
                state_file.lock_of(self.file).unlink()
            return
        try:
            fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(descriptor)
            raise locks.held(self._owner(), str(self), "The lock of a local state ends with its process.") from None
        self._descriptor = descriptor
        _write(state_file.lock_of(self.file), lock.at(str(self.file)).as_json())

    def unlock(self) -> None:
        """Gives the lock back, if this process has it."""
        if self._descriptor is not None:
            state_file.lock_of(self.file).unlink(missing_ok=True)
            os.close(self._descriptor)
            self._descriptor = None

    def write(self, content: bytes) -> None:
        """Puts this content in the place of the file, at once. Raises CommandError where it can't."""
        try:
            self.file.parent.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
            _write(self.file, content)
        except OSError as error:
            step = "Make the folder writable for you, and run this again."
            raise CommandError(str(self), f"The file can't be written: {error.strerror}.", step) from None

    def remove_copy(self) -> None:
        """Removes what `write` has made where there was nothing."""
        self.file.unlink(missing_ok=True)

    def set_aside(self, day: date) -> str:
        """Renames the file, so that nothing takes it for the state any more; returns where it is."""
        name = f"{self.file.name}.moved-{day}"
        names = (name if number == 1 else f"{name}-{number}" for number in count(1))
        aside = next(place for one in names if not (place := self.file.with_name(one)).exists())
        self.file.parent.chmod(FOLDER_MODE)
        self.file.chmod(FILE_MODE)
        self.file.rename(aside)
        return shown(aside)

    def _owner(self) -> Lock | None:
        file = state_file.lock_of(self.file)
        with suppress(CommandError, OSError):
            return locks.parse(bounded_file.read(file, MAX_BYTES), shown(file))
        return None


def _write(file: Path, content: bytes) -> None:
    """By a file of a fixed name beside it: what a killed run has left there, the next one writes anew and renames."""
    staged = file.with_name(f".{file.name}.new")
    try:
        with open(staged, "wb", opener=lambda name, flags: os.open(name, flags | os.O_NOFOLLOW, FILE_MODE)) as opened:
            os.fchmod(opened.fileno(), FILE_MODE)
            opened.write(content)
            opened.flush()
            os.fsync(opened.fileno())
        staged.replace(file)
    except BaseException:
        staged.unlink(missing_ok=True)
        raise
