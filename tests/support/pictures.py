"""What a picture promises: boxes that do not overlap, edges around them, text inside them that can be read."""

from collections import defaultdict
from collections.abc import Iterator
from itertools import combinations, pairwise
from typing import NamedTuple

from modules.diagram import theme
from modules.diagram.scene import CONTAINERS, Box, Edge, Page
from modules.diagram.text_width import width
from modules.diagram.theme import Theme

SMALLEST_TEXT, LEAST_CONTRAST = 11, 4.5


class Rectangle(NamedTuple):
    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: "Rectangle") -> bool:
        """Whether they share more than a border."""
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )

    def holds(self, other: "Rectangle") -> bool:
        return (
            self.left <= other.left
            and self.top <= other.top
            and self.right >= other.right
            and self.bottom >= other.bottom
        )


def faults(page: Page) -> list[str]:
    """Everything that is wrong with the places of a page."""
    return [*_places(page), *_ways(page), *_texts(page)]


def _rectangle(box: Box) -> Rectangle:
    return Rectangle(box.x, box.y, box.right, box.bottom)


def _by_id(page: Page) -> dict[str, Box]:
    return {box.id: box for box in page.boxes}


def ancestors(page: Page, name: str | None) -> Iterator[Box]:
    """The box and all boxes that it is in, from the inner one to the outer."""
    boxes = _by_id(page)
    while name is not None:
        yield boxes[name]
        name = boxes[name].parent


def _places(page: Page) -> Iterator[str]:
    whole, boxes = Rectangle(0, 0, page.width, page.height), _by_id(page)
    siblings: dict[str | None, list[Box]] = defaultdict(list)
    for box in page.boxes:
        outer = whole if box.parent is None else _rectangle(boxes[box.parent])
        if not outer.holds(_rectangle(box)):
            yield f"{box.id} reaches out of {box.parent or 'the page'}"
        siblings[box.parent].append(box)
    for group in siblings.values():
        for one, other in combinations(group, 2):
            if _rectangle(one).meets(_rectangle(other)):
                yield f"{one.id} overlaps {other.id}"


def _segments(edge: Edge) -> Iterator[Rectangle]:
    """Each as a rectangle of no width; it meets what it runs through, and not what it touches."""
    for (x, y), (next_x, next_y) in pairwise(edge.points):
        yield Rectangle(min(x, next_x), min(y, next_y), max(x, next_x), max(y, next_y))


def _runs_through(segment: Rectangle, box: Rectangle) -> bool:
    return (
        (
            segment.left < box.right
            and box.left < segment.right
            and segment.top < box.bottom
            and box.top < segment.bottom
        )
        or (
            # Of no width or height: its line is inside.
            segment.left == segment.right
            and box.left < segment.left < box.right
            and segment.top < box.bottom
            and box.top < segment.bottom
        )
        or (
            segment.top == segment.bottom
            and box.top < segment.top < box.bottom
            and segment.left < box.right
            and box.left < segment.right
        )
    )


def _ways(page: Page) -> Iterator[str]:
    boxes = _by_id(page)
    for edge in page.edges:
        around = {box.id for end in (edge.source, edge.target) for box in ancestors(page, end)} - {
            edge.source,
            edge.target,
        }
        for name, point in ((edge.source, edge.points[0]), (edge.target, edge.points[-1])):
            if name is not None and not _is_on_border(boxes[name], point):
                yield f"{edge.id} does not start and end on the border of {name}"
        for segment in _segments(edge):
            if segment.left != segment.right and segment.top != segment.bottom:
                yield f"{edge.id} is not at right angles"
            crossed = (box.id for box in page.boxes if box.id not in around and _runs_through(segment, _rectangle(box)))
            yield from (f"{edge.id} runs through {name}" for name in crossed)


def _is_on_border(box: Box, point: tuple[int, int]) -> bool:
    x, y = point
    beside = x in (box.x, box.right) and box.y <= y <= box.bottom
    return beside or (y in (box.y, box.bottom) and box.x <= x <= box.right)


def _texts(page: Page) -> Iterator[str]:
    for box in page.boxes:
        places = []
        for text in box.texts():
            wide = width(text.content, text.size, bold=text.is_title and box.is_bold)
            place = Rectangle(text.x, text.y - 0.76 * text.size, text.x + wide, text.y + 0.24 * text.size)
            if text.size < SMALLEST_TEXT:
                yield f"{box.id}: {text.content!r} has {text.size} pixels"
            if not text.content.strip("…"):
                yield f"{box.id}: nothing is left of a text"
            if not _rectangle(box).holds(place):
                yield f"{box.id}: {text.content!r} reaches out of it"
            places.append(place)
        if any(one.meets(other) for one, other in combinations(places, 2)):
            yield f"{box.id}: its lines overlap"
        for edge in page.edges if box.look in CONTAINERS else ():
            if any(_runs_through(segment, place) for segment in _segments(edge) for place in places):
                yield f"{edge.id} runs through the title of {box.id}"


def contrasts(page: Page, which: Theme) -> Iterator[tuple[str, float]]:
    """Box, and the contrast of its title or lines with what is behind them."""
    for box in page.boxes:
        fills = (theme.BOXES[which][outer.look].fill for outer in ancestors(page, box.id))
        behind = next((fill for fill in fills if fill), theme.BACKGROUND[which])
        for colour in (theme.BOXES[which][box.look].title, theme.BOXES[which][box.look].line):
            yield f"{which} {box.id} {colour} on {behind}", contrast(colour, behind)


def contrast(one: str, other: str) -> float:
    """https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
