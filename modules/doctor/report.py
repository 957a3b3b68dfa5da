"""Findings as people and as programs read them."""

import json
from collections import Counter
from collections.abc import Iterable

from modules.doctor.examine import Examined

_WIDTH = len("not checked")


def line(examined: Examined) -> str:
    """Status, check and finding; the next step, where there is one, on a line of its own."""
    check, finding = examined
    first = f"{finding.status:{_WIDTH}}  {check}: {finding.what}"
    return f"{first}\n{'':{_WIDTH}}  {finding.next_step}" if finding.next_step else first


def as_json(examined: Iterable[Examined]) -> str:
    """A list of objects with the keys check, status, what and next_step."""
    rows = [
        {"check": check, "status": found.status, "what": found.what, "next_step": found.next_step}
        for check, found in examined
    ]
    return json.dumps(rows, indent=2, ensure_ascii=False)


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
