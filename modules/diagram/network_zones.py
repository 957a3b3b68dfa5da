"""The zones of the network's page: subnets with their ranges and routes, and what has an address in them."""

from collections.abc import Iterator, Sequence

from modules.diagram import parts, zones
from modules.diagram.scene import Box, Look, Point
from modules.spec.model import Spec

WIDTH, GAP, GUTTER = 300, 24, 28
"""Of a zone; lines run in its gutters, left and right of the subnets."""
_SUBNET, _PUBLIC_Y, _BETWEEN, _BOTTOM = WIDTH - 2 * GUTTER, 30, 16, 14
_CHIP, _CHIP_ICON, _CHIP_Y, _CHIP_PITCH, _INSET = 38, 24, 58, 44, 8
_PRIVATE_Y = _PUBLIC_Y + _CHIP_Y + 2 * _CHIP_PITCH + 2 + _BETWEEN

Chip = tuple[str, str, str, str]
"""Id, title, line, icon."""


def nat_gateway_zone(spec: Spec, zone: str) -> str | None:
    """The zone whose NAT gateway the private subnet of this one uses; None where the system has none of its own."""
    return zone if zone in spec.nat_zones else next(iter(spec.nat_zones), None)


def width(spec: Spec) -> int:
    """Of all zones."""
    return len(spec.zones) * (WIDTH + GAP) - GAP


def height(spec: Spec) -> int:
    """Of each zone."""
    return _PRIVATE_Y + _subnet_height(_private_slots(spec)) + _BOTTOM


def boxes(spec: Spec, zone: str, x: int, y: int) -> Iterator[Box]:
    """A zone with its upper left corner here."""
    name = f"zone:{zone}"
    yield Box(name, "vpc", "zone", x, y, WIDTH, height(spec), f"Zone {spec.region}{zone}")
    # The NAT gateway has the second place, so that lines to all of them are on one height.
    chips = [_balancers(spec, zone, private=False)]
    chips += (
        [(f"nat:{zone}", "NAT gateway", "with an address of its own", "nat-gateway")] if zone in spec.nat_zones else []
    )
    if (line := parts.subnet(spec, "public", zone)) is not None:
        lines = (line, "0.0.0.0/0 → internet gateway")
        yield from _subnet(f"public:{zone}", name, "public", x, y + _PUBLIC_Y, lines, chips, 2)
    instances = zones.aurora_instances(spec, zone)
    chips = [(f"pods:{zone}", "Fargate pods", "an address each", "fargate")]
    chips += [chip] if (chip := _balancers(spec, zone, private=True)) else []
    chips += [(f"aurora:{zone}", "Aurora", ", ".join(instances), "rds")] if instances else []
    gateway = nat_gateway_zone(spec, zone)
    route = f"0.0.0.0/0 → NAT gateway in zone {gateway}" if gateway else "routes of the existing VPC"
    lines = (parts.subnet(spec, "private", zone) or "", route)
    yield from _subnet(f"private:{zone}", name, "private", x, y + _PRIVATE_Y, lines, chips, _private_slots(spec))


def nat_gateway(x: int, y: int, *, right: bool) -> Point:
    """Middle of a side of the NAT gateway of the zone here."""
    inset = GUTTER + _INSET
    return x + (WIDTH - inset if right else inset), y + _PUBLIC_Y + _CHIP_Y + _CHIP_PITCH + _CHIP // 2


def private_side(spec: Spec, x: int, y: int) -> Point:
    """Middle of the left side of the private subnet of the zone here."""
    return x + GUTTER, y + _PRIVATE_Y + _subnet_height(_private_slots(spec)) // 2


def private_bottom(spec: Spec, x: int, y: int) -> Point:
    """Middle of the bottom of the private subnet of the zone here."""
    return x + WIDTH // 2, y + _PRIVATE_Y + _subnet_height(_private_slots(spec))


def _count(spec: Spec, *, private: bool) -> int:
    return sum(balancer.is_own and balancer.private == private for balancer in spec.balancers.values())


def _balancers(spec: Spec, zone: str, *, private: bool) -> Chip | None:
    if (count := _count(spec, private=private)) == 0:
        return None
    title, line = "Load balancer", "one of its nodes"
    if count > 1:
        title, line = f"{count} load balancers", "a node of each"
    # A zone can have them in both of its subnets.
    return (
        f"{'private-node' if private and _count(spec, private=False) else 'node'}:{zone}",
        title,
        line,
        "load-balancer",
    )


def _private_slots(spec: Spec) -> int:
    return 3 if _count(spec, private=True) else 2


def _subnet_height(slots: int) -> int:
    return _CHIP_Y + slots * _CHIP_PITCH + 2


def _subnet(
    name: str, parent: str, look: Look, x: int, y: int, lines: tuple[str, str], chips: Sequence[Chip | None], slots: int
) -> Iterator[Box]:
    left, title = x + GUTTER, f"{look.capitalize()} subnet"
    yield Box(name, parent, look, left, y, _SUBNET, _subnet_height(slots), title, lines, look)
    for number, chip in enumerate(chips):
        if chip is not None:
            key, title, line, icon = chip
            place = (left + _INSET, y + _CHIP_Y + number * _CHIP_PITCH, _SUBNET - 2 * _INSET, _CHIP)
            yield Box(key, name, "card", *place, title, (line,), icon, _CHIP_ICON)
