"""Terraform's lock of a state, as it is written beside the state: who holds it, since when, and what to do about it."""

import getpass
import json
import socket
from datetime import UTC, datetime

from modules.errors import CommandError
from modules.state import json_file
from modules.state.json_file import JsonModel

_DAMAGED = "Wait a minute, and run this again."


class Lock(JsonModel):
    """https://github.com/hashicorp/terraform/blob/v1.11.4/internal/states/statemgr/locker.go, type LockInfo."""

    ID: str
    Operation: str = ""
    Info: str = ""
    Who: str = ""
    Version: str = ""
    Created: str = ""
    Path: str = ""

    def as_json(self) -> bytes:
        """What Terraform writes, and prints where another holds the lock."""
        return json.dumps(self.model_dump()).encode()

    def at(self, path: str) -> "Lock":
        """The lock of the state that Terraform calls by this path."""
        return self.model_copy(update={"Path": path})


def new(identifier: str, command: str) -> Lock:
    """A lock of this process for a command of ours. Terraform shows Info to whoever meets it."""
    who = f"{getpass.getuser()}@{socket.gethostname()}"
    created = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    info = f"the states move to another place; if it was killed, run again there: {command}"
    return Lock(ID=identifier, Operation=command, Info=info, Who=who, Created=created)


def parse(content: bytes, where: str) -> Lock:
    """The lock in these bytes; raises CommandError where they are damaged."""
    return json_file.parse(content, Lock, where, _DAMAGED)


def held(lock: Lock | None, where: str, remove: str) -> CommandError:
    """The error of a command that meets a lock which is not its own; `remove` is what removes one that was left."""
    who, since, why = (
        (lock.Who or "somebody", _since(lock.Created), lock.Operation) if lock else ("somebody", "an unknown time", "")
    )
    what = f"The state is locked by {who} since {since}{f', for {why}' if why else ''}."
    return CommandError(where, what, f"Wait until that has ended, and run this again. {remove}")


def _since(created: str) -> str:
    """With the minutes that it has lasted."""
    try:
        moment = datetime.fromisoformat(created)
    except ValueError:
        return created or "an unknown time"
    minutes = int((datetime.now(UTC) - moment).total_seconds() // 60)
    ago = f"{minutes} minutes ago" if minutes < 120 else f"{minutes // 60} hours ago"
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC ({ago})"
