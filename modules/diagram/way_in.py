"""The way of a request on the overview: users, internet gateway, load balancer, and a line for each routed service.

Above the line are the service's first host, where it names any, and its first path; each with the number of others.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from modules.design import listener_rules
from modules.diagram import parts, places
from modules.diagram.scene import LINE, PITCH, Box, Edge
from modules.diagram.text_width import fit, width
from modules.spec.model import Service, Spec

_LABEL_ABOVE = 3  # between a label and its line
_MIDDLE = places.GATEWAY_Y + places.GATEWAY_HEIGHT // 2
_BALANCER_BOTTOM = places.CLUSTER_Y + places.BALANCER_HEIGHT


def boxes(spec: Spec, cards: dict[str, Box]) -> Iterator[Box]:
    """The boxes, and the paths as labels."""
    gateway = (places.LEFT_X, places.GATEWAY_Y, places.LEFT_CARD, places.GATEWAY_HEIGHT)
    if parts.has_internet_gateway(spec):
        yield Box("internet-gateway", "vpc", "card", *gateway, "Internet gateway", (), "internet-gateway")
    if spec.load_balancer is None:
        return
    yield parts.users(
        spec, places.MARGIN, _users_middle(spec) - places.USERS_HEIGHT // 2, places.USERS, places.USERS_HEIGHT
    )
    rules = [rule for name, service in spec.services.items() for rule in listener_rules.rules(name, service)]
    paths = parts.count(len(rules), "rule" if any(rule.hosts for rule in rules) else "path")
    place = (places.LEFT_X, places.CLUSTER_Y, places.LEFT_CARD, places.BALANCER_HEIGHT)
    balancer = Box("load-balancer", "vpc", "card", *place, parts.balancers(spec), (), "load-balancer")
    first, last = f"{parts.protocol(spec)}, {paths}", fit(parts.firewall(spec, spec.load_balancer), balancer.room, LINE)
    yield replace(balancer, lines=(first, *parts.host_lines(spec, balancer.room), last))
    for name, card in _routed(spec, cards):
        yield _label(name, spec.services[name], card)


def _label(name: str, service: Service, card: Box) -> Box:
    x = places.TRUNK_X + 10
    room = places.CLUSTER_X - 6 - x
    title, *lines = [_first(values, room) for values in (service.host, service.path) if values]
    height = PITCH[LINE] * (1 + len(lines))
    place = (x, card.middle - _LABEL_ABOVE - height, room, height)
    return Box(f"path:{name}", "vpc", "label", *place, title, tuple(lines))


def _first(values: Sequence[str], room: int) -> str:
    """The first, cut to the room that the number of the others leaves."""
    others = f" +{len(values) - 1}" if len(values) > 1 else ""
    return fit(values[0], room - width(others, LINE), LINE) + others


def edges(spec: Spec, cards: dict[str, Box]) -> Iterator[Edge]:
    """From the users to the services."""
    if spec.load_balancer is None:
        return
    middle, trunk = _users_middle(spec), places.TRUNK_X
    target = "internet-gateway" if parts.faces_internet(spec) else "load-balancer"
    left = ((places.MARGIN + places.USERS, middle), (places.LEFT_X, middle))
    yield Edge("request:users", "traffic", "users", target, left)
    if parts.faces_internet(spec):
        down = ((trunk, places.GATEWAY_Y + places.GATEWAY_HEIGHT), (trunk, places.CLUSTER_Y))
        yield Edge("request:way-in", "traffic", "internet-gateway", "load-balancer", down)
    for name, card in _routed(spec, cards):
        points = ((trunk, _BALANCER_BOTTOM), (trunk, card.middle), (card.x, card.middle))
        yield Edge(f"request:{name}", "traffic", "load-balancer", card.id, points)


def _users_middle(spec: Spec) -> int:
    """Beside what they reach: the internet gateway, or a private load balancer."""
    beside = bool(spec.balancers) and not parts.faces_internet(spec)
    return places.CLUSTER_Y + places.BALANCER_HEIGHT // 2 if beside else _MIDDLE


def _routed(spec: Spec, cards: dict[str, Box]) -> Iterator[tuple[str, Box]]:
    return ((name, card) for name, card in cards.items() if spec.services[name].path)
