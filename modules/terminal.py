"""Talk on stderr: colours and a line that is rewritten on a terminal, plain lines elsewhere; the standard library only.

Run as a program it does another program's work under such a line: `python -m modules.terminal WHAT COMMAND …`.
"""

import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from types import TracebackType
from typing import Any, Self, TextIO, TypeVar

AFTER = 2.0  # seconds that may pass without a word
EVERY = 30.0  # seconds between two lines where nothing can be rewritten, such as in a CI job's log
_TICK = 0.5
_WIDEST = 10_000
# https://en.wikipedia.org/wiki/ANSI_escape_code#SGR
_STYLES = {"bold": "1", "red": "1;31", "yellow": "1;33", "green": "32", "cyan": "36"}
_CLEAR, _UP = "\r\x1b[2K", "\x1b[1A"
_NONE: Any = object()
Step = TypeVar("Step")
_writes = threading.RLock()
_active: list["Waiting"] = []  # at most one
_is_shown = threading.Event()  # whether the line that is rewritten is on the screen
_below: list[str] = []  # the lines below it, which are on the screen with it


def is_terminal(stream: TextIO) -> bool:
    """Whether a person sees this, on something that can rewrite a line."""
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def has_colours(stream: TextIO) -> bool:
    """A terminal has, unless NO_COLOR says no; FORCE_COLOR says yes anywhere.

    https://no-color.org, https://force-color.org
    """
    if os.environ.get("NO_COLOR"):
        return False
    return bool(os.environ.get("FORCE_COLOR")) or is_terminal(stream)


def paint(text: str, style: str, stream: TextIO) -> str:
    """The text in a style of the table above, where the stream has colours."""
    return f"\x1b[{_STYLES[style]}m{text}\x1b[0m" if text and has_colours(stream) else text


def columns(stream: TextIO) -> int:
    """How many characters a line of this terminal has; elsewhere a line has no end."""
    if not is_terminal(stream):
        return _WIDEST
    try:
        found = os.get_terminal_size(stream.fileno()).columns
    except OSError:
        found = 0
    return found or shutil.get_terminal_size().columns


def cut(text: str, stream: TextIO) -> str:
    """At most a line of the terminal; an ellipsis says that something is missing."""
    room = columns(stream) - 1
    return text if len(text) <= room else f"{text[: max(room - 1, 0)]}…"


def say(text: str, style: str = "") -> None:
    """A line on stderr, above the one that is rewritten."""
    with _writes:
        if _is_shown.is_set():
            hide()
        print(paint(text, style, sys.stderr) if style else text, file=sys.stderr, flush=True)


def say_problem(text: str) -> None:
    """A problem in its usual lines: where, what, next step; where it is bold, how bad it is in colour."""
    where, *others = text.splitlines()
    lines = [paint(where, "bold", sys.stderr)]
    for line in others:
        severity, colon, what = line.partition(": ")
        style = {"error": "red", "warning": "yellow"}.get(severity.strip().partition(" ")[0])
        lines.append(f"{paint(severity, style, sys.stderr)}{colon}{what}" if style and colon else line)
    say("\n".join(lines))


def hide() -> None:
    """Takes away the line that is rewritten, and what ctrl-C has left on it."""
    with _writes:
        if is_terminal(sys.stderr):
            sys.stderr.write(_CLEAR + (_UP + _CLEAR) * len(_below))
            _below.clear()
            sys.stderr.flush()
            _is_shown.clear()


def duration(seconds: float) -> str:
    """`42 s`, `3 min 05 s`."""
    whole = round(seconds)
    return f"{whole} s" if whole < 60 else f"{whole // 60} min {whole % 60:02} s"


class Waiting:
    """Says, from the second second on, what is being waited for and for how long. Within a block nothing else prints.

    On a terminal one line is rewritten, and gone at the end; elsewhere a line comes now and then, and one at the end.
    One inside of another is a detail of it. In other threads than the first it is silent: others may be printing.
    `rows` are lines below that are rewritten with it.
    """

    def __init__(
        self,
        what: str,
        *,
        after: float | None = None,
        every: float = EVERY,
        rows: Callable[[], Sequence[str]] = lambda: (),
    ) -> None:
        self.what, self.after, self.every, self.rows = what, AFTER if after is None else after, every, rows
        self.started = time.monotonic()
        self.outcome = "done"
        self.says_end = False
        """Whether a line at the end says what became of it, also on a terminal."""
        self._detail, self._told = "", False
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._tell, daemon=True)

    def __enter__(self) -> Self:
        if threading.current_thread() is not threading.main_thread():
            return self
        if _active:
            _active[0].detail(self.what)
        else:
            _active.append(self)
            self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self not in _active:
            if _active and threading.current_thread() is threading.main_thread():
                _active[0].detail("")
            return
        _active.remove(self)
        self._ended.set()
        self._thread.join()
        if is_terminal(sys.stderr) and (self._told or kind is not None):
            hide()
        if self.says_end or (self._told and not is_terminal(sys.stderr)):
            say(f"{self.what}: {self.outcome if kind is None else 'stopped'} after {duration(self.seconds)}")

    @property
    def seconds(self) -> float:
        """Since it was begun."""
        return time.monotonic() - self.started

    def detail(self, text: str) -> None:
        """What is being done right now, behind the time; on a terminal only."""
        self._detail = text

    def _tell(self) -> None:
        wait = self.after
        while not self._ended.wait(wait):
            with _writes:
                if is_terminal(sys.stderr):
                    line = f"{self.what} ... {duration(self.seconds)}{f'  {self._detail}' if self._detail else ''}"
                    hide()
                    _below.extend(self.rows())
                    sys.stderr.write("\n".join(cut(one, sys.stderr) for one in (line, *_below)))
                    sys.stderr.flush()
                    _is_shown.set()
                    wait = _TICK
                else:
                    say(f"{self.what}: {duration(self.seconds)} ..." if self._told else f"{self.what} ...")
                    wait = self.every
                self._told = True


def watched(steps: Iterable[Step], what: str) -> Iterator[Step]:
    """The steps as they come; while one is waited for, that is said."""
    them = iter(steps)
    while True:
        with Waiting(what):
            one = next(them, _NONE)
        if one is _NONE:
            return
        yield one


def run(what: str, command: Sequence[str]) -> int:
    """Runs a command that says much, or nothing; what it said is shown only where it fails. Returns its exit code."""
    said: list[str] = []
    with (
        Waiting(what) as waiting,
        subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        ) as child,
    ):
        assert child.stdout
        for line in child.stdout:
            said.append(line)
            waiting.detail(" ".join(line.split()))
        waiting.says_end = True
        waiting.outcome = f"failed ({child.returncode})" if child.wait() else "done"
    if child.returncode:
        sys.stderr.write("".join(said))
    return child.returncode


if __name__ == "__main__":
    try:
        sys.exit(run(sys.argv[1], sys.argv[2:]))
    except KeyboardInterrupt:
        hide()
        sys.exit(130)
