"""Which page has which generated part, and how a page looks with the parts as they should be."""

import re
from collections.abc import Callable

from modules.paths import ROOT
from tests.support.reference import commands, keys, permissions, warnings

PAGES: dict[str, dict[str, Callable[[], str]]] = {
    "services": keys.PARTS,
    "permissions": permissions.PARTS,
    "commands": commands.PARTS,
    "warnings": warnings.PARTS,
}
PART = re.compile(r"(?<=<!-- generated: )([\w-]+)( -->\n).*?(?=<!-- end -->)", re.DOTALL)
FOLDER = ROOT / "docs" / "reference"


def text(page: str) -> str:
    return (FOLDER / f"{page}.md").read_text(encoding="utf-8")


def with_parts(page: str) -> str:
    """The text of the page with all generated parts new. Raises KeyError for a part that no function makes."""
    return PART.sub(lambda found: f"{found[1]}{found[2]}\n{PAGES[page][found[1]]().strip()}\n\n", text(page))


def parts(page: str) -> set[str]:
    """The names of its parts."""
    return {name for name, _ in PART.findall(text(page))}
