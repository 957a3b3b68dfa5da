"""docs/benchmarks.md: what was measured, first in words, as the numbers have it."""

import os
import platform
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from typing import NamedTuple

from benchmarks.measure import Taken
from benchmarks.product import EDITED, UNCHANGED, WATCHED, WHOLE
from benchmarks.stacks import Row

OURS = (WHOLE, EDITED, WATCHED, UNCHANGED)
BEFORE = "every stack, by the earlier commit"
LIMIT = "json.dumps of what is there already"
# Parts of a build of every stack that are aimed at, and seconds of the shipped system.
AIMS = {EDITED: 8, UNCHANGED: 25}
AIM_SECONDS = 0.4


_KINDS = {
    WHOLE: "a build of every stack",
    EDITED: "an edit of one service",
    WATCHED: "an edit of one service under make watch",
}
TEMPLATE = """\
# Benchmarks

Written by `make bench` on {date}: {machine}, {versions}.
Medians of {runs} in turn, after a round that fills caches; of the peers in Python, one run. Where other programs run
beside, seconds grow, and those of processors less. `make bench QUICK=1` prints a part of it in some minutes.

## In words

The aim is to be ahead of every peer but a compiled one in a build of every stack, and of every peer in an edit. Any
other name after `behind` is a miss.

{words}

## Beside CDKTF and its fork

Each program makes the same resources, which is compared. A peer gets them as data, without checks, a model, or
references to follow, so it has less to do. It has no run for an edit but a whole one, with `tsc` before it where it is
compiled and more than data is edited. Seconds, in brackets as a part of ours for every stack; seconds of processors.

{compared}

## By the number of services

Seconds, in brackets as a part of every stack; seconds of processors; megabytes of all programs together.

{sizes}

## Plan and deploy, for each stack

With a terraform that answers at once, what is left is what the commands add; one that sleeps takes as long as the real
one, which plans in the last row, against the tests' emulated AWS.

{rows}

An apply of one stack with a terraform that answers at once: {by_cdktf}.
"""


class Measured(NamedTuple):
    """A system: medians for each way, and the resources that the earlier commit makes of it (0 if not asked)."""

    name: str
    resources: int
    stacks: int
    taken: Mapping[str, Taken]
    before: int


def text(
    compared: Sequence[Measured],
    sizes: Sequence[Measured],
    rows: Sequence[Row],
    by_cdktf: Mapping[str, float],
    commit: str,
    runs: int,
) -> str:
    """The page."""
    versions = ", ".join(f"{name} {version(name)}" for name in ("cdktf", "jsii"))
    return TEMPLATE.format(
        date=f"{datetime.now(UTC):%Y-%m-%d}",
        machine=f"{os.cpu_count()} cores with a load of {os.getloadavg()[2]:.1f}, {platform.system()}",
        versions=f"Python {platform.python_version()}, {versions}",
        runs=runs,
        words="\n".join([*_words(compared), *_aims(compared, sizes, commit)]),
        compared="\n".join(_compared(compared)),
        sizes="\n".join(_sizes(sizes)),
        rows="\n".join(_rows(rows)),
        by_cdktf=", ".join(f"{seconds:.2f} s by {what}" for what, seconds in by_cdktf.items()),
    )


def _words(compared: Iterable[Measured]) -> Iterable[str]:
    for one in compared:
        peers = {what: taken for what, taken in one.taken.items() if what not in (*OURS, LIMIT)}
        for ours, kind in _KINDS.items():
            own = one.taken[ours]
            seconds = _place(own.seconds, {what: taken.seconds for what, taken in peers.items()})
            yield f"- {one.resources} resources, {kind}: {seconds}"
            if own.computed:  # only Linux tells it of other programs
                computed = _place(own.computed, {what: taken.computed for what, taken in peers.items()})
                yield f"  By seconds of processors: {computed}"


def _place(own: float, peers: Mapping[str, float]) -> str:
    """Who is slower and who is faster, by how many times."""
    ahead = sorted(taken / own for taken in peers.values() if taken >= own)
    behind = [f"{what} ({own / taken:.1f})" for what, taken in peers.items() if taken < own]
    rest = f", by {ahead[0]:.1f} to {ahead[-1]:.1f} times" if ahead else ""
    return (
        f"ahead of {len(ahead)} of {len(peers)} peers{rest}; behind, by how many times: {', '.join(behind) or 'none'}."
    )


def _aims(compared: Sequence[Measured], sizes: Sequence[Measured], commit: str) -> Iterable[str]:
    for one in sizes:
        if not one.before:
            continue
        whole, before = one.taken[WHOLE], one.taken[BEFORE]
        for what, aim in AIMS.items():
            taken = one.taken[what]
            seconds, computed = taken.seconds, max(taken.computed, 0.01)
            yield (
                f"- {one.name}, {what}: 1/{whole.seconds / seconds:.1f} of every stack, and of the processors' time"
                f" 1/{whole.computed / computed:.1f}; of what commit {commit} takes for every stack,"
                f" 1/{before.seconds / seconds:.1f} and 1/{before.computed / computed:.1f}; the aim is 1/{aim}."
            )
        seconds, computed, megabytes = (
            ours / one.resources / (max(theirs, 0.01) / one.before) for ours, theirs in zip(whole, before, strict=True)
        )
        yield (
            f"- {one.name}, every stack, for each resource beside commit {commit}: {seconds:.2f} of its time,"
            f" {computed:.2f} of its processors' time, {megabytes:.2f} of its memory; the aim is 1 at most."
        )
    shipped = compared[-1].taken[UNCHANGED]
    yield (
        f"- The shipped system, {UNCHANGED}: {shipped.seconds:.2f} s, of which {shipped.computed:.2f} s computing;"
        f" the aim is {AIM_SECONDS} s."
    )


def _compared(compared: Sequence[Measured]) -> Iterable[str]:
    yield f"| what | {' | '.join(f'{one.resources} resources, {one.stacks} stacks' for one in compared)} |"
    yield f"|---|{'---|' * len(compared)}"
    for what in (*OURS, *(one for one in compared[0].taken if one not in OURS)):
        cells = [_cell(one, what) for one in compared]
        yield f"| {f'**this generator, {what}**' if what in OURS else what} | {' | '.join(cells)} |"


def _sizes(sizes: Sequence[Measured]) -> Iterable[str]:
    yield f"| what | {' | '.join(f'{one.name}, {one.resources} resources' for one in sizes)} |"
    yield f"|---|{'---|' * len(sizes)}"
    for what in (*OURS, BEFORE):
        cells = [
            f"{_cell(one, what)}, {one.taken[what].megabytes:.0f} MB" if what in one.taken else "" for one in sizes
        ]
        yield f"| {what} | {' | '.join(cells)} |"


def _cell(one: Measured, what: str) -> str:
    taken = one.taken[what]
    return f"{taken.seconds:.2f} s ({taken.seconds / one.taken[WHOLE].seconds:.2f}), {taken.computed:.2f} s"


def _rows(rows: Sequence[Row]) -> Iterable[str]:
    yield "| what | stacks | one after another, each | at once | each | as a part |"
    yield "|---|---|---|---|---|---|"
    for row in rows:
        one, (several, taken) = row.seconds[1], list(row.seconds.items())[-1]
        yield (
            f"| {row.what} | {row.stacks} | {one / row.stacks:.2f} s | {several} |"
            f" {taken / row.stacks:.2f} s | {taken / one:.2f} |"
        )
