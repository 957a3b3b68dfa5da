"""The page of a service: what comes to it on the left, what it may use on the right, with the actions of its role."""

from collections.abc import Iterator
from dataclasses import fields
from typing import NamedTuple

from modules.design import (
    connectivity,
    containers,
    fargate_profiles,
    health,
    listener_rules,
    load_balancers,
    log_routing,
    scaling,
)
from modules.diagram import legend, parts
from modules.diagram.scene import LINE, Box, Edge, EdgeKind, Page, Point
from modules.diagram.text_width import wrap
from modules.permissions import KINDS
from modules.permissions.kind import GrantContext, Options
from modules.spec.egress import ANYWHERE
from modules.spec.model import Service, Spec

_MARGIN, _TOP, _GAP = 24, 124, 14
_LEFT, _CENTRE, _RIGHT, _CHANNEL = 300, 440, 470, 96
_CENTRE_X = _MARGIN + _LEFT + _CHANNEL
_RIGHT_X = _CENTRE_X + _CENTRE + _CHANNEL
_KINDS: tuple[EdgeKind, ...] = ("traffic", "permission", "call", "subscription", "route")
_LANE = 14
# Smaller steps of a line are left out.
_STEP = 16
_ROOM = 62
_SHOWN_LINES = 16


class Item(NamedTuple):
    """A card beside the service's, and the edge between the two."""

    id: str
    kind: EdgeKind
    icon: str
    title: str
    lines: tuple[str, ...]
    link: str | None = None


def page(spec: Spec, name: str) -> Page:
    """The page of one of the system's services."""
    service = spec.services[name]
    lines = tuple(_facts(spec, name, service))
    left, right = list(_incoming(spec, name, service)), list(_outgoing(spec, name, service))
    centre = Box("service", None, "card", _CENTRE_X, _TOP, _CENTRE, _height(lines), name, lines, "fargate", 40)
    boxes, edges = [legend.heading(_MARGIN, f"{spec.project}: {name}", _summary(service)), centre], []
    for items, x, width in ((left, _MARGIN, _LEFT), (right, _RIGHT_X, _RIGHT)):
        y = _TOP
        if items is left and not service.path:
            boxes.append(_no_way_in(spec))
            y = boxes[-1].bottom + _GAP
        for item in items:
            box = Box(
                item.id,
                None,
                "card",
                x,
                y,
                width,
                _height(item.lines),
                item.title,
                item.lines,
                item.icon,
                link=item.link,
            )
            boxes.append(box)
            edges.append(_in(item, box, centre) if items is left else _out(item, box, centre))
            y = box.bottom + _GAP
    used = [kind for kind in _KINDS if any(edge.kind == kind for edge in edges)]
    key = list(legend.entries(_MARGIN, used, dots=False))
    boxes += [one for one in key if isinstance(one, Box)]
    edges += [one for one in key if isinstance(one, Edge)]
    bottom = max(box.bottom for box in boxes) + _MARGIN
    return Page(f"service-{name}", name, _RIGHT_X + _RIGHT + _MARGIN, bottom, tuple(boxes), tuple(edges))


def _height(lines: tuple[str, ...]) -> int:
    return max(58, 24 + 17 + 15 * len(lines))


def _summary(service: Service) -> str:
    return f"{parts.size(service)} on Fargate{_kind(service)}"


def _kind(service: Service) -> str:
    if service.listens_on is not None:
        return f", port {service.listens_on}"
    return ", a worker" if service.has_pods else ""


def _facts(spec: Spec, name: str, service: Service) -> Iterator[str]:
    yield parts.size(service)
    yield f"Fargate profile {fargate_profiles.name(spec, name)}, namespace {name}"
    yield f"IAM role {spec.names.role(name)}"
    if service.has_pods:
        if follows := scaling.described(service):
            yield f"scales by {', '.join(follows)}"
        what = "a worker" if service.port is None else f"listens on {_ports(service)}"
        yield f"{what}, {health.described(service)}"
    if service.before_deploy:
        yield f"before new pods {' '.join(service.before_deploy.command)}"
    for job, one in service.jobs.items():
        yield f"job {job}: {one.schedule} in {one.time_zone}"
    yield f"image {service.image}" if service.image else "image: a placeholder until there is one"
    for name_of, container in containers.further(service).items():
        when = "beside it" if name_of in service.sidecars else "before it"
        yield f"{when} {name_of}, {container.image or 'the same image'}"
    yield f"logs {spec.names.log_group(log_routing.group(spec, name))}, kept {spec.log_days} days"


def _ports(service: Service) -> str:
    return ", ".join(map(str, service.container_ports))


def _incoming(spec: Spec, name: str, service: Service) -> Iterator[Item]:
    if service.path:
        lines = [f"{rule.text}, priority {rule.priority}" for rule in listener_rules.rules(name, service)]
        title, host = load_balancers.title(service.load_balancer).capitalize(), parts.host(spec, service.load_balancer)
        yield Item("load-balancer", "traffic", "load-balancer", title, (host, *lines), "overview")
    for other, theirs in spec.services.items():
        if name in theirs.calls:
            yield Item(f"caller:{other}", "call", "fargate", other, ("calls it",), f"service-{other}")
        shared = [
            f"{one.access_level}s its {parts.noun(word)}"
            for word, one in theirs.permissions.items()
            if one.owner == name
        ]
        if shared:
            yield Item(f"sharer:{other}", "permission", "fargate", other, tuple(shared), f"service-{other}")
    for options in service.permissions.values():
        yield from _delivering(options)


def _delivering(options: Options) -> Iterator[Item]:
    """Topics and buckets whose messages come into its queue."""
    for other in options.subscriptions:
        line = "delivers into its queue"
        yield Item(f"topic:{other}", "subscription", "sns", f"Topic of {other}", (line,), f"service-{other}")
    for other in options.buckets:
        line = "its queue gets the new objects"
        yield Item(f"bucket:{other}", "subscription", "s3", f"Bucket of {other}", (line,), f"service-{other}")


def _no_way_in(spec: Spec) -> Box:
    """In the place of the load balancer's card."""
    line = "no path leads to this service" if spec.load_balancer else "this system has none"
    return Box("load-balancer", None, "ghost", _MARGIN, _TOP, _LEFT, _height((line,)), "Load balancer", (line,))


def _outgoing(spec: Spec, name: str, service: Service) -> Iterator[Item]:
    for word, options in service.permissions.items():
        title = parts.title(word) if options.owner else KINDS[word].title
        owner = f", {options.access_level}s that of {options.owner}" if options.owner else ""
        lines = tuple(wrap(_actions(spec, word, options), _RIGHT - _ROOM, LINE, most=_SHOWN_LINES))
        yield Item(f"aws:{word}", "permission", word, f"{title}: {parts.noun(word)}{owner}", lines)
    for sid, raw in service.statements.items():
        lines = tuple(wrap(list(raw.actions), _RIGHT - _ROOM, LINE, most=_SHOWN_LINES))
        yield Item(f"statement:{sid}", "permission", "iam", f"IAM statement {sid}", lines)
    for other in service.calls:
        line = f"is called on port {_ports(spec.services[other])}"
        yield Item(f"callee:{other}", "call", "fargate", other, (line,), f"service-{other}")
    for other, theirs in spec.services.items():
        if lines := tuple(_delivered(name, theirs)):
            yield Item(f"queue:{other}", "subscription", "sqs", f"Queue of {other}", lines, f"service-{other}")
    if reasons := connectivity.internet_egress_reasons(spec, service):
        lines = tuple(wrap("; ".join(reasons).split(), _RIGHT - _ROOM, LINE, between=" ", most=_SHOWN_LINES))
        yield Item("internet", "route", "nat-gateway", "Internet, through NAT", lines, "network")
    for cidr, port in connectivity.ways_out(service):
        where = "Internet" if cidr == ANYWHERE else cidr
        line = f"port {port}, declared under egress"
        yield Item(f"egress:{cidr}:{port}", "route", "nat-gateway", f"{where}, through NAT", (line,), "network")


def _delivered(name: str, other: Service) -> Iterator[str]:
    """What comes from this service into the queue of another."""
    if any(name in options.subscriptions for options in other.permissions.values()):
        yield "receives what its topic publishes"
    if any(name in options.buckets for options in other.permissions.values()):
        yield "receives the new objects of its bucket"


def _actions(spec: Spec, word: str, options: Options) -> list[str]:
    """Actions that a kind of permission allows, whatever the resource is called."""
    kind = KINDS[word]
    resource = kind.resource(*(field.name for field in fields(kind.resource)))
    granted = kind.grants(resource, GrantContext(options.access_level, spec.region))
    return list(dict.fromkeys(action for statement in granted for action in statement.actions))


def _lane(kind: EdgeKind) -> int:
    """Each kind has a lane and a port of its own, so that lines of two kinds share none."""
    return _KINDS.index(kind) * _LANE


def _in(item: Item, box: Box, centre: Box) -> Edge:
    x, y = box.right + 20 + _lane(item.kind), centre.y + 20 + _lane(item.kind)
    way = ((box.right, box.middle), (x, box.middle), (x, y), (centre.x, y))
    return Edge(f"in:{item.id}", item.kind, box.id, centre.id, _straightened(way, y))


def _out(item: Item, box: Box, centre: Box) -> Edge:
    x, y = box.x - 20 - _lane(item.kind), centre.y + 20 + _lane(item.kind)
    way = ((centre.right, y), (x, y), (x, box.middle), (box.x, box.middle))
    return Edge(f"out:{item.id}", item.kind, centre.id, box.id, _straightened(way, y))


def _straightened(way: tuple[Point, ...], y: int) -> tuple[Point, ...]:
    """At the height of the service's end all along, where the other end is nearly as high."""
    first, last = way[0], way[-1]
    return ((first[0], y), (last[0], y)) if abs(first[1] - last[1]) <= _STEP else way
