"""What the documents say of files and of kinds of permission is true."""

import re
from pathlib import Path

import pytest

from modules.paths import ROOT
from modules.permissions import KINDS
from tests.support.reference.permissions import PARTS

PERMISSIONS = ROOT / "docs" / "reference" / "permissions.md"
TABLE = re.compile(r"\| word \| makes \| options \|\n\| --- \| --- \| --- \|\n(?:\|.*\|\n)+")
DOCS = ROOT / "docs"
MAKE = re.compile(r"(?:`|^\$ )make ([a-z-]+)", re.MULTILINE)
PATH = re.compile(r"`((?:modules|tests|docs|examples|charts|demo)/[\w./-]*)(?:::\w+)?`")
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("[0-9]*.md"))
PAGES = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md")] + sorted(ROOT.glob("docs/**/*.md"))


def test_the_table_of_permissions_has_a_row_for_each_kind(request: pytest.FixtureRequest) -> None:
    text, table = PERMISSIONS.read_text(encoding="utf-8"), PARTS["overview"]()
    if request.config.getoption("--rewrite-goldens"):
        text = TABLE.sub(lambda _: table, text)
        PERMISSIONS.write_text(text, encoding="utf-8")
    found = TABLE.search(text)
    assert found
    missing = [word for word in KINDS if f"[`{word}`]" not in found[0]]
    assert not missing, f"docs/reference/permissions.md has no row for {', '.join(missing)}: run `make golden`"
    assert found[0] == table, "docs/reference/permissions.md differs from the kinds: run `make golden`"


def test_every_path_in_the_checklists_exists() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    assert [line for line in text.splitlines() if line.startswith("- [") and not re.match(r"- \[ \] `", line)] == []
    paths = set(re.findall(r"`([\w./-]+(?:/[\w.-]*|\.(?:md|py|yaml|json|txt)))`", text)) | {"LICENSE"}
    assert len(paths) > 25
    assert [path for path in sorted(paths) if not (ROOT / path).exists()] == []


def test_every_link_leads_to_a_file_and_a_heading() -> None:
    links = [(page, target, anchor) for page in PAGES for target, anchor in _links(page)]
    assert len(links) > 50
    broken = []
    for page, target, anchor in links:
        file = page.parent / target if target else page
        if not file.exists() or (anchor and anchor not in _anchors(file)):
            broken.append(f"{page.relative_to(ROOT)}: {target}#{anchor}")
    assert broken == []


def test_every_page_is_in_the_navigation_of_the_site_and_can_be_reached_from_the_readme() -> None:
    pages = {page for page in PAGES if page.is_relative_to(DOCS)}
    navigation = (ROOT / "mkdocs.yml").read_text(encoding="utf-8").partition("\nnav:\n")[2]
    listed = re.findall(r"[\w./-]+\.md", navigation)
    assert sorted(listed) == sorted({*listed}), "A page is twice under nav: of mkdocs.yml."
    there = {str(page.relative_to(DOCS)) for page in pages}
    assert there == {*listed}, f"nav: of mkdocs.yml lacks or has too much: {', '.join(sorted(there ^ {*listed}))}."
    reached: set[Path] = set()
    waiting = [ROOT / "README.md"]
    while waiting:
        page = waiting.pop()
        new = {(page.parent / target).resolve() for target, _ in _links(page) if target.endswith(".md")} - reached
        reached |= new
        waiting += new
    unreached = sorted(str(page.relative_to(ROOT)) for page in pages - reached)
    assert unreached == [], f"No page that the README leads to has a link to {', '.join(unreached)}."


def test_every_command_of_make_and_every_path_that_a_page_names_is_there() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    texts = {str(page.relative_to(ROOT)): page.read_text(encoding="utf-8") for page in PAGES}
    named = {(page, name) for page, text in texts.items() for name in MAKE.findall(text)}
    # No path of generated/, which belongs to the user of the repository, and no pattern.
    paths = {(page, path) for page, text in texts.items() for path in PATH.findall(text)}
    assert len(named) > 100
    assert len(paths) > 50
    wrong = sorted(
        {one for one in named if one[1] not in targets} | {one for one in paths if not (ROOT / one[1]).exists()}
    )
    assert wrong == []


def _links(page: Path) -> list[tuple[str, str]]:
    """The links within the repository, in text: file, anchor."""
    text = re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    found = re.findall(r"\]\(([^)\s#]*)(?:#([^)\s]+))?\)", text)
    return [(target, anchor) for target, anchor in found if not target.startswith(("https:", "http:"))]


def _anchors(page: Path) -> set[str]:
    """Of its headings, as GitHub and the site make them."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", DECISIONS, ids=lambda page: page.stem)
def test_a_decision_has_status_date_alternatives_and_a_line_in_the_list(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert re.search(r"^Status: (accepted|proposed|replaced by \d+) · Date: \d{4}-\d\d-\d\d$", text, re.MULTILINE)
    parts = re.findall(r"^\*\*(\w+)\.\*\*", text, re.MULTILINE)
    assert parts == ["Decision", "Why", "Alternatives", "Price"]
    assert f"({page.name})" in page.with_name("README.md").read_text(encoding="utf-8")
