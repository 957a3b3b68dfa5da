"""Colours of the pictures, light and dark; tests hold that each text has a contrast of 4.5 with what is behind it."""

from typing import Literal, NamedTuple

from modules.diagram.scene import EdgeKind, Look
from modules.facts.drawio import SHAPES, Category

Theme = Literal["light", "dark"]

# What each system has first; DejaVu Sans, the widest, is what text_width.py measures.
FONTS = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, 'DejaVu Sans', sans-serif"


class Paint(NamedTuple):
    """Colours of a box; None draws nothing."""

    fill: str | None
    border: str | None
    title: str
    line: str


BACKGROUND: dict[Theme, str] = {"light": "#ffffff", "dark": "#0d1420"}
BOXES: dict[Theme, dict[Look, Paint]] = {
    "light": {
        "cloud": Paint("#ffffff", "#232f3e", "#232f3e", "#4a5568"),
        "region": Paint("#fbfcfe", "#0073bb", "#00588f", "#4a5568"),
        "vpc": Paint("#fdfcff", "#7c3aed", "#5b21b6", "#4a5568"),
        "zone": Paint(None, "#0073bb", "#00588f", "#4a5568"),
        "public": Paint("#f2f6e8", "#6b8e12", "#3d5409", "#4a5568"),
        "private": Paint("#e6f6f7", "#00898b", "#005e60", "#4a5568"),
        "cluster": Paint("#fff8f0", "#c2570c", "#8f3d05", "#4a5568"),
        "card": Paint("#ffffff", "#b6c0cc", "#16202c", "#4a5568"),
        "ghost": Paint(None, "#c3ccd7", "#4a5568", "#4a5568"),
        "label": Paint(None, None, "#2b3a4d", "#4a5568"),
        "heading": Paint(None, None, "#16202c", "#4a5568"),
    },
    "dark": {
        "cloud": Paint("#111a28", "#8b9bb0", "#e8edf4", "#b3bfce"),
        "region": Paint("#131f30", "#4ea5df", "#8ccaf5", "#b3bfce"),
        "vpc": Paint("#161c33", "#a684ff", "#cbb8ff", "#b3bfce"),
        "zone": Paint(None, "#4ea5df", "#8ccaf5", "#b3bfce"),
        "public": Paint("#1b2618", "#8fb83a", "#c3e07a", "#b3bfce"),
        "private": Paint("#10292e", "#2fb5b7", "#7fdcdd", "#b3bfce"),
        "cluster": Paint("#281d14", "#f0883e", "#ffb77c", "#c5cedb"),
        "card": Paint("#1c2738", "#44546a", "#f0f4f9", "#b3bfce"),
        "ghost": Paint(None, "#44546a", "#b3bfce", "#b3bfce"),
        "label": Paint(None, None, "#d3dce8", "#b3bfce"),
        "heading": Paint(None, None, "#f0f4f9", "#b3bfce"),
    },
}
EDGES: dict[Theme, dict[EdgeKind, str]] = {
    "light": {
        "traffic": "#0060a0",
        "route": "#00797b",
        "permission": "#7b8898",
        "call": "#b45309",
        "subscription": "#be185d",
    },
    "dark": {
        "traffic": "#5cb3f0",
        "route": "#2fb5b7",
        "permission": "#71819a",
        "call": "#f5a34b",
        "subscription": "#f472b6",
    },
}
DASHED: frozenset[Look | EdgeKind] = frozenset({"zone", "ghost", "subscription"})

# AWS's colours of its categories, a shade darker, so that a white glyph is told from them; on both themes.
_CATEGORIES: dict[Category, str] = {
    "compute": "#c2570c",
    "storage": "#5b7f10",
    "database": "#a81fb0",
    "network": "#7040dd",
    "integration": "#c21565",
    "security": "#c4293d",
    "general": "#3b4a5e",
}
ICONS = {icon: _CATEGORIES[shape.category] for icon, shape in SHAPES.items()}


def dot(icon: str, which: Theme) -> str:
    """Colour of a dot: the icon's, halfway to white where what is behind it is dark."""
    colour = ICONS[icon]
    if which == "light":
        return colour
    return "#" + "".join(f"{(int(colour[at : at + 2], 16) + 255) // 2:02x}" for at in (1, 3, 5))
