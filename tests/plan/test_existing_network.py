"""Real Terraform builds the system in a VPC that somebody else made, and leaves the VPC as it was."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support import existing_vpc
from tests.support.emulator import clients
from tests.support.existing_vpc import ExistingVpc
from tests.support.run_synth import synthesise
from tests.support.terraform_workspace import TerraformFailed, Workspace

STACKS = ("network", "cluster", "edge")


@pytest.fixture(scope="module")
def there(own_aws: dict[str, str]) -> ExistingVpc:
    return existing_vpc.make(clients(own_aws))


@pytest.fixture
def workspace(own_aws: dict[str, str], there: ExistingVpc, tmp_path: Path) -> Callable[..., Workspace]:
    """The system in that VPC, with other values of `network:` or of the whole file, initialised."""

    def make(network: dict[str, Any] | None = None, **whole: Any) -> Workspace:
        system = {
            "project": "shop",
            "region": existing_vpc.REGION,
            "zones": list(existing_vpc.ZONES),
            "protection": False,
            "network": there.network | (network or {}),
            "services": {"web": {"path": "/", "aws": ["dynamodb"]}},
        }
        folder = tmp_path / str(len(list(tmp_path.iterdir())))
        (folder / "work").mkdir(parents=True)
        workspace = Workspace(synthesise(system | whole, folder), folder / "work", own_aws)
        workspace.init("network")
        return workspace

    return make


@pytest.mark.nightly(minutes=5)
def test_nothing_of_the_vpc_is_changed_and_a_second_plan_is_empty(
    workspace: Callable[..., Workspace], there: ExistingVpc
) -> None:
    before, system = there.described(), workspace()
    for stack in STACKS:
        if stack != "network":
            system.init(stack)
        system.apply(stack)
    plans = {stack: system.plan(stack) for stack in STACKS}
    assert {stack: plan.text for stack, plan in plans.items() if plan.code} == {}
    after = there.described()
    assert {key: after.get(key) for key in before} == before
    groups = {key for key in after.keys() - before.keys() if key.startswith("SecurityGroups")}
    assert after.keys() - before.keys() == groups  # the system's own are all that it adds there
    assert not [one for one in system.state_list("network") if one.startswith(("aws_vpc", "aws_subnet", "aws_flow"))]
    outputs = system.outputs("network")
    assert (outputs["vpc_id"], outputs["vpc_cidr_blocks"]) == (there.id, [existing_vpc.CIDR])
    assert outputs["endpoints_security_group_ids"] == [there.group]
    rules = system.state_list("cluster")
    assert f'aws_vpc_security_group_egress_rule.pods_endpoints["{there.group}"]' in rules
    assert f'aws_vpc_security_group_ingress_rule.cluster_api_vpc["{existing_vpc.CIDR}"]' in rules
    for stack in reversed(STACKS):
        system.destroy(stack)
    assert there.described() == before


@pytest.mark.nightly(minutes=6)
def test_an_existing_load_balancer_gets_rules_and_a_way_to_the_pods_and_nothing_else(
    workspace: Callable[..., Workspace], there: ExistingVpc, own_aws: dict[str, str]
) -> None:
    listener = existing_vpc.add_load_balancer(there, clients(own_aws))
    elb = clients(own_aws)("elbv2")
    before = (
        elb.describe_load_balancers()["LoadBalancers"],
        elb.describe_listeners(ListenerArns=[listener])["Listeners"],
    )
    services = {"web": {"path": "/", "aws": ["dynamodb", "rds", "redis"]}}
    system = workspace(load_balancer={"listener_arn": listener}, services=services)
    stacks = ("network", "cluster", "data", "edge", "platform", "web")
    for stack in stacks:
        if stack != "network":
            system.init(stack)
        system.apply(stack)
    plans = {stack: system.plan(stack) for stack in stacks}
    assert {stack: plan.text for stack, plan in plans.items() if plan.code} == {}
    after = (
        elb.describe_load_balancers()["LoadBalancers"],
        elb.describe_listeners(ListenerArns=[listener])["Listeners"],
    )
    assert after == before
    made = [one for one in system.state_list("edge") if not one.startswith("data.")]
    assert made == [f"aws_vpc_security_group_egress_rule.load_balancer_pods_{first}" for first in (1, 10251)]
    outputs = system.outputs("edge")
    assert outputs["listener_arn"] == listener
    assert outputs["load_balancer_security_group_id"] == before[0][0]["SecurityGroups"][0]
    assert outputs["load_balancer_url"] == f"http://{before[0][0]['DNSName']}:80"
    rules = elb.describe_rules(ListenerArn=listener)["Rules"]
    assert len([rule for rule in rules if not rule["IsDefault"]]) == 1
    for stack in reversed(stacks):
        system.destroy(stack)
    assert [rule["IsDefault"] for rule in elb.describe_rules(ListenerArn=listener)["Rules"]] == [True]


def _said(failed: pytest.ExceptionInfo[TerraformFailed]) -> str:
    """What Terraform says, without its line breaks."""
    return " ".join(str(failed.value).replace("│", " ").split())


@pytest.mark.parametrize(
    ("network", "whole", "message"),
    [
        ({}, {"zones": ["a", "c"]}, "is in eu-west-1b, and `zones:` of services.yaml"),
        ({}, {"cluster": {"service_cidr": "10.20.128.0/20"}}, "The addresses of Services, 10.20.128.0/20, overlap"),
        ({}, {"cluster": {"service_cidr": "10.16.0.0/12"}}, "The addresses of Services, 10.16.0.0/12, overlap"),
        ({"endpoints": ["s3", "kms"]}, {}, "no matching EC2 VPC Endpoint found"),
    ],
)
def test_a_plan_ends_where_the_vpc_does_not_fit_and_says_why(
    workspace: Callable[..., Workspace], network: dict[str, Any], whole: dict[str, Any], message: str
) -> None:
    system = workspace(network, **whole)
    with pytest.raises(TerraformFailed) as failed:
        system.plan("network")
    assert message in _said(failed)


def test_a_zone_without_a_subnet_and_dns_that_is_off_are_said_too(
    workspace: Callable[..., Workspace], there: ExistingVpc
) -> None:
    twice = there.ec2.create_subnet(VpcId=there.id, CidrBlock="10.20.250.0/28", AvailabilityZone="eu-west-1a")
    another = twice["Subnet"]["SubnetId"]
    there.ec2.modify_vpc_attribute(VpcId=there.id, EnableDnsHostnames={"Value": False})
    try:
        system = workspace({"private_subnet_ids": [there.private[0], another]})
        with pytest.raises(TerraformFailed) as failed:
            system.plan("network")
        small = workspace({"public_subnet_ids": [another, there.public[1]]})
        with pytest.raises(TerraformFailed) as too_small:
            small.plan("network")
    finally:
        there.ec2.modify_vpc_attribute(VpcId=there.id, EnableDnsHostnames={"Value": True})
        there.ec2.delete_subnet(SubnetId=another)
    assert f"{another} has 10.20.250.0/28, and a load balancer needs a subnet of at least /27." in _said(too_small)
    said = _said(failed)
    assert "Not every zone (eu-west-1a, eu-west-1b) has one of `private_subnet_ids:`." in said
    assert "need both DNS attributes of" in said
