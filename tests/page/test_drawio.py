"""The committed picture in the editor that people open it with."""

import re
from typing import Any
from xml.etree import ElementTree as Tree

import pytest

from modules.facts.drawio import GROUPS, LIBRARY, SHAPES
from modules.paths import ROOT
from tests.support import drawio_editor
from tests.support.browser import Browser

FILE = ROOT / "docs" / "architecture-diagram.drawio"


def _number(geometry: Tree.Element, name: str) -> float:
    return float(geometry.get(name, "0"))


def _written() -> dict[str, dict[str, dict[str, Any]]]:
    """What the file says, page by page, in the form of the editor's answer."""
    return {
        str(page.get("id")): {
            str(element.get("id")): _cell(element) for element in page.iterfind("./mxGraphModel/root/*")
        }
        for page in Tree.parse(FILE).getroot()
    }


def _cell(element: Tree.Element) -> dict[str, Any]:
    cell = element if element.tag == "mxCell" else element.find("mxCell")
    assert cell is not None
    geometry = cell.find("mxGeometry")
    size = ("x", "y", "width", "height")
    kinds = [kind for kind in ("vertex", "edge") if cell.get(kind) == "1"]
    points = [] if geometry is None else geometry.findall("./Array/mxPoint")
    return {
        "kind": kinds[0] if kinds else "",
        "parent": cell.get("parent"),
        "source": cell.get("source"),
        "target": cell.get("target"),
        "style": cell.get("style", ""),
        "label": element.get("label", cell.get("value", "")),
        "drawn": bool(kinds),
        "geometry": None if geometry is None else [_number(geometry, name) for name in size],
        "points": [[_number(point, "x"), _number(point, "y")] for point in points],
    }


@pytest.mark.nightly(minutes=1)
def test_the_editor_of_diagrams_net_has_every_box_and_edge_where_the_file_says_and_knows_every_shape_among_the_facts(
    browser: Browser,
) -> None:
    facts = {f"{LIBRARY}.{name}" for name in (*(shape.name for shape in SHAPES.values()), *GROUPS.values())}
    names = set(re.findall(rf"(?:shape|grIcon|resIcon)=({re.escape(LIBRARY)}\.\w+)", FILE.read_text(encoding="utf-8")))
    drawn_by_code = {f"{LIBRARY}.{name}" for name in ("group", "resourceIcon")}
    with drawio_editor.editor(browser, FILE):
        found = drawio_editor.cells(browser)
        known = drawio_editor.known_stencils(browser, facts | names | {f"{LIBRARY}.no_such_shape"})
        assert browser.errors == []
    written = _written()
    assert found == written
    boxes = [cell["kind"] for page in written.values() for cell in page.values()]
    counted = f"{boxes.count('vertex')} boxes, {boxes.count('edge')} edges"
    print(f"{len(written)} pages, {counted}; {len(facts)} shapes, {len(facts & names)} of them in this file")
    assert min(boxes.count("vertex"), boxes.count("edge")) > 50
    assert names <= facts | drawn_by_code
    assert known == facts
