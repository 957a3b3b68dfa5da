"""What heads a page: its name, and what lines and dots mean."""

from collections.abc import Iterator, Sequence

from modules.diagram.scene import Box, Dot, Edge, EdgeKind

TOP, HEIGHT = 20, 24
LEGEND_TOP = 76
_HEADING = 1000
_LINE, _GAP, _ENTRY = 40, 8, 204
MEANINGS: dict[EdgeKind, str] = {
    "traffic": "requests",
    "route": "way to the internet",
    "permission": "permission",
    "call": "calls",
    "subscription": "delivers into a queue",
}
_DOTS = {"own": "its own resource", "other": "another service's"}


def heading(x: int, title: str, line: str) -> Box:
    """The title of a page."""
    return Box("heading", None, "heading", x, TOP, _HEADING, 45, title, (line,))


def entries(x: int, kinds: Sequence[EdgeKind], *, dots: bool) -> Iterator[Box | Edge | Dot]:
    """The legend, from here to the right."""
    middle = LEGEND_TOP + HEIGHT // 2
    for kind in kinds:
        yield Edge(f"legend:{kind}", kind, None, None, ((x, middle), (x + _LINE, middle)))
        yield _label(f"legend:{kind}:label", x, MEANINGS[kind])
        x += _ENTRY
    for name, meaning in _DOTS.items() if dots else ():
        line = Edge(f"legend:{name}", "permission", None, None, ((x, middle), (x + _LINE, middle)), is_arrow=False)
        yield line
        yield Dot(f"legend:{name}:dot", x + _LINE // 2, middle, "iam", name == "own")
        yield _label(f"legend:{name}:label", x, meaning)
        x += _ENTRY


def _label(name: str, x: int, text: str) -> Box:
    return Box(name, None, "label", x + _LINE + _GAP, LEGEND_TOP + 4, _ENTRY - _LINE - 2 * _GAP, 15, text)
