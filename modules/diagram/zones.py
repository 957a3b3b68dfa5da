"""The zones of the overview, each with its public and its private subnet."""

from collections.abc import Iterator

from modules.diagram import parts
from modules.diagram.scene import Box
from modules.facts import aurora
from modules.naming import by_zone
from modules.spec.model import Spec

WIDTH, GAP, HEIGHT = 264, 14, 266
_PAD, _CHIP, _CHIP_ICON = 12, 38, 24
_PUBLIC_TOP, _PUBLIC_HEIGHT, _PRIVATE_TOP, _PRIVATE_HEIGHT = 30, 88, 126, 130


def boxes(spec: Spec, x: int, y: int) -> Iterator[Box]:
    """All zones, the first with its upper left corner here."""
    for number, zone in enumerate(spec.zones):
        yield from _zone(spec, zone, x + number * (WIDTH + GAP), y)


def width(spec: Spec) -> int:
    """Of all zones."""
    return len(spec.zones) * (WIDTH + GAP) - GAP


def aurora_instances(spec: Spec, zone: str) -> list[str]:
    """Identifiers of the instances that the zone has."""
    if spec.database is None:
        return []
    spread = by_zone(spec.zones[: aurora.ZONES], spec.database.instances)
    return [f"{spec.names.aurora}-{key}" for key, where in spread.items() if where == zone]


def _zone(spec: Spec, zone: str, x: int, y: int) -> Iterator[Box]:
    name, inner, wide = f"zone:{zone}", x + _PAD, WIDTH - 2 * _PAD
    yield Box(name, "vpc", "zone", x, y, WIDTH, HEIGHT, f"Zone {spec.region}{zone}")
    public, top = f"public:{zone}", y + _PUBLIC_TOP
    if (line := parts.subnet(spec, "public", zone)) is not None:
        yield Box(public, name, "public", inner, top, wide, _PUBLIC_HEIGHT, "Public subnet", (line,), "public")
    if zone in spec.nat_zones:
        yield _chip(f"nat:{zone}", public, inner, top + 42, "NAT gateway", (), "nat-gateway")
    private, top = f"private:{zone}", y + _PRIVATE_TOP
    lines = (parts.subnet(spec, "private", zone) or "",)
    yield Box(private, name, "private", inner, top, wide, _PRIVATE_HEIGHT, "Private subnet", lines, "private")
    yield _chip(f"pods:{zone}", private, inner, top + 42, "Fargate pods", ("of every service",), "fargate")
    if instances := aurora_instances(spec, zone):
        yield _chip(f"aurora:{zone}", private, inner, top + 84, "Aurora", (", ".join(instances),), "rds")


def _chip(name: str, parent: str, x: int, y: int, title: str, lines: tuple[str, ...], icon: str) -> Box:
    return Box(name, parent, "card", x + 8, y, WIDTH - 2 * _PAD - 16, _CHIP, title, lines, icon, _CHIP_ICON)
