"""Ends a demo that is up or on its way, by its process id, and removes its folder."""

import os
import signal
import sys
import time
from contextlib import suppress

from modules import terminal
from modules.errors import CommandError

from .place import Place

SECONDS = 30


def down(place: Place) -> None:
    holder = place.holder()
    if holder is None:
        print("No demo is up." + (" Removed what one had left." if place.folder.exists() else ""), file=sys.stderr)
    elif "pid" not in holder:
        raise CommandError(str(place.file), "A demo is just starting.", "Run make demo-down again.")
    else:
        if not _ends(place, holder["pid"], signal.SIGTERM) and not _ends(place, holder["pid"], signal.SIGKILL):
            raise CommandError(f"process {holder['pid']}", "It does not end.", f"End it, then remove {place.folder}.")
        print("The demo is down, and nothing of it is left.", file=sys.stderr)
    place.remove()


def _ends(place: Place, pid: int, number: signal.Signals) -> bool:
    with suppress(ProcessLookupError):
        os.kill(pid, number)
    end = time.monotonic() + SECONDS
    with terminal.Waiting("Waiting for the demo to end"):
        while place.holder() is not None and time.monotonic() < end:
            time.sleep(0.1)
    return place.holder() is None
