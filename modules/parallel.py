"""How many stacks are worked on at once, and a graph that is gone through so; a failure stops what depends on it."""

import argparse
import os
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple, TypeVar

from modules.errors import CommandError

OF_ONE = 800_000_000  # bytes: the AWS provider takes half a gigabyte, Terraform and the other providers the rest
MOST = 8  # where nothing is said: AWS throttles an account's calls
_SECONDS = 0.5  # of one wait: a signal that comes just before it is seen only after it
_MEMORY, _OF_CONTAINER = Path("/proc/meminfo"), Path("/sys/fs/cgroup/memory.max")
Result = TypeVar("Result")


class Skipped(NamedTuple):
    """It was not begun, because of another one, which failed or was skipped itself."""

    because: str


def add_option(parser: argparse.ArgumentParser) -> None:
    """Adds `--at-once`, as text: argparse would end with 2, which means that there are changes."""
    help_ = f"stacks (default: as many as there are cores and {OF_ONE // 10**6} MB of free memory, at most {MOST})"
    parser.add_argument("--at-once", metavar="N", help=help_)


def at_once(asked: str | None) -> int:
    """How many stacks: as asked for, else as many as there are cores and free memory, at most MOST.

    Raises CommandError for what is no whole number from 1.
    """
    if not asked:
        return max(1, min(MOST, _cores(), _free_memory() // OF_ONE))
    if not (asked.isascii() and asked.isdecimal() and int(asked)):
        what = "The number of stacks at once has to be a whole number from 1."
        raise CommandError(f"PARALLEL={asked}", what, "1 is one stack after another; leave it out for the default.")
    return int(asked)


def _cores() -> int:
    """That this process may use."""
    with suppress(AttributeError):  # macOS does not say
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _free_memory() -> int:
    """In bytes: what programs can have without swapping, and no more than a container may."""
    free = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2  # where the system says no more than this
    with suppress(OSError):  # https://man7.org/linux/man-pages/man5/proc_meminfo.5.html
        lines = _MEMORY.read_text(encoding="ascii").splitlines()
        free = next((int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable:")), free)
    with suppress(OSError, ValueError):  # https://docs.kernel.org/admin-guide/cgroup-v2.html; "max" is no limit
        free = min(free, int(_OF_CONTAINER.read_text(encoding="ascii")))
    return free


def each(
    graph: Mapping[str, Collection[str]],
    do: Callable[[str], Result],
    limit: int,
    ended: Callable[[str, Result | Skipped], None],
    *,
    failed: Callable[[Result], bool] = lambda result: isinstance(result, CommandError),
    stop: Callable[[], None] = lambda: None,
) -> dict[str, Result | Skipped]:
    """What became of each name of a graph (name -> those before it), which has each after those, in its order.

    `do` runs in threads, at most `limit` at once, the first of the graph first; `ended` in this one. Nothing is begun
    after one that failed; the rest goes on. `stop` is called before an exception, such as ctrl-C, waits for threads.
    """
    found: dict[str, Result | Skipped] = {}
    running: dict[Future[Result], str] = {}

    def finish(name: str, result: Result | Skipped) -> None:
        found[name] = result
        ended(name, result)

    with ThreadPoolExecutor(limit) as pool:
        try:
            while len(found) < len(graph):
                for name, because in _blocked(graph, found, failed):
                    finish(name, Skipped(because))
                for name in _ready(graph, found, running.values())[: limit - len(running)]:
                    running[pool.submit(do, name)] = name
                for future in wait(running, _SECONDS, FIRST_COMPLETED).done:
                    finish(running.pop(future), future.result())
        except BaseException:
            stop()
            raise
    return {name: found[name] for name in graph}


def _ready(graph: Mapping[str, Collection[str]], found: Collection[str], running: Collection[str]) -> list[str]:
    begun = {*found, *running}
    return [name for name, before in graph.items() if name not in begun and all(one in found for one in before)]


def _blocked(
    graph: Mapping[str, Collection[str]], found: Mapping[str, Result | Skipped], failed: Callable[[Result], bool]
) -> list[tuple[str, str]]:
    """Those that can't be begun any more, each with what failed at the root of it."""
    roots: dict[str, str] = {}
    for name, before in graph.items():
        result = found.get(name)
        if isinstance(result, Skipped):
            roots[name] = result.because
        elif result is not None and failed(result):
            roots[name] = name
        elif because := next((roots[one] for one in before if one in roots), None):
            roots[name] = because
    return [(name, because) for name, because in roots.items() if name not in found]
