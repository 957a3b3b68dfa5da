"""Address ranges and zones."""

from collections.abc import Iterator
from ipaddress import IPv4Network

from modules.facts import eks, vpc
from modules.spec.model import Spec
from modules.spec.problem import Path, Problem

_PRIVATE = tuple(IPv4Network(cidr) for cidr in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"))


def _ranges(spec: Spec) -> Iterator[tuple[str, Path]]:
    yield spec.network.cidr, ("network", "cidr")
    yield spec.cluster.service_cidr, ("cluster", "service_cidr")
    yield from ((cidr, ("cluster", "api_access", index)) for index, cidr in enumerate(spec.cluster.api_access))


def _parsed(cidr: str) -> IPv4Network | None:
    try:
        return IPv4Network(cidr)
    except ValueError:
        return None


def ranges_are_ranges(spec: Spec) -> Iterator[Problem]:
    """A range starts at its first address."""
    for cidr, place in _ranges(spec):
        try:
            IPv4Network(cidr)
        except ValueError as error:
            try:
                step = f"Did you mean {IPv4Network(cidr, strict=False)}?"
            except ValueError:
                step = "Write one such as 10.0.0.0/16."
            yield Problem(place, f"{cidr} is not an address range: {str(error).removeprefix(cidr).strip()}.", step)


def the_vpc_has_room(spec: Spec) -> Iterator[Problem]:
    """Every pod takes an address of a private subnet, and a load balancer wants /27 in the public ones."""
    cidr = _parsed(spec.network.cidr)
    if cidr is None:
        return
    place = ("network", "cidr")
    if not any(cidr.subnet_of(private) for private in _PRIVATE):
        yield Problem(
            place, f"{cidr} is not a private range.", "Take one from 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16."
        )
    smallest, largest = vpc.VPC_PREFIXES[-1], vpc.VPC_PREFIXES[0]
    if cidr.prefixlen > smallest:
        yield Problem(place, f"{cidr} is too small for subnets with room for pods.", f"Take at least a /{smallest}.")
    elif cidr.prefixlen < largest:
        yield Problem(place, f"{cidr} is larger than a VPC can be.", f"Take at most a /{largest}.")


def ranges_do_not_overlap(spec: Spec) -> Iterator[Problem]:
    """Pods must be able to tell a Service from a host of the VPC."""
    network, services = _parsed(spec.network.cidr), _parsed(spec.cluster.service_cidr)
    if services is None:
        return
    place = ("cluster", "service_cidr")
    if services.prefixlen not in eks.SERVICE_CIDR_PREFIXES or not any(
        services.subnet_of(private) for private in _PRIVATE[:3]
    ):
        yield Problem(place, f"EKS does not accept {services} for Services.", "Take a private range from /12 to /24.")
    if network is not None and network.overlaps(services):
        what = f"{services} overlaps the VPC's {network}."
        yield Problem(
            place, what, "Take a range outside of the VPC, such as 172.20.0.0/16.", also=(("network", "cidr"),)
        )


def zones_suffice(spec: Spec) -> Iterator[Problem]:
    """EKS, Aurora and the load balancer want two zones each."""
    if len(set(spec.zones)) < len(spec.zones):
        yield Problem(("zones",), "A zone stands here twice.", "Name each zone once.")
    elif len(spec.zones) < 2:
        step = "Write `zones: [a, b, c]`; EKS, Aurora and the load balancer want two at least."
        yield Problem(("zones",), f"{len(spec.zones)} zones are too few.", step)


def api_access_is_public(spec: Spec) -> Iterator[Problem]:
    """EKS refuses private ranges for its public endpoint: whoever has such an address comes through the VPC."""
    for index, cidr in enumerate(spec.cluster.api_access):
        network = _parsed(cidr)
        if network is not None and network.prefixlen > 0 and any(network.overlaps(private) for private in _PRIVATE):
            place = ("cluster", "api_access", index)
            yield Problem(
                place,
                f"{cidr} is a private range, and EKS accepts public ones here.",
                "Write the address you have on the internet.",
            )
