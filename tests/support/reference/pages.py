"""Which page has which generated part, and how a page looks with the parts as they should be."""

import re
from collections.abc import Callable, Mapping

from modules.paths import ROOT
from tests.support.reference import commands, exceptions, keys, permissions, protection, rooms, warnings

PAGES: dict[str, dict[str, Callable[[], str]]] = {
    "reference/services": keys.PARTS,
    "reference/permissions": permissions.PARTS,
    "reference/commands": commands.PARTS,
    "reference/warnings": warnings.PARTS,
    "reference/protection": protection.PARTS,
    "architecture/rooms": rooms.PARTS,
    "security/exceptions": exceptions.PARTS,
}
PART = re.compile(r"(?<=<!-- generated: )([\w-]+)( -->\n).*?(?=<!-- end -->)", re.DOTALL)
FOLDER = ROOT / "docs"


def text(page: str) -> str:
    return (FOLDER / f"{page}.md").read_text(encoding="utf-8")


def with_parts(page: str) -> str:
    """The text of the page with all generated parts new. Raises KeyError for a part that no function makes."""
    return filled(text(page), PAGES[page])


def filled(old: str, made: Mapping[str, Callable[[], str]]) -> str:
    """The text with its parts as these functions make them."""
    return PART.sub(lambda found: f"{found[1]}{found[2]}\n{made[found[1]]().strip()}\n\n", old)


def parts(page: str) -> set[str]:
    """The names of its parts."""
    return {name for name, _ in PART.findall(text(page))}
