"""The pictures of any system: no overlap, no edge through a box, text that can be read, and places that stay."""

import json
import re
import tempfile
from itertools import combinations
from pathlib import Path
from typing import Any, get_args
from xml.etree import ElementTree as Tree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modules.checks.check import check
from modules.diagram import drawio, pages, svg, theme, tracks
from modules.diagram.glyphs import GLYPHS
from modules.diagram.scene import CONTAINERS, Box, Edge, Page
from modules.diagram.text_width import fit, width, wrap
from modules.diagram.theme import Theme
from modules.facts.drawio import GROUPS, LIBRARY, SHAPES
from modules.permissions import KINDS
from modules.spec.model import Spec
from tests.support import pictures, random_specs
from tests.support.every_permission import every_kind
from tests.support.run_synth import shipped
from tests.support.tiers import sampled
from tests.unit.conftest import TODAY

SYSTEMS = random_specs.valid(most_services=6)
ADDED: dict[str, Any] = {"path": "/added", "aws": ["s3", "sqs", "kms"]}


def _spec(system: random_specs.System) -> Spec:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "services.yaml"
        # JSON is YAML, and keeps the order of the services.
        file.write_text(json.dumps(system), encoding="utf-8")
        spec = check(file, TODAY).spec
    assert spec is not None
    return spec


def _many(count: int) -> random_specs.System:
    """A system of so many services, with calls and subscriptions among them."""
    services: dict[str, Any] = {}
    for number in range(count):
        services[f"service-{number}"] = {
            "path": f"/api/{number}",
            "aws": {"sns": {}, "sqs": {"subscribe": [f"service-{number // 2}"] if number > 1 else []}},
            "calls": [f"service-{one}" for one in {number // 3, number // 5} - {number}],
        }
    return {"project": "shop", "region": "eu-west-1", "services": services}


def _pages(system: random_specs.System) -> list[Page]:
    return pages.pages(_spec(system))


@given(SYSTEMS)
def test_no_box_overlaps_another_and_no_edge_runs_through_one(system: random_specs.System) -> None:
    drawn = _pages(system)
    assert [page.key for page in drawn[:2]] == ["overview", "network"]
    assert [f"{page.key}: {fault}" for page in drawn for fault in pictures.faults(page)] == []


@pytest.mark.parametrize("system", [every_kind(), shipped(), _many(60)], ids=["every kind", "shipped", "60 services"])
def test_a_large_picture_is_as_clean_as_a_small_one(system: random_specs.System) -> None:
    assert [f"{page.key}: {fault}" for page in _pages(system) for fault in pictures.faults(page)] == []


def test_faults_are_found() -> None:
    """Each fault that the tests above look for, made."""
    boxes = (
        Box("a", None, "card", 0, 0, 100, 40, "a"),
        Box("b", None, "card", 90, 0, 100, 40, "b"),
        Box("c", "a", "card", 0, 30, 100, 40, "c"),
        Box("d", None, "label", 300, 0, 90, 4, "d"),
        Box("e", None, "vpc", 0, 100, 300, 100, "a title"),
    )
    edges = (
        Edge("through", "call", "a", "d", ((100, 20), (300, 2))),
        Edge("title", "call", "e", "e", ((0, 114), (300, 114))),
        Edge("nowhere", "call", "d", "d", ((0, 0), (9, 0))),
    )
    found = pictures.faults(Page("p", "p", 380, 400, boxes, edges))
    for words in (
        "a overlaps b",
        "c reaches out of a",
        "d reaches out of the page",
        "through is not at right angles",
        "through runs through b",
        "title runs through the title of e",
        "nowhere does not start and end on the border of d",
        "d: 'd' reaches out of it",
    ):
        assert words in found


@given(SYSTEMS)
def test_each_text_has_enough_contrast_in_both_themes(system: random_specs.System) -> None:
    weak = [
        (what, ratio)
        for page in _pages(system)
        for which in get_args(Theme)
        for what, ratio in pictures.contrasts(page, which)
        if ratio < pictures.LEAST_CONTRAST
    ]
    assert weak == []


@sampled(gate=20, nightly=50)
@given(system=random_specs.valid(most_services=4), data=st.data())
def test_an_added_service_leaves_every_other_box_its_size_and_relative_place(
    system: random_specs.System, data: st.DataObject
) -> None:
    names = list(system["services"])
    at = data.draw(st.integers(0, len(names)))
    servers = random_specs.servers(system["services"])
    added = ADDED | {"calls": data.draw(st.lists(st.sampled_from(servers), unique=True)) if servers else []}
    if system.get("load_balancer") == "none":
        del added["path"]
    grown = system | {"services": _inserted(system["services"], at, added)}
    after = {page.key: page for page in _pages(grown)}
    for page in _pages(system):
        boxes = {box.id: box for box in after[page.key].boxes}
        kept = [(box, boxes[box.id]) for box in page.boxes]
        sizes = [(old, new) for old, new in kept if old.look not in CONTAINERS]
        assert [old.id for old, new in sizes if (old.width, old.height) != (new.width, new.height)] == []
        moved = [
            (one.id, other.id)
            for (one, new_one), (other, new_other) in combinations(kept, 2)
            if _are_compared(page, one, other) and _relation(one, other) != _relation(new_one, new_other)
        ]
        assert moved == []


def _inserted(services: dict[str, Any], at: int, added: dict[str, Any]) -> dict[str, Any]:
    items = list(services.items())
    return dict([*items[:at], ("added-service", added), *items[at:]])


def _are_compared(page: Page, one: Box, other: Box) -> bool:
    """Those in one box; on a service's page, where nothing is in another, those of one column."""
    return one.parent == other.parent and (one.x == other.x or not page.key.startswith(pages.SERVICE))


def _relation(one: Box, other: Box) -> tuple[bool, bool, bool, bool]:
    return one.x < other.x, one.x == other.x, one.y < other.y, one.y == other.y


def test_a_service_added_at_the_end_moves_no_box_at_all() -> None:
    system = shipped()
    grown = system | {"services": system["services"] | {"billing-service": {"path": "/api/billing", "aws": ["sqs"]}}}
    before, after = _pages(system)[0], _pages(grown)[0]
    places = {box.id: (box.x, box.y, box.width, box.height) for box in after.boxes}
    inner = [box for box in before.boxes if box.look not in CONTAINERS]
    assert len(inner) > 50
    assert [box.id for box in inner if places[box.id] != (box.x, box.y, box.width, box.height)] == []


def test_the_overview_shows_each_permission_call_subscription_and_path() -> None:
    system = every_kind() | {"project": "shop"}
    system["services"]["readers"] |= {"path": ["/a", "/b"], "calls": ["orders"]}
    overview = _pages(system)[0]
    permissions = {edge.id for edge in overview.edges if edge.kind == "permission" and edge.source}
    assert permissions > {f"permission:orders:{word}" for word in (*KINDS, "iam")}
    assert {dot.id: dot.is_own for dot in overview.dots}["dot:readers:sqs"] is False
    texts = {box.id: [text.content for text in box.texts()] for box in overview.boxes}
    assert texts["use:readers:sqs"] == ["writes orders"]
    assert texts["use:orders:sqs"] == ["queue"]
    assert texts["path:readers"] == ["/a +1"]
    assert texts["service:readers"][:2] == ["readers", "2\N{EN DASH}6 pods · 0.25 vCPU · 512MB · readers-fp"]
    lines = {edge.id for edge in overview.edges}
    assert {"call:readers:orders", "subscription:orders:subscribers", "request:readers"} <= lines


def test_the_new_objects_of_a_bucket_are_an_arrow_into_the_queue_that_listens() -> None:
    listens = {"sqs": {"from": [{"s3": "media", "prefix": "a/"}, {"s3": "media", "prefix": "b/"}]}}
    both = {"sqs": {"from": {"s3": "media"}, "subscribe": "media"}}
    services = {"media": {"aws": ["s3", "sns"]}, "thumbs": {"aws": listens}, "index": {"aws": both}}
    system = {"project": "shop", "region": "eu-west-1", "services": services}
    found = {page.key: page for page in _pages(system)}
    assert [f"{page.key}: {fault}" for page in found.values() for fault in pictures.faults(page)] == []
    arrows = sorted(edge.id for edge in found["overview"].edges if edge.kind == "subscription" and edge.source)
    assert arrows == ["subscription:media:index", "subscription:media:thumbs"]
    lines = {key: {box.id: box.lines for box in page.boxes} for key, page in found.items()}
    assert lines["service-thumbs"]["bucket:media"] == ("its queue gets the new objects",)
    assert {"topic:media", "bucket:media"} <= lines["service-index"].keys()
    assert lines["service-media"]["queue:thumbs"] == ("receives the new objects of its bucket",)
    assert lines["service-media"]["queue:index"] == (
        "receives what its topic publishes",
        "receives the new objects of its bucket",
    )
    ends = {(edge.source, edge.target) for edge in found["service-thumbs"].edges if edge.kind == "subscription"}
    assert ("bucket:media", "service") in ends


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ({"path": "/api", "host": "web.example.com"}, ["web.example.com", "/api"]),
        ({"path": ["/", "/api"], "host": ["a.example.com", "*.example.org"]}, ["a.example.com +1", "/ +1"]),
        (
            {"path": ["/" + "p" * 50, "/b"], "host": ["h" * 50 + ".example.com", "b.example.com"]},
            [f"{'h' * 21}… +1", f"/{'p' * 20}… +1"],
        ),
    ],
    ids=["one each", "some", "long"],
)
def test_the_line_of_a_service_has_its_host_and_its_path(asked: dict[str, Any], shown: list[str]) -> None:
    zones = {"hosted_zone": "Z0123456789ABCDEFGHIJ", "hosted_zones": {"example.org": "Z0123456789ABCDEFGHIK"}}
    system = {"project": "shop", "region": "eu-west-1", "domain": "example.com", **zones, "services": {"web": asked}}
    overview = _pages(system)[0]
    assert pictures.faults(overview) == []
    (label,) = [box for box in overview.boxes if box.id == "path:web"]
    assert [text.content for text in label.texts()] == shown


def test_secret_values_of_others_are_a_permission_and_their_operator_is_in_kube_system() -> None:
    system = {"project": "shop", "region": "eu-west-1", "services": {"web": {"secrets": {"DSN": "shared/sentry"}}}}
    overview = _pages(system)[0]
    texts = {box.id: [text.content for text in box.texts()] for box in overview.boxes}
    assert texts["use:web:secrets"] == ["reads sentry"]
    assert texts["kube-system"][-1] == "load balancer controller · External Secrets"


def test_a_tall_overview_repeats_the_names_of_its_rows_beside_the_columns() -> None:
    named = {
        count: [box.title for box in _pages(_many(count))[0].boxes if box.id.startswith("row:")] for count in (12, 13)
    }
    assert named == {12: [], 13: [f"service-{number}" for number in range(13)]}


def test_the_network_shows_every_subnet_and_which_nat_gateway_it_uses() -> None:
    network = _pages({"project": "shop", "region": "eu-west-1", "network": {"nat_gateways": "single"}, "services": {}})[
        1
    ]
    lines = {box.id: box.lines for box in network.boxes}
    assert lines["private:c"] == ("10.0.96.0/19", "0.0.0.0/0 → NAT gateway in zone a")
    assert {edge.id: edge.target for edge in network.edges}["route:out:c"] == "nat:a"
    assert lines["endpoint:s3"] == ("gateway endpoint",)
    assert lines["endpoint:sqs"] == ("none: through NAT",)


def test_a_private_load_balancer_is_in_the_private_subnets_and_not_behind_the_internet_gateway() -> None:
    system = shipped() | {"load_balancer": {"private": True, "waf": {"enabled": False}}}
    for page in _pages(system)[:2]:
        assert {edge.source: edge.target for edge in page.edges if edge.source == "users"} == {"users": "load-balancer"}
        texts = {box.id: box.lines for box in page.boxes}
        assert texts["users"] == ("on private", "networks")
        assert texts["load-balancer"][-1].endswith("no firewall")
    assert {box.id: box.parent for box in page.boxes}["node:a"] == "private:a"


def test_a_store_that_is_left_out_is_in_no_picture() -> None:
    system = {"project": "shop", "region": "eu-west-1", "services": {"web": {"path": "/"}}}
    has = [{box.id for box in page.boxes} for page in _pages(system)[:2]]
    assert {"aws:rds", "aws:redis", "aurora:a"} <= has[0]
    for page in _pages(system | {"database": "none", "cache": "none"})[:2]:
        assert {"aws:rds", "aws:redis", "aurora:a", "aurora:b"} & {box.id for box in page.boxes} == set()
    overview = _pages(system | {"database": "none"})[0]
    assert {box.id: box.lines for box in overview.boxes}["platform:kms"] == ("keys of logs, Redis and each service",)


def test_without_a_load_balancer_there_is_no_way_in() -> None:
    system = {
        "project": "shop",
        "region": "eu-west-1",
        "load_balancer": "none",
        "services": {"worker": {"aws": ["sqs"]}},
    }
    for page in _pages(system)[:2]:
        assert {"users", "load-balancer", "node:a"} & {box.id for box in page.boxes} == set()
        assert [edge.id for edge in page.edges if edge.source in ("users", "load-balancer")] == []


def test_the_page_of_a_service_shows_the_actions_of_its_role() -> None:
    orders = {page.key: page for page in _pages(shipped())}["service-order-service"]
    lines = {box.id: " ".join(box.lines) for box in orders.boxes}
    assert "sqs:SendMessage" in lines["aws:sqs"]
    assert "IAM role shop-order-service" in lines["service"]
    assert lines["queue:notification-service"] == "receives what its topic publishes"


def test_no_action_of_a_role_is_left_out_of_the_page_of_its_service() -> None:
    for page in _pages(every_kind())[2:]:
        cut = [
            (box.id, text.content)
            for box in page.boxes
            for text in box.texts()
            if re.search(r"\+\d+$|…$", text.content)
        ]
        assert cut == []


@pytest.mark.parametrize(
    ("balancer", "line"), [({}, "no path leads to this service"), ("none", "this system has none")]
)
def test_a_service_without_a_path_says_so_where_others_have_the_load_balancer(balancer: Any, line: str) -> None:
    system = {"project": "shop", "region": "eu-west-1", "services": {"worker": {"aws": ["sqs"]}}}
    page = _pages(system | {"load_balancer": balancer})[2]
    assert {box.id: (box.look, box.lines) for box in page.boxes}["load-balancer"] == ("ghost", (line,))
    assert [edge.id for edge in page.edges if edge.source == "load-balancer"] == []


@pytest.mark.parametrize(
    ("domain", "shown"),
    [
        ("shop.example.com", ("HTTPS, 5 paths", "shop.example.com")),
        ("orders.production.example.com", ("HTTPS, 5 paths", "orders.production.", "example.com")),
    ],
)
def test_the_load_balancers_host_is_whole_on_the_overview(domain: str, shown: tuple[str, ...]) -> None:
    overview = _pages(shipped() | {"domain": domain, "hosted_zone": "Z0123456789ABCDEFGHIJ"})[0]
    (balancer,) = [box for box in overview.boxes if box.id == "load-balancer"]
    assert [text.content for text in balancer.texts()] == ["Load balancer", *shown, "with AWS WAF"]


@given(SYSTEMS)
def test_drawio_can_read_the_file(system: random_specs.System) -> None:
    """Ids are unique in a page, parents come first, edges have their ends; else a viewer refuses the file."""
    file = Tree.fromstring(drawio.render(_pages(system)))
    names = [diagram.get("id") for diagram in file]
    assert len(set(names)) == len(names) == 2 + len(system["services"])
    for diagram in file:
        seen: set[str | None] = {None}
        for element in diagram.iterfind("./mxGraphModel/root/*"):
            cell = element if element.tag == "mxCell" else element.find("mxCell")
            assert cell is not None
            assert element.get("id") not in seen
            assert cell.get("parent") in seen
            assert {cell.get("source"), cell.get("target")} <= seen
            if element.tag == "UserObject":
                assert str(element.get("link")).removeprefix("data:page/id,") in names
            seen.add(element.get("id"))


@pytest.mark.parametrize("system", [every_kind(), shipped()], ids=["every kind", "shipped"])
def test_the_drawio_file_has_the_structure_of_its_format(system: random_specs.System) -> None:
    """As https://github.com/jgraph/drawio-mcp/blob/main/shared/mxfile.xsd and its style-reference.md have it."""
    file = Tree.fromstring(drawio.render(_pages(system)))
    assert file.tag == "mxfile"
    assert set(file.attrib) <= {"host", "modified", "agent", "version", "etag", "type", "compressed", "pages"}
    for diagram in file:
        assert (diagram.tag, set(diagram.attrib)) == ("diagram", {"id", "name"})
        (model,) = diagram
        assert model.tag == "mxGraphModel"
        (root,) = model
        assert [cell.attrib for cell in root[:2]] == [{"id": "0"}, {"id": "1", "parent": "0"}]
        for element in root[2:]:
            cell = element if element.tag == "mxCell" else element.find("mxCell")
            assert cell is not None
            assert element is cell or (element.tag == "UserObject" and cell.get("id") is None)
            _is_cell(cell)
            label = element.get("label", cell.get("value", ""))
            Tree.fromstring(f"<div>{label}</div>")  # html=1: a tag that is not closed would swallow the next line


def _is_cell(cell: Tree.Element) -> None:
    styles = [part.partition("=") for part in str(cell.get("style")).removesuffix(";").split(";")]
    assert [part for part in styles if not part[0] or " " in part[0] or part[2].strip() != part[2]] == []
    assert [cell.get("vertex"), cell.get("edge")].count("1") == 1
    (geometry,) = cell
    assert (geometry.tag, geometry.get("as")) == ("mxGeometry", "geometry")
    if cell.get("vertex"):
        assert min(float(geometry.attrib[name]) for name in ("width", "height")) > 0
        assert {"x", "y"} <= set(geometry.attrib)
        return
    assert geometry.get("relative") == "1"
    ends = {one.get("as") for one in geometry if one.tag == "mxPoint"}
    assert (cell.get("source") is None) is ("sourcePoint" in ends)
    assert (cell.get("target") is None) is ("targetPoint" in ends)
    assert {(point.tag, *sorted(point.attrib)) for array in geometry.iter("Array") for point in array} <= {
        ("mxPoint", "x", "y")
    }


@given(SYSTEMS)
def test_every_shape_of_the_drawio_file_is_a_fact(system: random_specs.System) -> None:
    text = drawio.render(_pages(system))
    used = set(re.findall(rf"{re.escape(LIBRARY)}\.(\w+)", text))
    own = set() if "vpc_id" in system.get("network", {}) else {"nat_gateway"}
    assert {"group", "resourceIcon", "eks", *own} <= used
    assert used - {"group", "resourceIcon"} <= {shape.name for shape in SHAPES.values()} | set(GROUPS.values())


def test_every_shape_among_the_facts_is_in_some_picture() -> None:
    """One that is in none would be a fact that nobody sees to be wrong."""
    system = every_kind() | {"domain": "shop.example.com", "hosted_zone": "Z0123456789ABCDEFGHIJ"}
    drawn = [box for page in _pages(system) for box in page.boxes]
    assert {box.icon for box in drawn} - {None} == set(SHAPES) | set(GROUPS)
    texts = [text.content for box in drawn if box.parent == "platform" for text in box.texts()]
    assert [text for text in texts if text.endswith("…")] == []


@pytest.mark.parametrize(
    ("waf", "shown"),
    [
        ({}, "blocks: 4 rule groups, 10000 requests an address"),
        ({"rules": "count", "rate": 100}, "counts: 4 rule groups, 100 requests an address"),
        ({"enabled": False}, None),
    ],
)
def test_a_firewall_is_among_the_services_of_the_platform(waf: dict[str, Any], shown: str | None) -> None:
    overview = _pages(shipped() | {"load_balancer": {"waf": waf}})[0]
    texts = {box.id: [text.content for text in box.texts()] for box in overview.boxes}
    assert texts.get("platform:waf") == (None if shown is None else ["AWS WAF", shown])


def test_every_word_under_aws_has_a_shape_and_every_icon_a_white_glyph_that_is_seen() -> None:
    missing = set(KINDS) - set(SHAPES)
    assert not missing, f"modules/facts/drawio.py has no shape for {', '.join(sorted(missing))}"
    assert set(GLYPHS) >= (set(SHAPES) | set(GROUPS)) - set(KINDS)
    white = {icon: pictures.contrast("#ffffff", colour) for icon, colour in theme.ICONS.items()}
    assert {icon: ratio for icon, ratio in white.items() if ratio < pictures.LEAST_CONTRAST} == {}


@pytest.mark.parametrize("which", get_args(Theme))
def test_every_dot_and_line_is_told_from_what_is_behind_it(which: Theme) -> None:
    """WCAG 2.2 asks for 3 where a shape says something: https://www.w3.org/TR/WCAG22/#non-text-contrast."""
    colours = {icon: theme.dot(icon, which) for icon in theme.ICONS} | dict(theme.EDGES[which])
    behind = [paint.fill for look, paint in theme.BOXES[which].items() if look in CONTAINERS]
    behind.append(theme.BACKGROUND[which])
    ratios = {
        (name, fill): pictures.contrast(colour, fill) for name, colour in colours.items() for fill in behind if fill
    }
    assert {pair: ratio for pair, ratio in ratios.items() if ratio < 3} == {}


@given(SYSTEMS)
def test_the_svg_is_xml_with_every_text_as_text_and_nothing_from_elsewhere(system: random_specs.System) -> None:
    for page in _pages(system):
        drawn = svg.render(page)
        root = Tree.fromstring(drawn)
        texts = [element.text for element in root.iter("{http://www.w3.org/2000/svg}text")]
        assert texts == [text.content for box in _drawing_order(page) for text in box.texts()]
        assert re.findall(r"(?:https?:|url\((?!#)|@import)", drawn.replace("http://www.w3.org/2000/svg", "")) == []
        assert "prefers-color-scheme:dark" in drawn
        assert svg.render(page, "dark") != svg.render(page, "light")


def _drawing_order(page: Page) -> list[Box]:
    return sorted(page.boxes, key=lambda box: box.look not in CONTAINERS)


@given(st.lists(st.tuples(st.integers(0, 900), st.integers(1, 300)).map(lambda pair: (pair[0], pair[0] + pair[1]))))
def test_no_two_lines_meet_on_a_track(spans: list[tuple[int, int]]) -> None:
    numbers = tracks.assign(spans)
    placed = list(zip(numbers, spans, strict=True))
    meeting = [pair for pair in combinations(placed, 2) if pair[0][0] == pair[1][0] and _meet(pair[0][1], pair[1][1])]
    assert meeting == []


def _meet(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return one[0] <= other[1] and other[0] <= one[1]


@given(st.text(max_size=40), st.integers(20, 300))
def test_text_is_cut_to_the_room_that_it_has(text: str, room: int) -> None:
    assert width(fit(text, room, 11), 11) <= max(room, width("…", 11))


def test_words_that_have_no_room_are_counted() -> None:
    assert wrap(["first", "second", "third"], 70, 11, most=1) == ["first, +2"]
    assert wrap(["first", "second", "third"], 60, 11) == ["first", "second", "third"]
    assert wrap(["first", "second"], 700, 11) == ["first, second"]
    assert wrap([], 70, 11) == []
