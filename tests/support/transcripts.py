"""Transcripts on pages of docs: what commands print in a test is what the page shows.

`pytest --rewrite-goldens FILE` writes those that the tests of this file make.
"""

import re
from collections.abc import Callable

import pytest

from modules.paths import ROOT
from tests.support.reference.pages import PART

PAGES = (ROOT / "docs" / "operations" / "data-at-risk.md", ROOT / "docs" / "security" / "access.md")
# What another day, or another version of the generator, says otherwise.
DATE, FILES = re.compile(r"\b20\d\d-\d\d-\d\d\b"), re.compile(r"\d+ files changed")
Shows = Callable[[str, str], None]


def transcript(*commands: tuple[str, str]) -> str:
    """Command lines, each with what it printed."""
    return "\n\n".join(f"$ {line}\n{said.strip()}".strip() for line, said in commands)


def without(section: str, said: str) -> str:
    """A page of a plan without the lines of a section, such as prices, which other tests hold."""
    return re.sub(rf"^({section}\n)(?:  .*\n?)+", r"\1  …\n", said, flags=re.MULTILINE)


@pytest.fixture
def shows(request: pytest.FixtureRequest) -> Shows:
    """Compares the part of a page that has this name with a text, or writes it there."""
    maker = request.path.relative_to(ROOT).as_posix()

    def compare(name: str, text: str) -> None:
        texts = {file: file.read_text(encoding="utf-8") for file in PAGES}
        parts = {part[1]: (file, part) for file, text_ in texts.items() for part in PART.finditer(text_)}
        assert name in parts, f"No page has a part {name}."
        file, part = parts[name]
        page = texts[file]
        plain = FILES.sub("… files changed", DATE.sub("<date>", text)).strip()
        made = f"\n<!-- made by: {maker} -->\n```console\n{plain}\n```\n\n"
        new = f"{page[: part.start()]}{part[1]}{part[2]}{made}{page[part.end() :]}"
        if request.config.getoption("--rewrite-goldens"):
            file.write_text(new, encoding="utf-8")
            page = new
        assert page == new, f"{file.name}, {name}: run `pytest --rewrite-goldens {maker}`, and read the page's diff."

    return compare
