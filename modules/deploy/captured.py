"""Several stacks at once: what each says is kept until it ends, and ctrl-C reaches all that Terraform runs for them."""

import os
import re
import signal
import subprocess
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType

from modules.plugin_cache import plugin_cache

INTERRUPTED = 130
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_COLOUR = re.compile(r"\x1b\[[\d;]*m")
_here = threading.local()


class Children:
    """The processes of all stacks; ctrl-C and SIGTERM are an interrupt of each, after which no other is begun."""

    def __init__(self) -> None:
        self.interrupted = False
        self._running: set[subprocess.Popen[bytes]] = set()
        # Its handler may come while the main thread is in it; an interrupt during a start waits for that.
        self._lock = threading.RLock()

    @contextmanager
    def until_they_end(self) -> Iterator[None]:
        """In the main thread: Terraform gets the first signal, and writes its state; a second one makes it hurry."""
        ignored = [number for number in _SIGNALS if signal.getsignal(number) == signal.SIG_IGN]
        before = {number: signal.signal(number, self._interrupt) for number in _SIGNALS if number not in ignored}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _interrupt(self, _number: int, _frame: FrameType | None) -> None:
        self.interrupted = True
        with self._lock:
            for child in self._running:
                if child.returncode is None:
                    with suppress(ProcessLookupError):
                        os.killpg(child.pid, signal.SIGINT)

    def run(self, line: Sequence[str], folder: Path, output: int) -> int:
        """Its exit code, or 130 where it was interrupted, or is not begun any more."""
        with self._lock:
            if self.interrupted:
                return INTERRUPTED
            child = subprocess.Popen(
                line,
                cwd=folder,
                env={**plugin_cache(os.environ), **os.environ},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            self._running.add(child)
        code = child.wait()
        with self._lock:
            self._running.discard(child)
        return INTERRUPTED if self.interrupted and code else code


class Captured:
    """What is said of one stack, by us and by its processes, in this order."""

    def __init__(self, children: Children) -> None:
        self.children = children
        self._file = tempfile.TemporaryFile()  # noqa: SIM115, as text() closes it

    @contextmanager
    def here(self) -> Iterator[None]:
        """What this thread says within the block goes into it."""
        _here.captured = self
        try:
            yield
        finally:
            _here.captured = None

    def say(self, text: str) -> None:
        """A line of ours."""
        self._file.write(f"{text}\n".encode())
        self._file.flush()

    def run(self, line: Sequence[str], folder: Path) -> int:
        """Its exit code."""
        return self.children.run(line, folder, self._file.fileno())

    def text(self) -> str:
        """All of it; it ends with this."""
        with self._file as file:
            file.seek(0)
            return file.read().decode(errors="replace").rstrip()


def current() -> Captured | None:
    """Of this thread; None where what is said is shown at once."""
    return getattr(_here, "captured", None)


def plain(text: str) -> str:
    """Without colours."""
    return _COLOUR.sub("", text)
