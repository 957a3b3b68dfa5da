"""Further load balancers, applied by the passes of `make deploy` on an emulated AWS: a service goes over to another."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.deployed_in_passes import Deployed, system
from tests.support.emulator import emulated_aws

pytestmark = pytest.mark.nightly(minutes=8)

ADMIN = {"path": "/", "host": "admin.example.com", "load_balancer": "internal"}
PRIVATE = {"private": True}
WHOLE: dict[str, Any] = {"load_balancer": {}, "load_balancers": {"internal": PRIVATE, "partners": {}}}
SERVICES = {"web": {"path": "/"}, "admin": ADMIN}
# Without what AWS would not delete.
OPEN = {"protection": False, "database": "none", "cache": "none"}


def _system(admin: dict[str, Any], balancers: dict[str, Any]) -> dict[str, Any]:
    return system({**SERVICES, "admin": admin}, **WHOLE | OPEN | {"load_balancers": balancers})


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    folder = tmp_path_factory.mktemp("balancers")
    with emulated_aws(folder / "emulator.log") as aws:
        yield Deployed(folder, aws, _system(ADMIN, WHOLE["load_balancers"]), apart=(), side_by_side=True)


def _balancers(deployed: Deployed) -> dict[str, Any]:
    return {one["LoadBalancerName"]: one for one in deployed.client("elbv2").describe_load_balancers()["LoadBalancers"]}


def _routes(deployed: Deployed) -> dict[str, set[str]]:
    """Names of target groups by the load balancer that sends to them."""
    elb = deployed.client("elbv2")
    groups = {one["TargetGroupArn"]: one["TargetGroupName"] for one in elb.describe_target_groups()["TargetGroups"]}
    found = {}
    for name, balancer in _balancers(deployed).items():
        listeners = elb.describe_listeners(LoadBalancerArn=balancer["LoadBalancerArn"])["Listeners"]
        rules = [rule for one in listeners for rule in elb.describe_rules(ListenerArn=one["ListenerArn"])["Rules"]]
        actions = [action for rule in rules if not rule["IsDefault"] for action in rule["Actions"]]
        found[name] = {groups[action["TargetGroupArn"]] for action in actions}
    return found


def _admitted(deployed: Deployed, service: str) -> set[str]:
    """Names of the groups that the group of a service admits as its load balancer."""
    ec2 = deployed.client("ec2")
    groups = {one["GroupId"]: one["GroupName"] for one in ec2.describe_security_groups()["SecurityGroups"]}
    own = next(identifier for identifier, name in groups.items() if name == f"shop-{service}")
    rules = ec2.describe_security_group_rules(Filters=[{"Name": "group-id", "Values": [own]}])["SecurityGroupRules"]
    peers = [one["ReferencedGroupInfo"]["GroupId"] for one in rules if one.get("ReferencedGroupInfo")]
    return {groups[peer] for peer in peers if "load-balancer" in groups[peer]}


def test_a_service_goes_over_to_another_load_balancer_and_then_the_first_of_them_goes(deployed: Deployed) -> None:
    first, internal, partners = "shop", "shop-load-balancer-internal", "shop-load-balancer-partners"
    found = _balancers(deployed)
    assert found.keys() == {first, internal, partners}
    assert {name for name, one in found.items() if one.get("Scheme") == "internal"} == {internal}
    assert _routes(deployed) == {first: {"shop-web"}, internal: {"shop-admin"}, partners: set()}
    assert _admitted(deployed, "admin") == {internal}
    assert _admitted(deployed, "web") == {"shop-load-balancer"}
    deployed.has_nothing_left_to_do()

    moved = {**ADMIN, "load_balancer": "partners"}
    said = deployed.deploy(_system(moved, {"partners": {}}))
    # The group of the one that goes is named in the service's rules, so it goes last.
    assert list(said)[-1] == "edge"
    assert _routes(deployed) == {first: {"shop-web"}, partners: {"shop-admin"}}
    assert _admitted(deployed, "admin") == {partners}
    assert internal not in deployed.groups
    deployed.has_nothing_left_to_do()
