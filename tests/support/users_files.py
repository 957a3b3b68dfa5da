"""Keeps tests away from what the user of this repository owns: its services.yaml and its generated/."""

import os
import sys
from typing import Any

from modules.paths import ROOT

SERVICES = str(ROOT / "services.yaml")
GENERATED = str(ROOT / "generated")
# https://docs.python.org/3/library/audit_events.html
_READS = frozenset({"open", "os.listdir", "os.scandir"})


def refuse_reads() -> None:
    """From here on, to open or list one of the two in this process raises an AssertionError; nothing undoes this."""
    sys.addaudithook(_refuse)


def _refuse(event: str, arguments: tuple[Any, ...]) -> None:
    if event not in _READS or not isinstance(arguments[0], str | bytes | os.PathLike):
        return
    if event == "open" and arguments[1] is None and not os.path.isabs(arguments[0]):  # noqa: PTH117
        return  # by os.open, which may have a dir_fd that the event does not tell
    path = os.path.abspath(os.fsdecode(arguments[0]))  # noqa: PTH100 Path would audit and resolve more
    if path in (SERVICES, GENERATED) or path.startswith(GENERATED + os.sep):
        raise AssertionError(
            f"A test opened {path}, which belongs to the user of the repository.\n"
            "Read tests/systems instead (tests/support/run_synth.py: shipped), and build what it says."
        )
