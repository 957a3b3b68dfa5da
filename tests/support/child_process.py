"""Processes of one test: each ends with the test that started it, and after its limit at the latest.

So no wait for one of them, nor for a line that it may never say, lasts for ever, and a failing assertion leaves none.
"""

import signal
import subprocess
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

SECONDS = 300
_running: list[tuple[subprocess.Popen[str], threading.Timer]] = []


def start(command: Sequence[str | Path], *, seconds: float = SECONDS, **options: Any) -> subprocess.Popen[str]:
    """As subprocess.Popen with text=True; killed after `seconds`, whereupon every wait for it ends."""
    process = subprocess.Popen(command, text=True, **options)
    limit = threading.Timer(seconds, process.kill)
    limit.daemon = True
    limit.start()
    _running.append((process, limit))
    return process


def end_all() -> None:
    """After each test."""
    while _running:
        end(*_running.pop())


@contextmanager
def running(command: Sequence[str | Path], **options: Any) -> Iterator[subprocess.Popen[str]]:
    """For a fixture of several tests: it ends with the block."""
    process = subprocess.Popen(command, text=True, **options)
    try:
        yield process
    finally:
        end(process)


def end(process: "subprocess.Popen[str]", limit: threading.Timer | None = None) -> None:
    """Kills it if it still runs, and closes its pipes."""
    if limit:
        limit.cancel()
    process.kill()
    process.wait(30)
    for pipe in (process.stdin, process.stdout, process.stderr):
        with suppress(OSError):  # what it no longer read
            if pipe:
                pipe.close()


def heed_ctrl_c() -> None:
    """A shell's background job ignores SIGINT, and the programs that tests start would inherit that."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
