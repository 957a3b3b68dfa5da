"""`make doctor` of a system in an existing VPC, and behind an existing load balancer, by calls to an emulated one."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from modules.doctor.finding import Finding
from tests.doctor.conftest import SYSTEM, Aws, Look
from tests.support import existing_vpc
from tests.support.existing_vpc import ExistingVpc
from tests.support.run_synth import synthesise

Within = Callable[..., list[Finding]]


@pytest.fixture
def there(aws: Aws) -> ExistingVpc:
    return existing_vpc.make(aws)


@pytest.fixture
def within(look: Look, there: ExistingVpc) -> Within:
    """Runs a check on the system in that VPC, with other values of `network:` or of the whole file."""

    def run(name: str, network: dict[str, Any] | None = None, **whole: Any) -> list[Finding]:
        values = there.network | (network or {})
        tuples = {key: tuple(value) if isinstance(value, list) else value for key, value in values.items()}
        return look(name, network=tuples, **{"zones": existing_vpc.ZONES, **whole})

    return run


def _said(findings: list[Finding], status: str = "problem") -> list[str]:
    assert {finding.status for finding in findings} == {status}
    assert all(finding.next_step for finding in findings)
    return [finding.what for finding in findings]


def test_a_vpc_of_the_systems_own_passes(look: Look) -> None:
    assert look("network") == [Finding("ok", "the system has a VPC of its own")]


def test_a_vpc_that_fits_passes_with_its_room(within: Within, there: ExistingVpc) -> None:
    (found,) = within("network")
    assert found.status == "ok"
    assert found.what == f"{there.id}, with 8174 free addresses in 2 private subnets"


def test_quotas_count_no_vpc_and_no_address_that_the_system_does_not_make(
    within: Within, there: ExistingVpc, tmp_path: Path
) -> None:
    system = {**SYSTEM, "zones": list(existing_vpc.ZONES), "network": there.network, "services": {"web": {"path": "/"}}}
    found = within("quotas", into=synthesise(system, tmp_path))
    assert [finding.what for finding in found][1:3] == ["Elastic IP addresses: 1 of 5", "VPCs: 2 of 5"]


def test_a_vpc_that_is_not_there_is_said(within: Within) -> None:
    (what,) = _said(within("network", {"vpc_id": "vpc-0a1b2c3d4e5f60718"}))
    assert what.startswith("eu-west-1 has none of that id: ec2 DescribeVpcs failed with InvalidVpcID.NotFound")


def test_dns_that_is_off_is_said_with_whom_to_ask(within: Within, there: ExistingVpc) -> None:
    there.ec2.modify_vpc_attribute(VpcId=there.id, EnableDnsHostnames={"Value": False})
    assert _said(within("network")) == [
        f"enableDnsHostnames of {there.id} is off; private endpoints and the Kubernetes API need it."
    ]


def test_subnets_of_other_zones_or_vpcs_are_said(within: Within, there: ExistingVpc) -> None:
    other = there.ec2.describe_subnets(Filters=[{"Name": "default-for-az", "Values": ["true"]}])["Subnets"][0]
    what = _said(within("network", {"private_subnet_ids": [other["SubnetId"], there.private[1]]}))[0]
    assert what == f"{other['SubnetId']} is in {other['VpcId']}, not in {there.id}."
    assert f"{there.private[1]} is in eu-west-1b, and services.yaml has eu-west-1a, eu-west-1c." in _said(
        within("network", zones=("a", "c"))
    )


def test_subnets_whose_routes_do_not_fit_are_said(within: Within, there: ExistingVpc) -> None:
    swapped = {"public_subnet_ids": there.private, "private_subnet_ids": there.public}
    said = _said(within("network", swapped))
    assert f"{there.private[0]} has nat-" in said[0]
    assert said[0].endswith("as its way out; a load balancer on the internet needs an internet gateway there.")
    assert said[2] == (
        f"{there.public[0]} leaves through {there.gateway}, and pods on Fargate have no public address to do so."
    )


def test_a_private_subnet_without_a_way_out_is_a_problem_for_who_must_reach_the_internet(
    within: Within, there: ExistingVpc
) -> None:
    there.ec2.delete_route(RouteTableId=there.tables["private"], DestinationCidrBlock="0.0.0.0/0")
    first, _ = _said(within("network"))
    assert first == f"{there.private[0]} has no route to everywhere, and order, web must reach the internet."
    services = {"order": {"image": "v1"}}
    first, _ = _said(within("network", services=services), "notice")
    assert first == f"{there.private[0]} has no route to everywhere: what has no private endpoint can't be reached."


def test_subnets_without_room_are_said(within: Within, there: ExistingVpc) -> None:
    small = [
        there.ec2.create_subnet(VpcId=there.id, CidrBlock=cidr, AvailabilityZone=f"eu-west-1{zone}")["Subnet"][
            "SubnetId"
        ]
        for cidr, zone in (("10.20.250.0/28", "a"), ("10.20.251.0/28", "b"))
    ]
    for one in small:
        there.ec2.associate_route_table(RouteTableId=there.tables["private"], SubnetId=one)
    many = {"order": {"pods": 23, "max_pods": 30}}
    assert _said(within("network", {"private_subnet_ids": small}, services=many)) == [
        "The private subnets have 22 free addresses, and the services' pods need 23 at rest."
    ]
    some = {"order": {"pods": 2, "max_pods": 30}}
    assert _said(within("network", {"private_subnet_ids": small}, services=some), "notice") == [
        "The private subnets have 22 free addresses, and 30 more pods can come by `max_pods`."
    ]


def test_the_endpoints_that_are_named_are_there_and_admit_the_pods(within: Within, there: ExistingVpc) -> None:
    assert within("endpoints") == [Finding("ok", f"{there.id} has all 6, and they admit the private subnets")]


def test_an_endpoint_that_is_not_there_and_one_that_is_not_named_are_said(within: Within, there: ExistingVpc) -> None:
    found = within("endpoints", {"endpoints": ["s3", "ecr-api", "ecr-dkr", "logs", "sts", "kms"]})
    assert [finding.status for finding in found] == ["notice", "problem"]
    notice, problem = found
    assert notice.what.endswith(
        f"of com.amazonaws.eu-west-1.dynamodb is in {there.id}, and `endpoints:` does not name it."
    )
    assert problem.what == f"{there.id} has no interface endpoint of com.amazonaws.eu-west-1.kms."
    assert problem.next_step == "Take `kms` out of `endpoints:` under `network:`, or ask for the endpoint."


@pytest.mark.parametrize(
    "admits",
    [
        [],
        [{"IpProtocol": "tcp", "FromPort": 80, "ToPort": 442, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}],
        [{"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": "10.20.16.0/21"}]}],
    ],
)
def test_an_endpoint_whose_group_does_not_admit_the_pods_is_said(
    within: Within, there: ExistingVpc, admits: list[dict[str, Any]]
) -> None:
    group = there.ec2.create_security_group(GroupName="closed", Description="Closed", VpcId=there.id)["GroupId"]
    if admits:
        there.ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=admits)
    there.group = group
    existing_vpc.add_endpoint(there, "kms")
    said = _said(within("endpoints"))
    name = there.endpoints["kms"]
    assert said == [
        f"{name} does not admit HTTPS from 10.20.{16 * (number + 1)}.0/20 ({subnet}), where pods will be."
        for number, subnet in enumerate(there.private)
    ]


def test_a_gateway_endpoint_that_a_private_subnet_does_not_use_is_said(within: Within, there: ExistingVpc) -> None:
    table = there.ec2.create_route_table(VpcId=there.id)["RouteTable"]["RouteTableId"]
    there.ec2.modify_vpc_endpoint(
        VpcEndpointId=there.endpoints["s3"], AddRouteTableIds=[table], RemoveRouteTableIds=[there.tables["private"]]
    )
    said = _said(within("endpoints"))
    assert said[0] == (
        f"{there.endpoints['s3']} is not in the route table {there.tables['private']} of {there.private[0]}."
    )


def test_a_load_balancer_of_the_systems_own_passes(look: Look) -> None:
    assert look("load balancer") == [Finding("ok", "the system has one of its own")]


@pytest.fixture
def behind(within: Within, there: ExistingVpc, aws: Aws) -> tuple[str, Callable[..., list[Finding]]]:
    """The ARN of a listener there, and the check of a system behind it."""
    arn = existing_vpc.add_load_balancer(there, aws)
    services = {"web": {"path": "/shop"}}
    return arn, lambda **whole: within(
        "load balancer", **{"load_balancer": {"listener_arn": arn}, "services": services, **whole}
    )


def test_a_listener_that_serves_http_is_a_notice(behind: tuple[str, Callable[..., list[Finding]]]) -> None:
    assert _said(behind[1](), "notice") == ["The listener on port 80 serves HTTP, so traffic can be read on its way."]


def test_a_listener_that_is_not_there_is_said(behind: tuple[str, Callable[..., list[Finding]]]) -> None:
    arn = behind[0][:-4] + "0000"
    assert _said(behind[1](load_balancer={"listener_arn": arn})) == [f"There is no listener {arn}."]


def test_a_load_balancer_of_another_vpc_is_said(
    look: Look, behind: tuple[str, Callable[..., list[Finding]]], there: ExistingVpc
) -> None:
    found = look("load balancer", load_balancer={"listener_arn": behind[0]})
    (problem,) = [finding for finding in found if finding.status == "problem"]
    assert problem.what == f"shared is in {there.id}, and the system has no VPC yet."
    assert problem.next_step == f"Write `vpc_id: {there.id}` under `network:`, to build the system there."


def test_a_further_one_is_looked_at_with_the_services_that_name_it(
    behind: tuple[str, Callable[..., list[Finding]]], aws: Aws
) -> None:
    arn, check = behind
    rule = existing_vpc.add_rule(aws, arn, 7, "/others")
    further = {"load_balancer": {"private": True}, "load_balancers": {"shared": {"listener_arn": arn}}}
    web = {"path": "/shop", "priority": 7}
    assert [one.what for one in check(services={"web": web}, **further) if one.status == "problem"] == []
    there = {"web": {**web, "host": "a.example.com", "load_balancer": "shared"}}
    (found,) = [finding for finding in check(services=there, **further) if finding.status == "problem"]
    assert found.what == f"Priority 7, that of a.example.com/shop of web, is that of {rule}."
    gone = {"load_balancers": {"shared": {"listener_arn": arn[:-4] + "0000"}}}
    (missing,) = [one for one in check(services={"web": web}, **further | gone) if one.status == "problem"]
    assert missing.next_step == "Correct `listener_arn:` under `load_balancers.shared:`."


def test_a_priority_of_somebody_else_is_said_with_a_free_one(
    behind: tuple[str, Callable[..., list[Finding]]], aws: Aws
) -> None:
    arn, check = behind
    rule = existing_vpc.add_rule(aws, arn, 7, "/others")
    services = {"web": {"path": ("/shop", "/cart"), "priority": 6}}
    (found,) = [finding for finding in check(services=services) if finding.status == "problem"]
    assert found.what == f"Priority 7, that of /cart of web, is that of {rule}."
    assert found.next_step == "Write `priority: 8` at web, or another that is free."


def test_a_rule_that_answers_a_path_first_is_said(behind: tuple[str, Callable[..., list[Finding]]], aws: Aws) -> None:
    arn, check = behind
    rule = existing_vpc.add_rule(aws, arn, 3, "/shop/*")
    (found,) = [finding for finding in check() if finding.status == "problem"]
    assert found.what.startswith(f"{rule} answers /shop/* before web, by priority 3 before ")
