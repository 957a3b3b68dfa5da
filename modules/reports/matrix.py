"""Who may connect to whom, and which service may use what, as two tables."""

import textwrap
from collections.abc import Sequence
from typing import Any

from modules.design import connectivity, secrets
from modules.permissions import KINDS
from modules.permissions.kind import Options
from modules.spec.model import Service, Spec

Row = Sequence[str]
_NOTHING, _GAP = "-", "  "
_LEAST = 20  # characters of a last column, however narrow the terminal


def render(spec: Spec, columns: int | None = None) -> str:
    """Both tables as text; with fewer than these columns, words wrap, and each service's permissions are a list."""
    connected = _table(("from", "to", "ports", "why"), connections(spec), columns)
    used = _table(("service", *KINDS, "statements"), permissions(spec), None)
    if columns is not None and max(map(len, used.splitlines())) > columns:
        used = _table(("service", "uses"), [(name, _listed(one)) for name, one in spec.services.items()], columns)
    return "\n".join(
        (
            "Who may open a connection to whom; no other service may, also not two pods of one service",
            connected,
            "",
            "What each service may use: its own, or another's to read or write; and its own IAM statements",
            used,
        )
    )


def as_json(spec: Spec) -> dict[str, Any]:
    """Both for programs; a port range is its first and its last port."""
    return {
        "connections": [
            {"from": edge.source, "to": edge.target, "ports": [list(one) for one in edge.ports], "why": edge.why}
            for edge in connectivity.edges(spec)
        ],
        "permissions": {
            name: {
                "uses": {word: cell for word in KINDS if (cell := _cell_of(service, word)) != _NOTHING},
                "statements": list(service.statements),
            }
            for name, service in spec.services.items()
        },
    }


def connections(spec: Spec) -> list[Row]:
    """Source, target, port, reason."""
    return [(edge.source, edge.target, _ports(edge.ports), edge.why) for edge in connectivity.edges(spec)]


def _ports(ranges: Sequence[tuple[int, int]]) -> str:
    return ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in ranges)


def permissions(spec: Spec) -> list[Row]:
    """Per service and kind of permission: own, or whose and how, or nothing."""
    return [
        (name, *(_cell_of(service, word) for word in KINDS), ", ".join(service.statements) or _NOTHING)
        for name, service in spec.services.items()
    ]


def _listed(service: Service) -> str:
    """All in one cell: `s3 own, sqs order-service: read`."""
    cells = {word: _cell_of(service, word) for word in KINDS}
    used = [f"{word} {cell}" for word, cell in cells.items() if cell != _NOTHING]
    return "; ".join([*used, *(f"statement {name}" for name in service.statements)]) or _NOTHING


def _cell_of(service: Service, word: str) -> str:
    """Of a word; with `secrets` also whose values the service gets."""
    values = [f"{one}: values" for one in secrets.origins(service)] if word == "secrets" else []
    cell = _cell(service.permissions.get(word))
    return ", ".join([*([] if values and cell == _NOTHING else [cell]), *values])


def _cell(options: Options | None) -> str:
    if options is None:
        return _NOTHING
    words = ["own"] if options.owner is None else [f"{options.owner}: {options.access_level}"]
    words += [*(f"from {topic}" for topic in options.subscriptions), *options.notes]
    return ", ".join(words)


def _table(head: Row, rows: Sequence[Row], columns: int | None) -> str:
    """With `columns`, the last column wraps where a row would be longer."""
    widths = [max(len(row[column]) for row in (head, *rows)) for column in range(len(head))]
    if columns is not None:
        widths[-1] = min(widths[-1], max(columns - sum(widths[:-1]) - len(_GAP) * (len(widths) - 1), _LEAST))
    wrapped = [part for row in (head, *rows) for part in _wrapped(row, widths[-1])]
    lines = [wrapped[0], ["-" * width for width in widths], *wrapped[1:]]
    padded = (_GAP.join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) for line in lines)
    return "\n".join(line.rstrip() for line in padded)


def _wrapped(row: Row, room: int) -> list[Row]:
    first, *rest = textwrap.wrap(row[-1], room) or [""]
    return [(*row[:-1], first), *((*("" for _ in row[:-1]), part) for part in rest)]
