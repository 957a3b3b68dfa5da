"""A further range of the VPC, added to a system that is applied in an emulated AWS."""

from typing import Any

import pytest

from tests.support.deployed_in_passes import Deployed, system
from tests.support.emulator import emulated_aws

pytestmark = pytest.mark.nightly(minutes=4)

RANGE = "100.64.0.0/16"
NETWORK = {"nat_gateways": "single", "endpoints": ["s3", "sts"]}


def _profiles(deployed: Deployed) -> dict[str, dict[str, Any]]:
    eks = deployed.client("eks")
    names = eks.list_fargate_profiles(clusterName="shop")["fargateProfileNames"]
    return {
        name: eks.describe_fargate_profile(clusterName="shop", fargateProfileName=name)["fargateProfile"]
        for name in names
    }


def test_a_range_is_added_and_nothing_that_is_there_changes(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("range")
    with emulated_aws(folder / "emulator.log") as aws:
        deployed = Deployed(folder, aws, system({"old": {}}, network=NETWORK), apart=("data", "platform", "old", "new"))
        assert deployed.stacks == ["network", "cluster"]
        before = _profiles(deployed)
        further = {**NETWORK, "secondary_cidrs": {RANGE: ["new"]}}
        assert deployed.synth(system({"old": {}, "new": {}}, network=further)) == 0
        deployed.prepare()
        for stack in deployed.stacks:
            said = deployed.workspace.plan(stack).text
            assert " to add, 0 to change, 0 to destroy." in said, said
            deployed.workspace.apply(stack)
        deployed.has_nothing_left_to_do()

        ec2 = deployed.client("ec2")
        (vpc,) = (one for one in ec2.describe_vpcs()["Vpcs"] if not one["IsDefault"])
        assert [one["CidrBlock"] for one in vpc["CidrBlockAssociationSet"]] == ["10.0.0.0/16", RANGE]
        after = _profiles(deployed)
        new = after.pop("new-fp")
        assert after == before
        subnets = ec2.describe_subnets(SubnetIds=new["subnets"])["Subnets"]
        assert {(one["AvailabilityZone"], one["CidrBlock"]) for one in subnets} == {
            ("eu-west-1a", "100.64.32.0/19"),
            ("eu-west-1b", "100.64.64.0/19"),
        }
        tables = ec2.describe_route_tables(Filters=[{"Name": "vpc-id", "Values": [vpc["VpcId"]]}])["RouteTables"]
        for one in subnets:
            (table,) = (
                table for table in tables for link in table["Associations"] if link.get("SubnetId") == one["SubnetId"]
            )
            assert any(route.get("NatGatewayId") for route in table["Routes"])
