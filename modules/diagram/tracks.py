"""Calls, and deliveries into queues: each source has a track of its own beside the services, and no two lines meet."""

from collections.abc import Sequence
from typing import NamedTuple

from modules.diagram.scene import Box, Edge, EdgeKind
from modules.spec.model import Spec

PITCH = 12
_CLEAR = 8
# Where on a card's right side a line leaves and arrives; its permissions leave from the middle.
_LEAVES: dict[EdgeKind, int] = {"call": 12, "subscription": 20}
_ARRIVES: dict[EdgeKind, int] = {"call": 50, "subscription": 42}


class Net(NamedTuple):
    """All lines of one kind from one service: they share a track."""

    kind: EdgeKind
    source: str
    targets: tuple[str, ...]


def nets(spec: Spec) -> list[Net]:
    """Calls by caller, and what a topic or a bucket delivers by its owner, in the order of services.yaml."""
    found = [Net("call", name, service.calls) for name, service in spec.services.items() if service.calls]
    for owner in spec.services:
        subscribers = tuple(
            name
            for name, service in spec.services.items()
            if any(owner in (*one.subscriptions, *one.buckets) for one in service.permissions.values())
        )
        if subscribers:
            found.append(Net("subscription", owner, subscribers))
    return found


def assign(spans: Sequence[tuple[int, int]]) -> list[int]:
    """The lowest track for each span (top, bottom) in which it meets none of those before it."""
    taken: list[list[tuple[int, int]]] = []
    chosen = []
    for top, bottom in spans:
        free = (
            number
            for number, others in enumerate(taken)
            if all(bottom + _CLEAR < first or last + _CLEAR < top for first, last in others)
        )
        number = next(free, len(taken))
        if number == len(taken):
            taken.append([])
        taken[number].append((top, bottom))
        chosen.append(number)
    return chosen


def route(spec: Spec, cards: dict[str, Box]) -> tuple[list[Edge], int]:
    """An edge for each call, and from whose topic or bucket a queue gets messages; and how many tracks they take."""
    found = nets(spec)
    spans = [_span(net, cards) for net in found]
    numbers = assign(spans)
    edges = [
        _edge(net, cards[net.source], cards[target], number)
        for net, number in zip(found, numbers, strict=True)
        for target in net.targets
    ]
    return edges, max(numbers, default=-1) + 1


def _span(net: Net, cards: dict[str, Box]) -> tuple[int, int]:
    ends = [cards[net.source].y + _LEAVES[net.kind], *(cards[name].y + _ARRIVES[net.kind] for name in net.targets)]
    return min(ends), max(ends)


def _edge(net: Net, source: Box, target: Box, number: int) -> Edge:
    x = source.right + PITCH + PITCH * number
    leaves, arrives = source.y + _LEAVES[net.kind], target.y + _ARRIVES[net.kind]
    points = ((source.right, leaves), (x, leaves), (x, arrives), (target.right, arrives))
    return Edge(f"{net.kind}:{net.source}:{target.id.removeprefix('service:')}", net.kind, source.id, target.id, points)
