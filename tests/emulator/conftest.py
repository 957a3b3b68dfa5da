"""One emulator for the tests of what it adds to moto; each test names its own things."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.emulator import clients, emulated_aws

Client = Callable[[str], Any]


@pytest.fixture(scope="session")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("emulator") / "log"


@pytest.fixture(scope="session")
def environment(log: Path) -> Iterator[dict[str, str]]:
    with emulated_aws(log) as environment:
        yield environment


@pytest.fixture(scope="session")
def client(environment: dict[str, str]) -> Client:
    return clients(environment)


@pytest.fixture
def vpc(client: Client) -> str:
    return str(client("ec2").create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"])


@pytest.fixture
def subnets(client: Client, vpc: str) -> list[str]:
    """Three, in as many zones, without a route to the internet."""
    ec2 = client("ec2")
    blocks = [(f"10.0.{number}.0/24", f"eu-west-1{letter}") for number, letter in enumerate("abc")]
    made = [ec2.create_subnet(VpcId=vpc, CidrBlock=cidr, AvailabilityZone=zone) for cidr, zone in blocks]
    return [one["Subnet"]["SubnetId"] for one in made]


@pytest.fixture
def role(client: Client, request: pytest.FixtureRequest) -> str:
    made = client("iam").create_role(RoleName=request.node.name[:64], AssumeRolePolicyDocument="{}")
    return str(made["Role"]["Arn"])
