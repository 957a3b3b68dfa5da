"""The pictures of modules/diagram inside of the page: their links lead to its sections, and no id is there twice."""

import re
from typing import NamedTuple
from xml.etree import ElementTree

from markupsafe import Markup

from modules.diagram import network, overview, pages, svg
from modules.diagram.scene import Page
from modules.spec.model import Spec

_SVG = "{http://www.w3.org/2000/svg}"
_URL = re.compile(r"url\(#([^)]+)\)")


class Picture(NamedTuple):
    """One picture: `content` is an SVG element, whose style is apart."""

    key: str
    title: str
    width: int
    height: int
    content: Markup
    style: str


def pictures(spec: Spec) -> list[Picture]:
    """The overview and the network."""
    return [_picture(overview.page(spec)), _picture(network.page(spec))]


def section(page_key: str) -> str:
    """The id of the section that a link to another page of the pictures leads to."""
    return page_key if page_key.startswith(pages.SERVICE) else f"picture-{page_key}"


def _picture(page: Page) -> Picture:
    root = ElementTree.fromstring(svg.render(page))
    style = root.find(f"{_SVG}style")
    for drop in (style, root.find(f"{_SVG}title")):
        if drop is not None:
            root.remove(drop)
    for element in root.iter():
        _adapt(element, f"{page.key}-")
    root.set("role", "group")
    root.set("aria-label", page.title)
    content = ElementTree.tostring(root, encoding="unicode")
    # Its text and attributes are escaped by ElementTree; services.yaml names no element.
    return Picture(
        page.key, page.title, page.width, page.height, Markup(content), (style.text or "") if style is not None else ""
    )


def _adapt(element: ElementTree.Element, prefix: str) -> None:
    element.tag = element.tag.removeprefix(_SVG)
    for name, value in element.attrib.items():
        if name == "id":
            element.set(name, prefix + value)
        elif name == "href":
            element.set(name, f"#{section(value.removesuffix('.svg'))}")
        elif "url(#" in value:
            element.set(name, _URL.sub(rf"url(#{prefix}\1)", value))
