"""Child processes that all end at the first ctrl-C, wherever the program is; then it comes to an end by itself.

A signal raises nothing here: an exception between a child's start and the note of its id would leave it behind. After
that, signals are ignored: what is left to do is to clean up, and to say what became of it all.
"""

import os
import signal
import subprocess
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Self

from tests.support.process_group import leader

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stopped(Exception):
    """A child was ended, or not started, because all had to stop."""


class Children:
    """One process group, whose leader ends it when this process is gone, also by `kill -9`."""

    def __init__(self) -> None:
        self.stopped = self.interrupted = False
        self.also: Callable[[], None] = lambda: None
        """Ends whatever else the program may be waiting for."""
        self.leader = leader()

    def __enter__(self) -> Self:
        for number in SIGNALS:
            signal.signal(number, self._handle)
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        self.leader.communicate()
        for number in SIGNALS:
            signal.signal(number, signal.SIG_IGN)

    def _handle(self, *_: object) -> None:
        self.interrupted = True
        self.stop()
        self.also()

    def run(
        self,
        command: Sequence[str | Path],
        *,
        env: dict[str, str],
        cwd: Path | None = None,
        input: str | None = None,
        heard: Callable[[str], None] | None = None,
    ) -> subprocess.CompletedProcess[str]:
        """To its end; `heard` gets each line, also of what it says on stderr."""
        with subprocess.Popen(
            command,
            cwd=cwd,
            env=env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT if heard else subprocess.PIPE,
            text=True,
            process_group=self.leader.pid,
        ) as process:
            if self.stopped:
                self.stop()
            said, complaints = (_listen(process, heard), "") if heard else process.communicate(input)
        if self.stopped:
            raise Stopped
        return subprocess.CompletedProcess(process.args, process.returncode, said, complaints)

    def stop(self) -> None:
        """In this order, so that a child that starts at this moment is ended here or by `run`."""
        self.stopped = True
        with suppress(ProcessLookupError):
            os.killpg(self.leader.pid, signal.SIGKILL)


def _listen(process: subprocess.Popen[str], heard: Callable[[str], None]) -> str:
    assert process.stdin
    assert process.stdout
    process.stdin.close()
    lines = []
    for line in process.stdout:
        lines.append(line)
        heard(line)
    return "".join(lines)
