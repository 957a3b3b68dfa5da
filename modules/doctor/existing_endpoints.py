"""Whether the endpoints of an existing VPC are those that services.yaml names, and admit the pods."""

from collections.abc import Iterator
from ipaddress import IPv4Network
from typing import Any

from modules.design.vpc_endpoints import endpoints as words_of
from modules.doctor.existing_network import RouteTables
from modules.doctor.finding import Finding, notice, ok, problem
from modules.doctor.subject import Subject
from modules.facts import vpc
from modules.facts.ports import HTTPS

Described = dict[str, Any]


def endpoints(subject: Subject) -> Iterator[Finding]:
    """A finding for each endpoint that is missing, that pods can't use, or that services.yaml does not name."""
    region, vpc_id = subject.account.region, str(subject.spec.network.vpc_id)
    filters = [{"Name": "vpc-id", "Values": [vpc_id]}]
    answer = subject.account.pages("ec2", "describe_vpc_endpoints", "VpcEndpoints", Filters=filters)
    there = {(one["ServiceName"], one["VpcEndpointType"]): one for one in answer if one["State"].lower() == "available"}
    words, found, tables = words_of(subject.spec), [], RouteTables(subject)
    for word in vpc.ENDPOINTS:
        is_gateway = word in vpc.GATEWAY_ENDPOINTS
        service = vpc.endpoint_service(word, region)
        endpoint = there.get((service, "Gateway" if is_gateway else "Interface"))
        if word in words and endpoint is None:
            kind = "gateway" if is_gateway else "interface"
            what = f"{vpc_id} has no {kind} endpoint of {service}."
            found.append(problem(what, f"Take `{word}` out of `endpoints:` under `network:`, or ask for the endpoint."))
        elif word in words and endpoint is not None:
            found += _gateway(subject, tables, endpoint) if is_gateway else _interface(subject, endpoint)
        elif endpoint is not None and (is_gateway or endpoint.get("PrivateDnsEnabled")):
            what = f"{endpoint['VpcEndpointId']} of {service} is in {vpc_id}, and `endpoints:` does not name it."
            found.append(notice(what, f"Add `{word}` to `endpoints:` under `network:`: pods then reach it."))
    yield from found or [ok(f"{vpc_id} has all {len(words)}, and they admit the private subnets")]


def _gateway(subject: Subject, tables: RouteTables, endpoint: Described) -> Iterator[Finding]:
    for subnet in subject.spec.network.private_subnet_ids:
        table = tables.of(subnet).get("RouteTableId")
        if table not in endpoint.get("RouteTableIds", ()):
            what = f"{endpoint['VpcEndpointId']} is not in the route table {table} of {subnet}."
            yield problem(what, "Ask the owner of the VPC to add the route table to the endpoint.")


def _interface(subject: Subject, endpoint: Described) -> Iterator[Finding]:
    name = endpoint["VpcEndpointId"]
    if not endpoint.get("PrivateDnsEnabled"):
        what = f"{name} has no private DNS, so the names of {endpoint['ServiceName']} lead to the internet."
        yield problem(what, "Ask the owner of the VPC to switch on private DNS of the endpoint.")
    ids = [group["GroupId"] for group in endpoint.get("Groups", ())]
    groups = subject.account.pages("ec2", "describe_security_groups", "SecurityGroups", GroupIds=ids) if ids else []
    rules = [rule for group in groups for rule in group["IpPermissions"] if _is_for_https(rule)]
    own = {str(one.get("id")) for one in subject.held("aws_security_group")}
    if any(pair.get("GroupId") in own for rule in rules for pair in rule.get("UserIdGroupPairs", ())):
        return
    ranges = [IPv4Network(one["CidrIp"]) for rule in rules for one in rule.get("IpRanges", ())]
    subnets = subject.account.pages(
        "ec2", "describe_subnets", "Subnets", SubnetIds=list(subject.spec.network.private_subnet_ids)
    )
    for subnet in subnets:
        if not any(IPv4Network(subnet["CidrBlock"]).subnet_of(one) for one in ranges):
            what = f"{name} does not admit HTTPS from {subnet['CidrBlock']} ({subnet['SubnetId']}), where pods will be."
            step = f"Ask the owner of the VPC to admit port {HTTPS} from there in {', '.join(ids) or 'its group'}."
            yield problem(what, step)


def _is_for_https(rule: Described) -> bool:
    """https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpPermission.html: -1 is every protocol and port."""
    if rule["IpProtocol"] == "-1":
        return True
    return bool(rule["IpProtocol"] == "tcp" and rule.get("FromPort", -1) <= HTTPS <= rule.get("ToPort", -1))
