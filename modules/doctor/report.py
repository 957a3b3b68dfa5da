"""Findings as people and as programs read them."""

from collections import Counter
from collections.abc import Iterable
from typing import TextIO

from modules import terminal
from modules.doctor.examine import Examined

_WIDTH = len("not checked")
_COLOURS = {"ok": "green", "notice": "yellow", "problem": "red", "not checked": "yellow"}


def line(examined: Examined, stream: TextIO) -> str:
    """Status, check and finding; the next step, where there is one, on a line of its own. In colours of `stream`."""
    check, finding = examined
    status = terminal.paint(f"{finding.status:{_WIDTH}}", _COLOURS[finding.status], stream)
    first = f"{status}  {check}: {finding.what}"
    return f"{first}\n{'':{_WIDTH}}  {finding.next_step}" if finding.next_step else first


def rows(examined: Iterable[Examined]) -> list[dict[str, str]]:
    """Objects with the keys check, status, what and next_step."""
    return [
        {"check": check, "status": found.status, "what": found.what, "next_step": found.next_step}
        for check, found in examined
    ]


def summary(examined: Iterable[Examined]) -> str:
    """How many of each kind there are."""
    counts = Counter(finding.status for _, finding in examined)
    words = [(counts["problem"], "problem", "problems"), (counts["notice"], "notice", "notices")]
    told = [f"{count} {one if count == 1 else many}" for count, one, many in words if count]
    told += [f"{counts['not checked']} not checked"] if counts["not checked"] else []
    return f"{', '.join(told) or 'No problems'}."


def has_problems(examined: Iterable[Examined]) -> bool:
    """Whether a deployment should not begin."""
    return any(finding.status == "problem" for _, finding in examined)
