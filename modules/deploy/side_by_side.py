"""Applies or destroys several stacks at once: by the edges of their graph, and pass after pass as the passes say."""

import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from itertools import groupby

from modules import parallel, terminal
from modules.deploy import passes
from modules.deploy.captured import INTERRUPTED, Captured, Children
from modules.deploy.outcome import Outcome
from modules.deploy.passes import Pass
from modules.errors import CommandError
from modules.parallel import Skipped
from modules.state import applied_stacks
from modules.state.applied_stacks import Stacks

Do = Callable[[Pass], int]


def segments(order: Sequence[Pass], retired: Collection[str] = ()) -> Iterator[list[Pass]]:
    """Parts of an order whose passes may run at once, by their graph.

    Whatever is no plain apply is a part of its own, and `retired` stacks are in none with others: what waits for them
    need not be downstream of them, as callers of a renamed service are not.
    """
    number = 0

    def part(one: Pass) -> tuple[int, bool]:
        nonlocal number
        number += one.how != "apply"
        key = number, one.stack.name in retired
        number += one.how != "apply"
        return key

    for _, found in groupby(order, part):
        yield [*found]


def graph(segment: Sequence[Pass], stacks: Stacks) -> dict[str, set[str]]:
    """Each stack with those before it: of two where one reads the other, directly or not, that which is earlier here.

    So what is destroyed goes before what it reads.
    """
    names = [one.stack.name for one in segment]
    upstream = {name: {one.name for one in applied_stacks.upstream_of(stacks, name)} for name in names}
    return {
        name: {other for other in names[:number] if other in upstream[name] or name in upstream[other]}
        for number, name in enumerate(names)
    }


class SideBySide:
    """One command over some passes; `do` carries out one of them, says what it says, and returns an exit code."""

    def __init__(
        self,
        command: str,
        order: Sequence[Pass],
        stacks: Stacks,
        do: Do,
        at_once: int,
        retired: Collection[str] = (),
    ) -> None:
        self.command, self.order, self.stacks, self.do = command, order, stacks, do
        self.at_once, self.retired = at_once, retired
        self.outcomes: Mapping[str, Outcome] = {one.stack.name: Outcome(one.stack.name) for one in order}
        self.started = time.monotonic()
        self._children = Children()
        self._running: dict[str, tuple[str, float]] = {}
        self._ended = 0

    def run(self) -> int:
        """The exit code: 130 after an interrupt, else that of the first stack in order that failed."""
        what = f"{self.command} of {len(self.outcomes)} stacks"
        with self._children.until_they_end(), terminal.Waiting(what, rows=self._rows) as waiting:
            waiting.outcome = "ended"
            for segment in segments(self.order, self.retired):
                failed = next((one for one in self.outcomes.values() if one.code), None)
                if failed:
                    for one in segment:
                        self.outcomes[one.stack.name].skipped(failed.stack)
                else:
                    self._segment(segment)
        if self._children.interrupted:
            return INTERRUPTED
        return next((one.code for one in self.outcomes.values() if one.code), 0)

    def _segment(self, segment: Sequence[Pass]) -> None:
        by_name = {one.stack.name: one for one in segment}

        def do(name: str) -> int:
            if self._children.interrupted:
                self.outcomes[name].skipped("the interrupt")
                return INTERRUPTED
            return self._one(by_name[name])

        def ended(name: str, result: int | Skipped) -> None:
            if isinstance(result, Skipped):
                self.outcomes[name].skipped(result.because)

        before = graph(segment, self.stacks)
        parallel.each(before, do, self.at_once, ended, failed=bool)

    def _one(self, one: Pass) -> int:
        """In a thread: what is said of it is shown whole, when it ends."""
        captured, begun, name = Captured(self._children), time.monotonic(), one.stack.name
        self._running[name] = passes.text(one), begun
        terminal.say(f"{self.command} {passes.text(one)}", "bold")
        with captured.here():
            try:
                code = self.do(one)
            except CommandError as error:
                where, what, *rest = str(error).split("\n")
                captured.say("\n".join((where, f"  error: {what.strip()}", *rest)))
                code = 1
        text, seconds = captured.text(), time.monotonic() - begun
        self.outcomes[name].ended(self.command, code, text, seconds)
        del self._running[name]
        self._ended += 1
        how = {0: "done in", INTERRUPTED: "interrupted after"}.get(code, f"failed (exit code {code}) after")
        so_far = terminal.duration(time.monotonic() - self.started)
        end = f"{self.command} {passes.text(one)}: {how} {terminal.duration(seconds)}"
        terminal.say("\n".join(filter(None, (text, f"{end} ({self._ended} of {len(self.order)}, {so_far} in all)"))))
        return code

    def _rows(self) -> list[str]:
        """What runs, with its time, for a table that is rewritten."""
        now = time.monotonic()
        running = sorted(self._running.values(), key=lambda one: one[1])
        rows = [f"  {text:<40} {terminal.duration(now - begun)}" for text, begun in running]
        failed = sum(bool(one.code) for one in self.outcomes.values())
        waiting = len(self.order) - self._ended - len(running)
        return [*rows, f"  {self._ended} ended, {failed} of them failed; {waiting} to come"]
