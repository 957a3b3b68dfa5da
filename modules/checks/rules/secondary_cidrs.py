"""Further address ranges of the VPC, and whose pods are in them."""

from collections.abc import Iterator
from ipaddress import IPv4Network

from modules.checks.rules.network import parsed
from modules.facts import vpc
from modules.spec.model import Spec
from modules.spec.problem import Path, Problem, did_you_mean, remove

_PLACE: Path = ("network", "secondary_cidrs")


def secondary_ranges_fit_the_vpc(spec: Spec) -> Iterator[Problem]:
    """AWS adds them to the VPC, they hold subnets for pods, and no address means two things."""
    first = parsed(spec.network.own_cidr)
    if first is None:
        return
    taken: dict[IPv4Network, Path] = {first: ("network", "cidr")}
    if services := parsed(spec.cluster.service_cidr):
        taken[services] = ("cluster", "service_cidr")
    for cidr in spec.network.secondary_cidrs:
        place, network = (*_PLACE, cidr), parsed(cidr)
        if network is None:
            what = f"{cidr} is not an address range: it has host bits set."
            yield Problem(place, what, f"Did you mean {IPv4Network(cidr, strict=False)}?")
            continue
        if network.prefixlen not in vpc.VPC_PREFIXES:
            step = f"Use one from /{vpc.VPC_PREFIXES[0]} to /{vpc.VPC_PREFIXES[-1]}."
            yield Problem(place, f"{cidr} is no range for subnets of pods.", step)
        elif other := next((one for one in taken if one.overlaps(network)), None):
            yield Problem(place, f"{cidr} overlaps {other}.", "Use another range.", also=(taken[other],))
        else:
            yield from _refused(spec, network, first, place)
        taken[network] = place


def _refused(spec: Spec, network: IPv4Network, first: IPv4Network, place: Path) -> Iterator[Problem]:
    """A mistake where AWS adds the range to no VPC with the others."""
    allowed = [one for one in vpc.PRIVATE_RANGES if one == vpc.SHARED_RANGE or first.subnet_of(one)]
    others = [one for cidr in spec.network.own_cidrs if (one := parsed(cidr)) and one != network]
    if not any(map(network.subnet_of, allowed)):
        step = f"Use one within {' or '.join(map(str, allowed))}."
        yield Problem(place, f"AWS adds {network} to no VPC of {first}.", step)
    elif network.subnet_of(vpc.NEVER_ADDED):
        yield Problem(place, f"AWS adds nothing of {vpc.NEVER_ADDED} to a VPC.", "Use another range.")
    elif network.subnet_of(vpc.NOT_ADDED) and (beside := [one for one in others if one.subnet_of(vpc.BESIDE)]):
        what = f"AWS adds nothing of {vpc.NOT_ADDED} to a VPC that has {beside[0]}."
        yield Problem(place, what, "Use another range.")


def secondary_ranges_are_of_services(spec: Spec) -> Iterator[Problem]:
    """Each service in one is there, in one of them, and has a Fargate profile of its own, which has the subnets."""
    first: dict[str, Path] = {}
    for cidr, services in spec.network.secondary_cidrs.items():
        for index, name in enumerate(services):
            place: Path = (*_PLACE, cidr, index)
            if name not in spec.services:
                yield Problem(place, f'There is no service "{name}".', did_you_mean(name, [*spec.services]))
            elif name in first:
                what = f"{name} is listed twice, and its pods are in one range."
                yield Problem(place, what, "Remove one.", also=(first[name],), edit=remove(place))
            elif not spec.cluster.has_own_profile(name):
                what = f"{name} shares a Fargate profile, which is in the first range of the VPC."
                step = f"Name {name} under `fargate_profiles:` too."
                yield Problem(place, what, step, also=(("cluster", "fargate_profiles"),))
            first.setdefault(name, place)
