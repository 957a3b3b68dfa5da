"""What a picture consists of: boxes in boxes, edges between them and dots where an edge joins a column; in pixels."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from modules.diagram.text_width import fit

Look = Literal["cloud", "region", "vpc", "zone", "public", "private", "cluster", "card", "ghost", "label", "heading"]
EdgeKind = Literal["traffic", "route", "permission", "call", "subscription"]
Point = tuple[int, int]

CONTAINERS = ("cloud", "region", "vpc", "zone", "public", "private", "cluster")
TITLE, LINE, HEADING = 13, 11, 22
"""Sizes of text in pixels; nothing is smaller than LINE."""
PITCH = {TITLE: 17, LINE: 15, HEADING: 28}
"""Height of a line of text of each size."""
_PAD, _GAP = 12, 10
GROUP_ICON = 25
"""Size of the icon in a container's corner: drawio draws its groups' so."""


class Text(NamedTuple):
    """A line of text: where its baseline starts."""

    x: float
    y: float
    size: int
    is_title: bool
    content: str


@dataclass(frozen=True)
class Box:
    """A box, or a text without one; its place is that in the page, whatever its parent."""

    id: str
    parent: str | None
    look: Look
    x: int
    y: int
    width: int
    height: int
    title: str = ""
    lines: tuple[str, ...] = ()
    icon: str | None = None
    icon_size: int = 32
    is_tile: bool = False
    """Whether the text is below the icon, not beside it."""
    link: str | None = None
    """Key of the page that shows more of it."""

    @property
    def right(self) -> int:
        return self.x + self.width

    @property
    def bottom(self) -> int:
        return self.y + self.height

    @property
    def middle(self) -> int:
        return self.y + self.height // 2

    @property
    def title_size(self) -> int:
        return HEADING if self.look == "heading" else LINE if self.look == "label" or self.is_tile else TITLE

    @property
    def is_bold(self) -> bool:
        """Whether the title is."""
        return self.look != "label"

    @property
    def icon_place(self) -> Point:
        """Upper left corner of the icon."""
        if self.look in CONTAINERS:
            return self.x, self.y
        return self.x + (_GAP if self.is_tile else _PAD), self.y + _GAP if self.is_tile else self._top_of_icon()

    def _top_of_icon(self) -> int:
        return self.y + (self.height - self.icon_size) // 2

    @property
    def text_left(self) -> int:
        """How far inside of the box the text starts."""
        if self.look in ("label", "heading"):
            return 0
        if self.look in CONTAINERS:
            return GROUP_ICON + 7 if self.icon else _PAD
        return _GAP - 3 if self.is_tile else _PAD + (self.icon_size + _GAP if self.icon else 0)

    @property
    def room(self) -> int:
        """Width for text."""
        return self.width - self.text_left - (0 if self.text_left == 0 else 5 if self.is_tile else 8)

    def texts(self) -> Iterator[Text]:
        """Its lines of text, cut to its width."""
        rows = [(self.title, self.title_size, True)] if self.title else []
        rows += [(line, LINE, False) for line in self.lines]
        top = float(self.y + self._top_of_text(sum(PITCH[size] for _, size, _ in rows)))
        for content, size, is_title in rows:
            # Where a line of DejaVu Sans has its baseline.
            baseline = top + (PITCH[size] + 0.72 * size) / 2
            shown = fit(content, self.room, size, bold=is_title and self.is_bold)
            yield Text(self.x + self.text_left, round(baseline, 1), size, is_title, shown)
            top += PITCH[size]

    def _top_of_text(self, height: int) -> int:
        if self.look in CONTAINERS:
            return 5
        if self.is_tile:
            return _GAP + self.icon_size + 4
        return 0 if self.look in ("label", "heading") else (self.height - height) // 2


@dataclass(frozen=True)
class Edge:
    """A line with right angles from one box to another; one of the legend has neither."""

    id: str
    kind: EdgeKind
    source: str | None
    target: str | None
    points: tuple[Point, ...]
    is_arrow: bool = True


@dataclass(frozen=True)
class Dot:
    """Where an edge turns into a column; `is_own` fills it. Its colour is that of the icon."""

    id: str
    x: int
    y: int
    icon: str
    is_own: bool


@dataclass(frozen=True)
class Page:
    """One picture; its key is part of its file's name."""

    key: str
    title: str
    width: int
    height: int
    boxes: tuple[Box, ...]
    edges: tuple[Edge, ...]
    dots: tuple[Dot, ...] = field(default=())
