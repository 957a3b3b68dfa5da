"""What says that a move of states is under way: a killed one is finished by the same command, and by no other."""

import fcntl
import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from modules.errors import CommandError
from modules.shared_state.local_state import FOLDER_MODE
from modules.state import json_file
from modules.state.json_file import JsonModel, shown

NAME = ".move.json"


class Move(JsonModel):
    """A move: the ID of its locks, and where it leads, as `main.py migrate-state` takes it."""

    lock: str
    source: str
    target: str

    @property
    def command(self) -> str:
        """What finishes it."""
        return f"make migrate-state FROM={self.source} TO={self.target}"


class Journal:
    """The file, which this process alone has open."""

    def __init__(self, file: Path, found: Move | None) -> None:
        self.file, self.found = file, found

    def begin(self, source: str, target: str) -> Move:
        """Writes the move down, or goes on with the one that was killed; raises CommandError if that is another one."""
        if self.found and (self.found.source, self.found.target) != (source, target):
            what = (
                f"A move of the states from {self.found.source} to {self.found.target} was killed, and is not finished."
            )
            raise CommandError(shown(self.file), what, f"Finish it first: {self.found.command}")
        move = self.found or Move(lock=str(uuid.uuid4()), source=source, target=target)
        staged = self.file.with_name(f"{NAME}.new")
        staged.write_text(move.model_dump_json(), encoding="utf-8")
        staged.replace(self.file)
        return move

    def end(self) -> None:
        """The move is done, or undone."""
        self.file.unlink(missing_ok=True)


def unfinished(folder: Path) -> Move | None:
    """The move of a run that was killed."""
    return json_file.read(folder / NAME, Move, "Delete the file, if no move of states is under way.")


@contextmanager
def alone(folder: Path) -> Iterator[Journal]:
    """The journal of the states in this folder; raises CommandError while another process has it."""
    folder.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            what = "Another run of this command is moving the states of this system."
            raise CommandError(shown(folder), what, "Wait until it has ended, and run this again.") from None
        yield Journal(folder / NAME, unfinished(folder))
    finally:
        os.close(descriptor)
        with suppress(OSError):  # it is kept while anything is in it
            folder.rmdir()
