"""Runs a command on a terminal of its own, as a person sees it."""

import fcntl
import os
import pty
import re
import select
import struct
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from modules.paths import ROOT

SECONDS = 120
CTRL_C = b"\x03"
_COLOURS = re.compile(r"\x1b\[[\d;]*m")


class Seen(NamedTuple):
    """What came on the terminal, byte for byte, and the exit code."""

    written: str
    exit_code: int

    @property
    def screen(self) -> list[str]:
        """The lines that are left, without their colours: of a line that was rewritten the last text."""
        return [_last(line) for line in _COLOURS.sub("", self.written).replace("\r\n", "\n").split("\n")]


def run(
    command: Sequence[str | Path],
    *,
    columns: int = 80,
    environment: Mapping[str, str] | None = None,
    interrupt_after: str | None = None,
    before_interrupt: Callable[[], object] = lambda: None,
) -> Seen:
    """Runs it to its end. With `interrupt_after`, ctrl-C is typed once this text has come, after `before_interrupt`."""
    child, terminal = pty.fork()
    if child == 0:
        fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        os.chdir(ROOT)
        os.execvpe(command[0], [str(word) for word in command], {**_environment(), **(environment or {})})
    try:
        written = _read(terminal, interrupt_after, before_interrupt)
    finally:
        os.close(terminal)  # which hangs up: a child that is still there ends
    return Seen(written.decode(), os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))


def _read(terminal: int, interrupt_after: str | None, before_interrupt: Callable[[], object]) -> bytes:
    """All that comes until the child has ended, or the time is over."""
    written, end = b"", time.monotonic() + SECONDS
    while time.monotonic() < end:
        if not select.select([terminal], [], [], 1)[0]:
            continue
        try:
            part = os.read(terminal, 65536)
        except OSError:  # how Linux says that the other end is closed
            return written
        if not part:
            return written
        written += part
        if interrupt_after and interrupt_after.encode() in written:
            interrupt_after = None
            before_interrupt()
            os.write(terminal, CTRL_C)
    raise AssertionError(f"It did not end within {SECONDS} seconds: {written.decode()}")


def _environment() -> dict[str, str]:
    asked = {"NO_COLOR", "FORCE_COLOR", "COLUMNS", "CI"}
    return {**{name: value for name, value in os.environ.items() if name not in asked}, "TERM": "xterm-256color"}


def _last(line: str) -> str:
    """What is seen of a line after its carriage returns and erasures."""
    text = line.rpartition("\x1b[2K")[2]
    return text.rpartition("\r")[2]
