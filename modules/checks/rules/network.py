"""Address ranges and zones."""

from collections.abc import Iterator
from ipaddress import IPv4Network

from modules.design import subnets as subnets_of_vpc
from modules.facts import eks, vpc
from modules.spec.model import Spec
from modules.spec.problem import Path, Problem


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
                step = (
                    "Write one such as 203.0.113.7/32." if "api_access" in place else "Write one such as 10.0.0.0/16."
                )
            yield Problem(place, f"{cidr} is not an address range: {str(error).removeprefix(cidr).strip()}.", step)


def the_vpc_has_room(spec: Spec) -> Iterator[Problem]:
    """Every pod takes an address of a private subnet, and a load balancer wants /27 in the public ones."""
    cidr = _parsed(spec.network.cidr)
    if cidr is None:
        return
    place = ("network", "cidr")
    if not vpc.is_private(cidr):
        yield Problem(
            place, f"{cidr} is not a private range.", "Take one from 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16."
        )
    smallest, largest = vpc.VPC_PREFIXES[-1], vpc.VPC_PREFIXES[0]
    if cidr.prefixlen > smallest:
        yield Problem(place, f"{cidr} is too small for subnets with room for pods.", f"Take at least a /{smallest}.")
    elif cidr.prefixlen < largest:
        yield Problem(place, f"{cidr} is larger than a VPC can be.", f"Take at most a /{largest}.")


def pods_have_addresses(spec: Spec) -> Iterator[Problem]:
    """Each pod takes one in a private subnet."""
    if _parsed(spec.network.cidr) is None:
        return
    subnets = [IPv4Network(subnets_of_vpc.private(spec.network.cidr, zone)) for zone in dict.fromkeys(spec.zones)]
    addresses = sum(subnet.num_addresses - vpc.RESERVED_ADDRESSES for subnet in subnets)
    for name, service in spec.services.items():
        if service.pods > addresses:
            what = f"{service.pods} pods; the private subnets have {addresses} addresses."
            yield Problem(("services", name, "pods"), what, "Lower `pods:`, or take a larger `cidr:` under `network:`.")


def ranges_do_not_overlap(spec: Spec) -> Iterator[Problem]:
    """Pods must be able to tell a Service from a host of the VPC."""
    network, services = _parsed(spec.network.cidr), _parsed(spec.cluster.service_cidr)
    if services is not None and network is not None and network.overlaps(services):
        free = next((one for one in eks.SERVICE_CIDRS if not one.overlaps(network)), eks.SERVICE_CIDRS[0])
        what = f"The addresses of Services, {services}, overlap the VPC's {network}."
        step = f"Take a range outside of the VPC: `service_cidr: {free}` under `cluster:`."
        yield Problem(("cluster", "service_cidr"), what, step, also=(("network", "cidr"),))


def services_have_a_range_that_eks_accepts(spec: Spec) -> Iterator[Problem]:
    """EKS takes private addresses for Services, within limits."""
    services = _parsed(spec.cluster.service_cidr)
    if services is None:
        return
    place = ("cluster", "service_cidr")
    if services.prefixlen not in eks.SERVICE_CIDR_PREFIXES or not any(
        services.subnet_of(private) for private in vpc.PRIVATE_RANGES[:3]
    ):
        yield Problem(place, f"EKS does not accept {services} for Services.", "Take a private range from /12 to /24.")


def zones_suffice(spec: Spec) -> Iterator[Problem]:
    """EKS, Aurora and the load balancer want two zones each."""
    if len(set(spec.zones)) < len(spec.zones):
        yield Problem(("zones",), "A zone stands here twice.", "Name each zone once.")
    elif len(spec.zones) < 2:
        step = "Write `zones: [a, b, c]`; EKS, Aurora and the load balancer want two at least."
        yield Problem(("zones",), f"{len(spec.zones)} zones are too few.", step)


def api_access_is_private_or_public(spec: Spec) -> Iterator[Problem]:
    """A public range is for EKS's own list, which takes no private address; a private one becomes a rule of a group."""
    within = _parsed(spec.network.cidr)
    first: dict[IPv4Network, Path] = {}
    for index, cidr in enumerate(spec.cluster.api_access):
        place: Path = ("cluster", "api_access", index)
        network = _parsed(cidr)
        if network is None:
            continue
        if network in first:
            yield Problem(place, f"{cidr} stands here twice.", "Name each range once.", also=(first[network],))
        elif within is not None and network.subnet_of(within):
            yield Problem(place, f"The whole VPC, {within}, reaches the API anyway.", "Take this range out.")
        elif network.prefixlen and not vpc.is_private(network) and any(map(network.overlaps, vpc.PRIVATE_RANGES)):
            yield Problem(
                place, f"{cidr} holds private addresses and public ones.", "Write them as ranges of their own."
            )
        first.setdefault(network, place)
