"""The page `network`: zones with their subnets and routes, the ways in and out, and every possible private endpoint."""

from collections.abc import Iterator
from dataclasses import replace

from modules.design.vpc_endpoints import endpoints
from modules.diagram import legend, network_zones, parts
from modules.diagram.places import CLOUD_X, CLOUD_Y, MARGIN, PAD, TITLE, USERS, USERS_HEIGHT, VPC_X, VPC_Y
from modules.diagram.scene import LINE, Box, Edge, Look, Page, Point
from modules.diagram.text_width import fit, wrap
from modules.facts import vpc
from modules.spec.model import Spec

_X, _TOP, _TOP_HEIGHT = VPC_X + PAD, VPC_Y + TITLE, 64
_MIDDLE = _TOP + _TOP_HEIGHT // 2
# Columns of the row above the zones: width of a card, and the gap to the next.
_GATEWAY, _BALANCER, _API, _BETWEEN = 200, 348, 320, 40
_BALANCER_X = _X + _GATEWAY + _BETWEEN
_CHANNEL = 44
_ZONES_Y = _TOP + _TOP_HEIGHT + _CHANNEL
_ENDPOINT, _ENDPOINT_HEIGHT, _ENDPOINT_GAP, _COLUMNS = 216, 46, 12, 4
# Between a zone's bottom and the line to a NAT gateway of another zone.
_BELOW = 16


def page(spec: Spec) -> Page:
    """The network of a system."""
    inner = [*_top(spec), *_zones(spec), *_endpoints(spec)]
    right, bottom = max(box.right for box in inner) + PAD, max(box.bottom for box in inner) + PAD
    outside = (CLOUD_X, CLOUD_Y, right + PAD - CLOUD_X, bottom + PAD - CLOUD_Y)
    inside = (VPC_X, VPC_Y, right - VPC_X, bottom - VPC_Y)
    key = list(legend.entries(CLOUD_X, ("traffic", "route"), dots=False))
    boxes = [
        legend.heading(CLOUD_X, f"{spec.project}: network", f"{parts.vpc(spec)} in {len(spec.zones)} zones"),
        *([parts.users(spec, MARGIN, _MIDDLE - USERS_HEIGHT // 2, USERS, USERS_HEIGHT)] if spec.load_balancer else []),
        Box("cloud", None, "cloud", *outside, f"AWS Cloud · {spec.region}", (), "cloud"),
        Box("vpc", "cloud", "vpc", *inside, parts.vpc(spec), (), "vpc"),
        *inner,
        *(one for one in key if isinstance(one, Box)),
    ]
    edges = [*_way_in(spec), *_ways_out(spec), *(one for one in key if isinstance(one, Edge))]
    return Page("network", "Network", right + PAD + MARGIN, bottom + PAD + MARGIN, tuple(boxes), tuple(edges))


def _top(spec: Spec) -> Iterator[Box]:
    gateway = (_X, _TOP, _GATEWAY, _TOP_HEIGHT)
    if parts.has_internet_gateway(spec):
        yield Box("internet-gateway", "vpc", "card", *gateway, "Internet gateway", (), "internet-gateway")
    if spec.load_balancer:
        where = "private" if spec.load_balancer.private else "public"
        is_one = spec.load_balancer.is_own and not spec.load_balancers
        nodes = f"a node in each {where} subnet, " if is_one else ""
        place = (_BALANCER_X, _TOP, _BALANCER, _TOP_HEIGHT)
        box = Box("load-balancer", "vpc", "card", *place, parts.balancers(spec), (), "load-balancer")
        last = fit(f"{nodes}{parts.firewall(spec, spec.load_balancer)}", box.room, LINE)
        yield replace(box, lines=(parts.host(spec), last))
    place = (_BALANCER_X + _BALANCER + _BETWEEN, _TOP, _API, _TOP_HEIGHT)
    box = Box("api", "vpc", "card", *place, "Kubernetes API", (), "eks")
    allowed = wrap(["from the VPC", *spec.cluster.api_access], box.room, LINE, most=2)
    yield Box("api", "vpc", "card", *place, "Kubernetes API", tuple(allowed), "eks")


def _left(spec: Spec) -> dict[str, int]:
    """Where each zone starts."""
    pitch = network_zones.WIDTH + network_zones.GAP
    return {zone: _X + number * pitch for number, zone in enumerate(spec.zones)}


def _zones(spec: Spec) -> Iterator[Box]:
    for zone, x in _left(spec).items():
        yield from network_zones.boxes(spec, zone, x, _ZONES_Y)


def _endpoints_y(spec: Spec) -> int:
    return _ZONES_Y + network_zones.height(spec) + _CHANNEL


def _endpoints(spec: Spec) -> Iterator[Box]:
    """Each has its place, whether the VPC has it or not: so that one more moves none."""
    rows = -(-len(vpc.ENDPOINTS) // _COLUMNS)
    wide = _COLUMNS * (_ENDPOINT + _ENDPOINT_GAP) - _ENDPOINT_GAP + 2 * PAD
    high = TITLE + rows * (_ENDPOINT_HEIGHT + _ENDPOINT_GAP) + 8
    there, top = endpoints(spec), _endpoints_y(spec)
    # As wide as the zones above, which lead into it.
    place = (_X, top, max(wide, network_zones.width(spec)), high)
    title = f"Private endpoints: {len(there)} of {len(vpc.ENDPOINTS)}"
    yield Box("endpoints", "vpc", "region", *place, title, (), "endpoints")
    for number, word in enumerate(vpc.ENDPOINTS):
        row, column = divmod(number, _COLUMNS)
        x, y = column * (_ENDPOINT + _ENDPOINT_GAP), row * (_ENDPOINT_HEIGHT + _ENDPOINT_GAP)
        interface = "interface in each zone" if spec.network.vpc_id is None else "interface of the VPC"
        kind = "gateway endpoint" if word in vpc.GATEWAY_ENDPOINTS else interface
        look: Look = "card" if word in there else "ghost"
        line = kind if word in there else f"none: {parts.way_out(spec)}"
        place = (_X + PAD + x, top + TITLE + y, _ENDPOINT, _ENDPOINT_HEIGHT)
        yield Box(f"endpoint:{word}", "endpoints", look, *place, word, (line,))


def _way_in(spec: Spec) -> Iterator[Edge]:
    right = MARGIN + USERS
    if spec.load_balancer is None:
        return
    if not parts.faces_internet(spec):
        # Around the internet gateway.
        x, y, end = right + _BELOW, _TOP - 12, _BALANCER_X + _BALANCER // 2
        points = ((right, _MIDDLE), (x, _MIDDLE), (x, y), (end, y), (end, _TOP))
        yield Edge("request:users", "traffic", "users", "load-balancer", points)
    else:
        yield Edge("request:users", "traffic", "users", "internet-gateway", ((right, _MIDDLE), (_X, _MIDDLE)))
        way = ((_X + _GATEWAY, _MIDDLE), (_BALANCER_X, _MIDDLE))
        yield Edge("request:way-in", "traffic", "internet-gateway", "load-balancer", way)


def _ways_out(spec: Spec) -> Iterator[Edge]:
    left = _left(spec)
    for zone, x in left.items():
        if zone in spec.nat_zones:
            yield Edge(f"route:nat:{zone}", "route", f"nat:{zone}", "internet-gateway", _above(x))
        if (gateway := network_zones.nat_gateway_zone(spec, zone)) is not None:
            points = _beside(spec, x, left[gateway])
            yield Edge(f"route:out:{zone}", "route", f"private:{zone}", f"nat:{gateway}", points)
        start = network_zones.private_bottom(spec, x, _ZONES_Y)
        points = (start, (start[0], _endpoints_y(spec)))
        yield Edge(f"request:endpoints:{zone}", "traffic", f"private:{zone}", "endpoints", points)


def _above(x: int) -> tuple[Point, ...]:
    """From the NAT gateway of the zone at x, by its right gutter and above the zones, to the internet gateway."""
    start = network_zones.nat_gateway(x, _ZONES_Y, right=True)
    up, channel = x + network_zones.WIDTH - network_zones.GUTTER // 2, _ZONES_Y - _CHANNEL // 2
    end = _X + _GATEWAY // 2
    return (start, (up, start[1]), (up, channel), (end, channel), (end, _TOP + _TOP_HEIGHT))


def _beside(spec: Spec, x: int, to: int) -> tuple[Point, ...]:
    """From the private subnet of the zone at x, by left gutters and below the zones, to the NAT gateway at `to`."""
    start, end = network_zones.private_side(spec, x, _ZONES_Y), network_zones.nat_gateway(to, _ZONES_Y, right=False)
    lane, below = network_zones.GUTTER // 2, _ZONES_Y + network_zones.height(spec) + _BELOW
    around = () if to == x else ((x + lane, below), (to + lane, below))
    return (start, (x + lane, start[1]), *around, (to + lane, end[1]), end)
