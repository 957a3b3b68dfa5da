"""Permissions: each service has a row, each AWS service a column under its tile, and a dot joins the two."""

from modules.diagram import parts
from modules.diagram.scene import Box, Dot, Edge
from modules.spec.model import Spec

TILE, TILE_HEIGHT, PITCH = 104, 100, 112
ICON = 32
# Tiles of what no word under `aws:` names.
_TITLES = {parts.OTHERS: "IAM", "endpoints": "Endpoints"}
# Below the middle of the tile's icon.
_COLUMN = 10 + ICON // 2
# With more rows than a screen shows, their names are repeated beside the columns.
_MOST_UNNAMED = 12
_LABEL_HEIGHT, _LABEL_ABOVE, _LABEL_BESIDE = 15, 18, 8


def width(tiles: int) -> int:
    """From the left of the first tile to the right of the last."""
    return max(tiles, 1) * PITCH - (PITCH - TILE)


def tile(word: str, parent: str, x: int, y: int, lines: tuple[str, ...]) -> Box:
    """The tile of a column."""
    title = _TITLES.get(word) or parts.title(word)
    return Box(f"aws:{word}", parent, "card", x, y, TILE, TILE_HEIGHT, title, lines, word, ICON, is_tile=True)


def join(spec: Spec, cards: dict[str, Box], tiles: dict[str, Box]) -> tuple[list[Box], list[Edge], list[Dot]]:
    """The labels, edges and dots of all permissions."""
    labels, edges, dots = [], [], []
    for name, service in spec.services.items():
        card = cards[name]
        for use in parts.uses(service):
            target = tiles[use.word]
            key, x, y = f"{name}:{use.word}", target.x + _COLUMN, card.middle
            points = ((card.right, y), (x, y), (x, target.bottom))
            edges.append(Edge(f"permission:{key}", "permission", card.id, target.id, points))
            dots.append(Dot(f"dot:{key}", x, y, use.word, use.is_own))
            place = (x + _LABEL_BESIDE, y - _LABEL_ABOVE, PITCH - 2 * _LABEL_BESIDE - 4, _LABEL_HEIGHT)
            labels.append(Box(f"use:{key}", target.parent, "label", *place, use.what))
    return labels, edges, dots


def row_names(spec: Spec, cards: dict[str, Box], free: Box) -> list[Box]:
    """In a tall picture, the name of each service above its line; below the tile `free`, which has no column."""
    if len(cards) <= _MOST_UNNAMED:
        return []
    leaves = {
        name
        for name, service in spec.services.items()
        if any(use.word not in parts.IN_VPC for use in parts.uses(service))
    }
    return [
        Box(f"row:{name}", free.parent, "label", free.x, card.middle - _LABEL_ABOVE, TILE + 20, _LABEL_HEIGHT, name)
        for name, card in cards.items()
        if name in leaves
    ]
