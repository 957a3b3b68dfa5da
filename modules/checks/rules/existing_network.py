"""An existing VPC: what has to be named of it, and what only a VPC of the system's own has."""

from collections.abc import Iterator

from modules.design import load_balancers
from modules.facts import vpc
from modules.spec.model import Spec
from modules.spec.problem import Path, Problem, remove

_VPC: Path = ("network", "vpc_id")
_PUBLIC: Path = ("network", "public_subnet_ids")
_PRIVATE: Path = ("network", "private_subnet_ids")
_OWN = {
    "cidr": "address ranges",
    "secondary_cidrs": "address ranges",
    "nat_gateways": "NAT gateways",
    "flow_logs": "flow logs",
}


def subnets_belong_to_an_existing_vpc(spec: Spec) -> Iterator[Problem]:
    """A VPC of the system's own has subnets of its own."""
    network = spec.network
    for place, ids in ((_PUBLIC, network.public_subnet_ids), (_PRIVATE, network.private_subnet_ids)):
        if ids and network.vpc_id is None:
            what = f"`{place[-1]}` names subnets of an existing VPC, and `vpc_id` is missing."
            yield Problem(place, what, "Add `vpc_id: vpc-…` under `network:`, or remove the subnets.", also=(_VPC,))


def an_existing_vpc_is_described(spec: Spec) -> Iterator[Problem]:
    """Its subnets and endpoints can't be guessed; no default of a VPC of the system's own is true of it."""
    network = spec.network
    if network.vpc_id is None:
        return
    if not network.private_subnet_ids:
        what = "Pods and databases need private subnets of the existing VPC."
        yield Problem(_VPC, what, "Add `private_subnet_ids: [subnet-…]`, at least one in each zone.", also=(_PRIVATE,))
    public = [name for name, balancer in spec.balancers.items() if balancer.faces_internet]
    if public and not network.public_subnet_ids:
        place = load_balancers.place(public[0])
        what = "A load balancer on the internet needs public subnets of the existing VPC."
        key = (
            f"{public[0]}: {{private: true}}` under `load_balancers:" if public[0] else "load_balancer: {private: true}"
        )
        step = f"Add `public_subnet_ids: [subnet-…]`, one in each zone, or write `{key}`."
        yield Problem(_VPC, what, step, also=(_PUBLIC, place))
    if "endpoints" not in network.model_fields_set:
        what = "Which private endpoints the existing VPC has is not said; the default holds for a new VPC only."
        step = f"Add `endpoints:` with those that it has, of {', '.join(vpc.ENDPOINTS)}; `[]` for none."
        yield Problem(_VPC, what, step, also=(("network", "endpoints"),))
    for index, word in enumerate(network.endpoints):
        if word == "auto":
            what = "`auto` makes private endpoints, and none is made in an existing VPC."
            yield Problem(("network", "endpoints", index), what, "List those that it has.", also=(_VPC,))


def an_existing_vpc_has_parts_of_its_own(spec: Spec) -> Iterator[Problem]:
    """Its ranges, NAT gateways and flow logs are its owner's."""
    for key, has in _OWN.items():
        if spec.network.vpc_id is not None and key in spec.network.model_fields_set:
            place = ("network", key)
            what = f"`{key}` has no effect: the existing VPC has its own {has}."
            yield Problem(place, what, "Remove it.", also=(_VPC,), edit=remove(place))


def subnets_are_named_once(spec: Spec) -> Iterator[Problem]:
    """Each subnet is public or private, and listed once."""
    first: dict[str, Path] = {}
    for place, ids in ((_PUBLIC, spec.network.public_subnet_ids), (_PRIVATE, spec.network.private_subnet_ids)):
        for index, one in enumerate(ids):
            if one in first:
                what = f"{one} is listed twice."
                yield Problem(
                    (*place, index), what, "Remove this one.", also=(first[one],), edit=remove((*place, index))
                )
            first.setdefault(one, (*place, index))


def every_zone_has_subnets(spec: Spec) -> Iterator[Problem]:
    """Terraform reads in which zone a subnet is; here they can be counted."""
    network, zones = spec.network, len(set(spec.zones))
    if network.vpc_id is None:
        return
    count = len(set(network.private_subnet_ids))
    if 0 < count < zones:
        what = f"{count} private subnet{'s' if count > 1 else ''} can't be in {zones} zones."
        yield Problem(
            _PRIVATE, what, "Name at least one in each of `zones:`, or write fewer zones.", also=(("zones",),)
        )
    elif count > zones and any(balancer.private for balancer in spec.balancers.values()):
        what = f"A private load balancer has one subnet in each of the {zones} zones, and {count} are named."
        yield Problem(_PRIVATE, what, "Name one private subnet in each of `zones:`.", also=(("zones",),))
    count = len(set(network.public_subnet_ids))
    if count and count != zones:
        named = f"{count} public {'is' if count == 1 else 'are'} named"
        what = f"A load balancer has one subnet in each of the {zones} zones, and {named}."
        yield Problem(_PUBLIC, what, "Name one public subnet in each of `zones:`.", also=(("zones",),))
