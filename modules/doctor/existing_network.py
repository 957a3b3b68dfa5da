"""Whether an existing VPC can hold the system: DNS, zones, routes, and room for the pods."""

from collections.abc import Iterator, Sequence
from typing import Any

from modules.design import connectivity
from modules.doctor.account import AwsAnswered
from modules.doctor.finding import Finding, notice, ok, problem
from modules.doctor.subject import Subject
from modules.facts import vpc

Described = dict[str, Any]
_ANYWHERE = "0.0.0.0/0"


def network(subject: Subject) -> Iterator[Finding]:
    """A finding for each thing that would fail there; https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html."""
    declared = subject.spec.network
    if declared.vpc_id is None:
        yield ok("the system has a VPC of its own")
        return
    try:
        subject.account.ask("ec2", "describe_vpcs", VpcIds=[declared.vpc_id])
        subnets = _subnets(subject, (*declared.public_subnet_ids, *declared.private_subnet_ids))
    except AwsAnswered as answered:
        if answered.code not in ("InvalidVpcID.NotFound", "InvalidSubnetID.NotFound"):
            raise
        yield problem(f"{subject.account.region} has none of that id: {answered}.", "Correct it under `network:`.")
        return
    public = [subnets[one] for one in declared.public_subnet_ids]
    private = [subnets[one] for one in declared.private_subnet_ids]
    tables = RouteTables(subject)
    found = [
        *_dns(subject, declared.vpc_id),
        *_places(subject, declared.vpc_id, [*public, *private]),
        *(finding for one in public for finding in _public_route(tables, one)),
        *_private_routes(subject, tables, private),
        *_room(subject, public, private),
    ]
    free = sum(one["AvailableIpAddressCount"] for one in private)
    yield from found or [ok(f"{declared.vpc_id}, with {free} free addresses in {len(private)} private subnets")]


class RouteTables:
    """Which route table a subnet of the existing VPC uses."""

    def __init__(self, subject: Subject) -> None:
        self._vpc = [{"Name": "vpc-id", "Values": [str(subject.spec.network.vpc_id)]}]
        tables = subject.account.pages("ec2", "describe_route_tables", "RouteTables", Filters=self._vpc)
        self._main: Described = {}
        self._by_subnet: dict[str, Described] = {}
        for table in tables:
            for association in table.get("Associations", ()):
                if association.get("Main"):
                    self._main = table
                elif "SubnetId" in association:
                    self._by_subnet[association["SubnetId"]] = table

    def of(self, subnet_id: str) -> Described:
        """Its own, or the VPC's main one."""
        return self._by_subnet.get(subnet_id, self._main)

    def way_out(self, subnet_id: str) -> str | None:
        """Id of what the route to everywhere leads to: igw-…, nat-…, tgw-…; None without such a route."""
        for route in self.of(subnet_id).get("Routes", ()):
            if route.get("DestinationCidrBlock") == _ANYWHERE and route.get("State") != "blackhole":
                ids = (value for key, value in route.items() if key.endswith("Id"))
                return str(next(ids, "unknown"))
        return None


def _subnets(subject: Subject, ids: Sequence[str]) -> dict[str, Described]:
    answer = subject.account.pages("ec2", "describe_subnets", "Subnets", SubnetIds=list(ids))
    return {one["SubnetId"]: one for one in answer}


def _dns(subject: Subject, vpc_id: str) -> Iterator[Finding]:
    for attribute in ("enableDnsSupport", "enableDnsHostnames"):
        answer = subject.account.ask("ec2", "describe_vpc_attribute", VpcId=vpc_id, Attribute=attribute)
        if not answer[attribute[0].upper() + attribute[1:]]["Value"]:
            what = f"{attribute} of {vpc_id} is off; private endpoints and the Kubernetes API need it."
            yield problem(what, f"Ask the owner of the VPC to switch {attribute} on.")


def _places(subject: Subject, vpc_id: str, subnets: list[Described]) -> Iterator[Finding]:
    zones = [f"{subject.account.region}{zone}" for zone in subject.spec.zones]
    for one in subnets:
        if one["VpcId"] != vpc_id:
            yield problem(f"{one['SubnetId']} is in {one['VpcId']}, not in {vpc_id}.", "Name subnets of that VPC.")
        elif one["AvailabilityZone"] not in zones:
            what = f"{one['SubnetId']} is in {one['AvailabilityZone']}, and services.yaml has {', '.join(zones)}."
            yield problem(what, "Name subnets in those zones, or other `zones:` before the first apply.")


def _public_route(tables: RouteTables, subnet: Described) -> Iterator[Finding]:
    way = tables.way_out(subnet["SubnetId"])
    if way is None or not way.startswith("igw-"):
        leads = "has no route to everywhere" if way is None else f"has {way} as its way out"
        what = f"{subnet['SubnetId']} {leads}; a load balancer on the internet needs an internet gateway there."
        yield problem(what, "Name subnets with a route to an internet gateway in `public_subnet_ids:`.")


def _private_routes(subject: Subject, tables: RouteTables, subnets: list[Described]) -> Iterator[Finding]:
    spec = subject.spec
    leaving = [name for name, service in spec.services.items() if connectivity.internet_egress_reasons(spec, service)]
    for one in subnets:
        way = tables.way_out(one["SubnetId"])
        if way is not None and way.startswith("igw-"):
            what = f"{one['SubnetId']} leaves through {way}, and pods on Fargate have no public address to do so."
            yield problem(what, "Name subnets that leave through NAT in `private_subnet_ids:`.")
        elif way is None and leaving:
            what = f"{one['SubnetId']} has no route to everywhere, and {', '.join(leaving)} must reach the internet."
            yield problem(what, "`make matrix` says why. Add the endpoints or images, or a route through NAT.")
        elif way is None:
            what = f"{one['SubnetId']} has no route to everywhere: what has no private endpoint can't be reached."
            step = "Charts and images of the platform then need a mirror too: `chart_mirror:` and `image_mirror:`"
            yield notice(what, f"{step}; main.py images lists the images.")


def _room(subject: Subject, public: list[Described], private: list[Described]) -> Iterator[Finding]:
    is_applied = bool(subject.held("aws_eks_cluster"))
    balancer = bool(subject.held("aws_lb"))
    for least, subnets, has_them, who in (
        (vpc.EKS_ADDRESSES, private, is_applied, "EKS"),
        (vpc.LOAD_BALANCER_ADDRESSES, public, balancer, "a load balancer"),
    ):
        for one in subnets:
            free = one["AvailableIpAddressCount"]
            if free < least and not has_them:
                yield problem(f"{one['SubnetId']} has {free} free addresses; {who} needs {least}.", "Free some there.")
    services = subject.spec.services.values()
    at_rest, at_most = sum(one.pods for one in services), sum(one.max_replicas for one in services)
    free = sum(one["AvailableIpAddressCount"] for one in private)
    if is_applied:  # the pods at rest have theirs; those of a service that gets another name come beside them
        at_rest, at_most = sum(subject.spec.services[name].pods for name in subject.renaming()), at_most - at_rest
    if free < at_rest:
        what = f"The private subnets have {free} free addresses, and the services' pods need {at_rest} at rest."
        yield problem(what, "Name larger subnets in `private_subnet_ids:`, or lower `pods:`.")
    elif free < at_most:
        what = f"The private subnets have {free} free addresses, and {at_most} more pods can come by `max_pods`."
        yield notice(what, "Lower `max_pods:`, or free addresses there.")
