"""Address ranges and zones."""

import functools
import math
from collections.abc import Iterator
from ipaddress import IPv4Network

from modules.design import subnets as subnets_of_vpc
from modules.facts import eks, vpc
from modules.facts import zones as zone_facts
from modules.spec.model import Spec
from modules.spec.problem import Edit, Path, Problem, remove


def _ranges(spec: Spec) -> Iterator[tuple[str, Path]]:
    yield spec.network.cidr, ("network", "cidr")
    yield spec.cluster.service_cidr, ("cluster", "service_cidr")
    yield from ((cidr, ("cluster", "api_access", index)) for index, cidr in enumerate(spec.cluster.api_access))


def parsed(cidr: str | None) -> IPv4Network | None:
    """The range, where it is one and not an address within it."""
    try:
        return None if cidr is None else IPv4Network(cidr)
    except ValueError:
        return None


def ranges_are_ranges(spec: Spec) -> Iterator[Problem]:
    """A range is written with its first address."""
    for cidr, place in _ranges(spec):
        try:
            IPv4Network(cidr)
        except ValueError as error:
            meant = str(IPv4Network(cidr, strict=False))
            what = f"{cidr} is not an address range: it {str(error).removeprefix(cidr).strip()}."
            yield Problem(place, what, f"Did you mean {meant}?", edit=Edit(place, meant))


def the_vpc_has_room(spec: Spec) -> Iterator[Problem]:
    """Every pod needs an address in a private subnet, and a load balancer needs /27 in the public ones."""
    cidr = parsed(spec.network.own_cidr)
    if cidr is None:
        return
    place = ("network", "cidr")
    if not vpc.is_private(cidr):
        yield Problem(
            place, f"{cidr} is not a private range.", "Use one within 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16."
        )
    smallest, largest = vpc.VPC_PREFIXES[-1], vpc.VPC_PREFIXES[0]
    if cidr.prefixlen > smallest:
        yield Problem(
            place, f"{cidr} is too small for subnets with enough addresses for pods.", f"Use a /{smallest} or larger."
        )
    elif cidr.prefixlen < largest:
        yield Problem(place, f"{cidr} is larger than a VPC can be.", f"Use a /{largest} or smaller.")


def pods_have_addresses(spec: Spec) -> Iterator[Problem]:
    """Each pod needs an address in a private subnet."""
    if parsed(spec.network.own_cidr) is None or not spec.zones:
        return
    room = functools.cache(lambda cidr: subnets_of_vpc.addresses(cidr, spec.zones) if parsed(cidr) else math.inf)
    for name, service in spec.services.items():
        cidr = spec.network.secondary_cidr(name) or spec.network.cidr
        if service.pods > (addresses := room(cidr)):
            what = f"{service.pods} pods need more than the {addresses} addresses of the private subnets of {cidr}."
            larger = f", or give it a larger range: `secondary_cidrs: {{100.64.0.0/16: [{name}]}}` under `network:`"
            step = f"Lower `pods:`{larger if IPv4Network(cidr).prefixlen > vpc.VPC_PREFIXES[0] else ''}."
            yield Problem(("services", name, "pods"), what, step)


def ranges_do_not_overlap(spec: Spec) -> Iterator[Problem]:
    """A pod can't tell a Service from a host of the VPC where the ranges overlap."""
    network, services = parsed(spec.network.own_cidr), parsed(spec.cluster.service_cidr)
    if services is not None and network is not None and network.overlaps(services):
        free = next((one for one in eks.SERVICE_CIDRS if not one.overlaps(network)), eks.SERVICE_CIDRS[0])
        what = f"The addresses of Services, {services}, overlap the VPC's {network}."
        step = f"Write `service_cidr: {free}` under `cluster:`."
        place = ("cluster", "service_cidr")
        yield Problem(place, what, step, also=(("network", "cidr"),), edit=Edit(place, str(free)))


def services_have_a_range_that_eks_accepts(spec: Spec) -> Iterator[Problem]:
    """EKS accepts private ranges of RFC 1918, from /12 to /24."""
    services = parsed(spec.cluster.service_cidr)
    if services is None:
        return
    place = ("cluster", "service_cidr")
    if services.prefixlen not in eks.SERVICE_CIDR_PREFIXES or not any(
        services.subnet_of(private) for private in vpc.PRIVATE_RANGES[:3]
    ):
        yield Problem(place, f"EKS does not accept {services} for Services.", "Use a private range from /12 to /24.")


def zones_suffice(spec: Spec) -> Iterator[Problem]:
    """EKS, Aurora and the load balancer need two zones each."""
    usual = ", ".join(zone_facts.default(spec.region)) or "a, b"
    if not spec.zones and spec.region in zone_facts.OF_THE_ACCOUNT:
        what = f"Which zones {spec.region} offers depends on the account, so they have no default."
        yield Problem(("zones",), what, f"Write two of those that {_listing(spec)} names, such as `zones: [a, c]`.")
    elif len(set(spec.zones)) < len(spec.zones):
        once = list(dict.fromkeys(spec.zones))
        fixed = f"[{', '.join(once) if len(once) > 1 else usual}]"
        edit = Edit(("zones",), fixed)
        yield Problem(("zones",), "A zone is listed twice.", f"Write `zones: {fixed}`.", edit=edit)
    elif len(spec.zones) < 2:
        what = "EKS, Aurora and the load balancer need at least two zones."
        yield Problem(("zones",), what, f"Write `zones: [{usual}]`.", edit=Edit(("zones",), f"[{usual}]"))


def eks_accepts_the_zones(spec: Spec) -> Iterator[Problem]:
    """One zone each of three regions takes no subnet of a cluster; its letter is known in one of them."""
    refused, letter = zone_facts.REFUSED_BY_EKS.get(spec.region), zone_facts.REFUSED_LETTERS.get(spec.region)
    if refused is None:
        return
    if letter in spec.zones:
        usual = f"[{', '.join(zone_facts.default(spec.region))}]"
        what = f"EKS accepts no subnet in {spec.region}{letter}, which is {refused}."
        yield Problem(("zones",), what, f"Write `zones: {usual}`.", edit=Edit(("zones",), usual))
    elif letter is None and set(spec.zones) >= set(zone_facts.letters(spec.region)):
        what = f"One of all zones of {spec.region} is {refused}, in which EKS accepts no subnet."
        yield Problem(("zones",), what, f"Leave that one out; {_listing(spec)} says which letter it has.")


def _listing(spec: Spec) -> str:
    return f"`aws ec2 describe-availability-zones --region {spec.region}`"


def api_access_is_private_or_public(spec: Spec) -> Iterator[Problem]:
    """Public ranges go to EKS's list, which accepts no private address; private ones become security group rules."""
    ranges = [one for cidr in spec.network.own_cidrs if (one := parsed(cidr))]
    first: dict[IPv4Network, Path] = {}
    for index, cidr in enumerate(spec.cluster.api_access):
        place: Path = ("cluster", "api_access", index)
        network = parsed(cidr)
        if network is None:
            continue
        if network in first:
            also = (first[network],)
            yield Problem(place, f"{cidr} is listed twice.", "Remove this one.", also=also, edit=remove(place))
        elif within := next((one for one in ranges if network.subnet_of(one)), None):
            what = f"{cidr} is in the VPC, {within}, which can always reach the Kubernetes API."
            yield Problem(place, what, "Remove it.", edit=remove(place))
        elif network.prefixlen and not vpc.is_private(network) and any(map(network.overlaps, vpc.PRIVATE_RANGES)):
            yield Problem(
                place, f"{cidr} contains private and public addresses.", "List private and public ranges separately."
            )
        first.setdefault(network, place)
