"""Ways out of the system."""

from collections.abc import Iterator
from ipaddress import IPv4Network

from modules.checks.rules.network import parsed
from modules.facts import vpc
from modules.spec.model import Spec
from modules.spec.problem import Edit, Path, Problem, remove


def _ranges(spec: Spec) -> Iterator[tuple[str, Path]]:
    for name, service in spec.services.items():
        for index, egress in enumerate(service.egress):
            place: Path = ("services", name, "egress", index, "to")
            yield from ((cidr, (*place, number)) for number, cidr in enumerate(egress.to))


def egress_is_to_ranges(spec: Spec) -> Iterator[Problem]:
    """A range is written with its first address."""
    for cidr, place in _ranges(spec):
        if parsed(cidr) is None:
            meant = str(IPv4Network(cidr, strict=False))
            what = f"{cidr} is not an address range: its first address is another one."
            yield Problem(place, what, f"Did you mean {meant}?", edit=Edit(place, meant))


def egress_leaves_the_vpc(spec: Spec) -> Iterator[Problem]:
    """Within the system, security groups are opened by what a service declares that it uses."""
    ranges = [one for cidr in spec.network.own_cidrs if (one := parsed(cidr))]
    for cidr, place in _ranges(spec):
        target = parsed(cidr)
        if target and (inside := next((one for one in ranges if target.subnet_of(one)), None)):
            what = f"{cidr} is in the VPC, {inside}, where services and stores have addresses that change."
            yield Problem(place, what, "Name the service under `calls:`, or the store under `aws:`.")


def egress_is_opened_once(spec: Spec) -> Iterator[Problem]:
    """Each range and port is a rule of the security group, and a group has at most 60."""
    for name, service in spec.services.items():
        seen: set[tuple[str, int]] = set()
        for index, egress in enumerate(service.egress):
            place: Path = ("services", name, "egress", index)
            if seen.issuperset(egress.ways):
                first = f"{egress.ways[0][0]} port {egress.ways[0][1]}"
                yield Problem(
                    place, f"This opens nothing more: {first} is open already.", "Remove it.", edit=remove(place)
                )
            seen.update(egress.ways)
        if len(seen) > vpc.RULES_NOTICE:
            what = f"{len(seen)} ranges and ports need a rule each, and a security group has {vpc.RULES_PER_GROUP}."
            yield Problem(("services", name, "egress"), what, "Join ranges that lie side by side, or leave out ports.")
