"""Who may connect to whom, and which service may use what, as two tables."""

from collections.abc import Sequence

from modules.design import connectivity
from modules.permissions import KINDS
from modules.permissions.kind import Options
from modules.spec.model import Spec

Row = Sequence[str]
_NOTHING = "-"


def render(spec: Spec) -> str:
    """Both tables as text."""
    return "\n".join(
        (
            "Who may open a connection to whom; no other service may, also not two pods of one service",
            _table(("from", "to", "ports", "why"), connections(spec)),
            "",
            "What each service may use: its own, or another's to read or write; and its own IAM statements",
            _table(("service", *KINDS, "statements"), permissions(spec)),
        )
    )


def connections(spec: Spec) -> list[Row]:
    """Source, target, port, reason."""
    return [(edge.source, edge.target, _ports(edge.ports), edge.why) for edge in connectivity.edges(spec)]


def _ports(ranges: Sequence[tuple[int, int]]) -> str:
    return ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in ranges)


def permissions(spec: Spec) -> list[Row]:
    """Per service and kind of permission: own, or whose and how, or nothing."""
    return [
        (name, *(_cell(service.permissions.get(word)) for word in KINDS), ", ".join(service.statements) or _NOTHING)
        for name, service in spec.services.items()
    ]


def _cell(options: Options | None) -> str:
    if options is None:
        return _NOTHING
    words = ["own"] if options.owner is None else [f"{options.owner}: {options.access_level}"]
    words += [f"from {topic}" for topic in options.subscriptions]
    return ", ".join(words)


def _table(head: Row, rows: Sequence[Row]) -> str:
    widths = [max(len(row[column]) for row in (head, *rows)) for column in range(len(head))]
    lines = [head, ["-" * width for width in widths], *rows]
    padded = ("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) for line in lines)
    return "\n".join(line.rstrip() for line in padded)
