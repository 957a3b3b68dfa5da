"""A page as SVG: text stays text, and one file is light or dark as the reader's system is."""

from collections.abc import Iterator
from itertools import pairwise
from xml.sax.saxutils import escape, quoteattr

from modules.diagram import theme
from modules.diagram.glyphs import GLYPHS, PLAIN
from modules.diagram.scene import CONTAINERS, GROUP_ICON, Box, Dot, Edge, Page, Point
from modules.diagram.theme import Theme

_FIELD = 24
"""Width and height of a glyph's field."""
_CORNER = 7
_DOT = 4.5


def render(page: Page, only: Theme | None = None) -> str:
    """The file; with `only` in one theme, for programs that do not know which one the reader has."""
    size = f'width="{page.width}" height="{page.height}" viewBox="0 0 {page.width} {page.height}"'
    title = f"<title>{escape(page.title)}</title>"
    outer = [box for box in page.boxes if box.look in CONTAINERS]
    inner = [box for box in page.boxes if box.look not in CONTAINERS]
    return "\n".join(
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img">',
            title,
            f"<style>{_styles(only)}</style>",
            *(f"<defs>{_arrow(kind)}</defs>" for kind in theme.EDGES["light"]),
            f'<rect class="page" width="{page.width}" height="{page.height}"/>',
            *(line for box in outer for line in _box(box)),
            *(_edge(edge) for edge in page.edges),
            *(line for box in inner for line in _box(box)),
            *(_dot(dot) for dot in page.dots),
            "</svg>",
            "",
        )
    )


def _styles(only: Theme | None) -> str:
    fixed = [f"text{{font-family:{theme.FONTS}}}", ".b{font-weight:700}", ".edge{fill:none;stroke-width:1.5}"]
    fixed += [f".{look}{{stroke-dasharray:5 4}}" for look in sorted(theme.DASHED)]
    # Permissions share parts of their lines: blurred edges would add up to a thicker line.
    fixed += [".permission{stroke-width:1;shape-rendering:crispEdges}"]
    fixed += [f".i-{icon}{{fill:{colour}}}" for icon, colour in theme.ICONS.items()]
    fixed += [".glyph{fill:none;stroke:#fff;stroke-width:1.6;stroke-linejoin:round;stroke-linecap:round}"]
    if only:
        return "".join((*fixed, *_colours(only)))
    dark = "".join(_colours("dark"))
    return "".join((*fixed, *_colours("light"), f"@media(prefers-color-scheme:dark){{{dark}}}"))


def _colours(which: Theme) -> Iterator[str]:
    yield f".page{{fill:{theme.BACKGROUND[which]}}}"
    for look, paint in theme.BOXES[which].items():
        yield f".{look}{{fill:{paint.fill or 'none'};stroke:{paint.border or 'none'}}}"
        yield f".t-{look}{{fill:{paint.title}}}.l-{look}{{fill:{paint.line}}}.g-{look}{{fill:{paint.border or 'none'}}}"
    for icon in theme.ICONS:
        yield f".d-{icon}{{fill:{theme.dot(icon, which)};stroke:{theme.dot(icon, which)}}}"
    yield f".hollow{{fill:{theme.BACKGROUND[which]}}}"
    for kind, colour in theme.EDGES[which].items():
        yield f".{kind}{{stroke:{colour}}}.a-{kind}{{fill:{colour}}}"


def _arrow(kind: str) -> str:
    return (
        f'<marker id="{kind}" viewBox="0 0 8 8" refX="7.5" refY="4" markerWidth="8" markerHeight="8" '
        f'markerUnits="userSpaceOnUse" orient="auto"><path class="a-{kind}" d="M0 0.5L8 4L0 7.5z"/></marker>'
    )


def _box(box: Box) -> Iterator[str]:
    link = f"<a href={quoteattr(f'{box.link}.svg')}>" if box.link else ""
    yield f"<g id={quoteattr(box.id)}>{link}"
    if box.look not in ("label", "heading"):
        corner = 0 if box.look in CONTAINERS else 6
        place = f'x="{box.x}" y="{box.y}" width="{box.width}" height="{box.height}" rx="{corner}"'
        yield f'<rect class="{box.look}" {place}/>'
    if box.icon:
        yield _icon(box)
    for text in box.texts():
        style = f"{'t' if text.is_title else 'l'}-{box.look}{' b' if text.is_title and box.is_bold else ''}"
        place = f'x="{text.x:g}" y="{text.y:g}" font-size="{text.size}"'
        yield f'<text class="{style}" {place}>{escape(text.content)}</text>'
    yield f"{'</a>' if link else ''}</g>"


def _icon(box: Box) -> str:
    x, y = box.icon_place
    is_group = box.look in CONTAINERS and box.icon != "eks"
    side = GROUP_ICON if box.look in CONTAINERS else box.icon_size
    colour, corner = (f"g-{box.look}", 0) if is_group else (f"i-{box.icon}", 0 if box.look in CONTAINERS else 4)
    place = f"translate({x} {y}) scale({side / _FIELD:.4g})"
    glyph = f'<path class="glyph" transform="{place}" d="{GLYPHS.get(box.icon or "", PLAIN)}"/>'
    return f'<rect class="{colour}" x="{x}" y="{y}" width="{side}" height="{side}" rx="{corner}"/>{glyph}'


def _edge(edge: Edge) -> str:
    path = _square(edge.points) if edge.kind == "permission" else _rounded(edge.points)
    arrow = f' marker-end="url(#{edge.kind})"' if edge.is_arrow else ""
    return f'<path id={quoteattr(edge.id)} class="edge {edge.kind}" d="{path}"{arrow}/>'


def _square(points: tuple[Point, ...]) -> str:
    return "M" + "L".join(f"{x} {y}" for x, y in points)


def _rounded(points: tuple[Point, ...]) -> str:
    """Turns in quarter circles, or smaller ones where the way between two is short."""
    path = [f"M{points[0][0]} {points[0][1]}"]
    for (before, corner), (_, after) in pairwise(pairwise(points)):
        radius = min(_CORNER, _length(before, corner) // 2, _length(corner, after) // 2)
        start, end = _towards(corner, before, radius), _towards(corner, after, radius)
        path.append(f"L{start[0]} {start[1]}Q{corner[0]} {corner[1]} {end[0]} {end[1]}")
    return "".join((*path, f"L{points[-1][0]} {points[-1][1]}"))


def _length(one: Point, other: Point) -> int:
    return abs(one[0] - other[0]) + abs(one[1] - other[1])


def _towards(start: Point, end: Point, by: int) -> Point:
    def step(a: int, b: int) -> int:
        return a + (by if b > a else -by if b < a else 0)

    return step(start[0], end[0]), step(start[1], end[1])


def _dot(dot: Dot) -> str:
    style = f"d-{dot.icon}{'' if dot.is_own else ' hollow'}"
    return f'<circle class="{style}" stroke-width="2" cx="{dot.x}" cy="{dot.y}" r="{_DOT}"/>'
