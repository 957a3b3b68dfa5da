"""All pages as one file of diagrams.net (draw.io), with the shapes of its AWS library."""

from collections.abc import Iterator, Sequence
from html import escape
from xml.etree import ElementTree as Tree

from modules.diagram import theme
from modules.diagram.scene import CONTAINERS, GROUP_ICON, PITCH, Box, Dot, Edge, Page, Point, Text
from modules.facts.drawio import COLOURS, GROUPS, LIBRARY, SHAPES

_PAINTS, _EDGES = theme.BOXES["light"], theme.EDGES["light"]
_DOT = 10
_WIDTHS = {kind: 1 if kind == "permission" else 1.5 for kind in _EDGES}
_TEXT = "html=1;whiteSpace=wrap;overflow=hidden;align=left;"
_LABEL_SPACING = 2
"""mxGraph adds it on each side of a label: mxConstants.LABEL_INSET and the default `spacing`."""
_FIXED = "exitPerimeter=0;entryPerimeter=0;exitDx=0;exitDy=0;entryDx=0;entryDy=0;"


def render(pages: Sequence[Page]) -> str:
    """The file; uncompressed, so that a change of it can be read."""
    file = Tree.Element("mxfile", host="app.diagrams.net", type="device")
    for page in pages:
        diagram = Tree.SubElement(file, "diagram", id=page.key, name=page.title)
        size = {"pageWidth": str(page.width), "pageHeight": str(page.height)}
        switches = {"grid": "1", "gridSize": "10", "page": "1", "math": "0", "shadow": "0"}
        root = Tree.SubElement(Tree.SubElement(diagram, "mxGraphModel", switches | size), "root")
        Tree.SubElement(root, "mxCell", id="0")
        Tree.SubElement(root, "mxCell", {"id": "1", "parent": "0"})
        for cell in _cells(page):
            root.append(cell)
    Tree.indent(file)
    return Tree.tostring(file, encoding="unicode") + "\n"


def _cells(page: Page) -> Iterator[Tree.Element]:
    places = {box.id: (box.x, box.y) for box in page.boxes}
    for box in page.boxes:
        left, top = places.get(box.parent or "", (0, 0))
        yield _box(box, left, top)
        if shape := _icon_style(box):
            x, y = box.icon_place
            side = GROUP_ICON if box.look in CONTAINERS else box.icon_size
            yield _vertex(f"{box.id}:icon", box.id, "", shape, (x - box.x, y - box.y, side, side))
    boxes = {box.id: box for box in page.boxes}
    for edge in page.edges:
        yield _edge(edge, boxes)
    for dot in page.dots:
        yield _vertex(dot.id, "1", "", _dot_style(dot), (dot.x - _DOT // 2, dot.y - _DOT // 2, _DOT, _DOT))


def _box(box: Box, left: int, top: int) -> Tree.Element:
    place = (box.x - left, box.y - top, box.width, box.height)
    cell = _vertex(box.id, box.parent or "1", _label(box), _box_style(box), place)
    if box.link is None:
        return cell
    # A link is an attribute of an object around the cell, which has the cell's id and label.
    linked = Tree.Element("UserObject", label=cell.attrib.pop("value"), link=f"data:page/id,{box.link}", id=box.id)
    del cell.attrib["id"]
    linked.append(cell)
    return linked


def _label(box: Box) -> str:
    return "".join(_line(box, text) for text in box.texts())


def _line(box: Box, text: Text) -> str:
    colour = _colour(box, is_title=text.is_title)
    size = f"font-size:{text.size}px;line-height:{PITCH[text.size]}px"
    content = escape(text.content)
    bold = f"<b>{content}</b>" if text.is_title and box.is_bold else content
    return f'<div style="{size};white-space:nowrap;color:{colour}">{bold}</div>'


def _colour(box: Box, *, is_title: bool) -> str:
    paint = _PAINTS[box.look]
    return paint.title if is_title else paint.line


def _box_style(box: Box) -> str:
    paint = _PAINTS[box.look]
    dashed = "dashed=1;" if box.look in theme.DASHED else ""
    colours = f"fillColor={paint.fill or 'none'};strokeColor={paint.border or 'none'};fontColor={paint.title};"
    inset = f"spacing=0;spacingLeft={box.text_left - _LABEL_SPACING};"
    if box.look in ("label", "heading"):
        return f"text;{_TEXT}{inset}verticalAlign=top;spacingTop=-3;{colours}"
    if box.look in CONTAINERS:
        group = "container=1;collapsible=0;recursiveResize=0;pointerEvents=0;"
        if box.icon == box.look:
            group += f"shape={LIBRARY}.group;grIcon={LIBRARY}.{GROUPS[box.look]};"
        return f"{group}{_TEXT}{inset}verticalAlign=top;{colours}{dashed}"
    above = f"verticalAlign=top;spacingTop={box.icon_size + 10};" if box.is_tile else "verticalAlign=middle;"
    return f"rounded=1;absoluteArcSize=1;arcSize=12;{_TEXT}{inset}{above}{colours}{dashed}"


def _icon_style(box: Box) -> str | None:
    """None where the box has no icon, or draws it itself."""
    if box.icon is None or box.icon == box.look:
        return None
    shape, fixed = SHAPES[box.icon], "aspect=fixed;connectable=0;editable=0;"
    if shape.is_square:
        icon = f"shape={LIBRARY}.resourceIcon;resIcon={LIBRARY}.{shape.name};"
        return f"{fixed}{icon}fillColor={COLOURS[shape.category]};strokeColor=#ffffff;"
    return f"{fixed}shape={LIBRARY}.{shape.name};fillColor={COLOURS[shape.category]};strokeColor=none;"


def _dot_style(dot: Dot) -> str:
    colour = theme.ICONS[dot.icon]
    fill = colour if dot.is_own else theme.BACKGROUND["light"]
    return f"ellipse;aspect=fixed;connectable=0;fillColor={fill};strokeColor={colour};strokeWidth=2;"


def _vertex(name: str, parent: str, label: str, style: str, place: tuple[int, int, int, int]) -> Tree.Element:
    cell = Tree.Element("mxCell", id=name, value=label, style=style, vertex="1", parent=parent)
    x, y, width, height = (str(number) for number in place)
    Tree.SubElement(cell, "mxGeometry", {"x": x, "y": y, "width": width, "height": height, "as": "geometry"})
    return cell


def _edge(edge: Edge, boxes: dict[str, Box]) -> Tree.Element:
    dashed = "dashed=1;" if edge.kind in theme.DASHED else ""
    arrow = "endArrow=block;endFill=1;endSize=5;" if edge.is_arrow else "endArrow=none;"
    line = f"strokeColor={_EDGES[edge.kind]};strokeWidth={_WIDTHS[edge.kind]};{dashed}"
    style = f"edgeStyle=none;rounded={int(edge.kind != 'permission')};html=1;{arrow}{line}"
    cell = Tree.Element("mxCell", id=edge.id, edge="1", parent="1")
    geometry = Tree.SubElement(cell, "mxGeometry", {"relative": "1", "as": "geometry"})
    if edge.source and edge.target:
        cell.set("source", edge.source)
        cell.set("target", edge.target)
        style += (
            _FIXED
            + _port("exit", boxes[edge.source], edge.points[0])
            + _port("entry", boxes[edge.target], edge.points[-1])
        )
    else:
        for name, point in (("sourcePoint", edge.points[0]), ("targetPoint", edge.points[-1])):
            Tree.SubElement(geometry, "mxPoint", {"x": str(point[0]), "y": str(point[1]), "as": name})
    cell.set("style", style)
    if corners := edge.points[1:-1]:
        ways = Tree.SubElement(geometry, "Array", {"as": "points"})
        for x, y in corners:
            Tree.SubElement(ways, "mxPoint", x=str(x), y=str(y))
    return cell


def _port(end: str, box: Box, point: Point) -> str:
    """Where on its box an edge starts or ends, as parts of width and height."""
    x, y = (point[0] - box.x) / box.width, (point[1] - box.y) / box.height
    return f"{end}X={x:.5g};{end}Y={y:.5g};"
