"""Further ranges of the VPC: subnets beside the first ones, for the Fargate profiles of services that are named."""

from collections.abc import Callable
from typing import Any

import pytest

from modules.design import subnets
from tests.synth.conftest import stack

Built = dict[str, bytes]
Build = Callable[[dict[str, Any]], Built]
RANGE = "100.64.0.0/16"
SYSTEM: dict[str, Any] = {"project": "shop", "region": "eu-west-1", "services": {"old": {}, "new": {"calls": ["old"]}}}


@pytest.fixture
def before(build_system: Build) -> Built:
    return build_system(SYSTEM)


@pytest.fixture
def after(build_system: Build) -> Built:
    return build_system(SYSTEM | {"network": {"secondary_cidrs": {RANGE: ["new"]}}})


def _resources(built: Built, name: str, kind: str) -> dict[str, Any]:
    return dict(stack(built, name)["resource"][kind])


def test_subnets_are_added_and_none_of_the_old_ones_changes(before: Built, after: Built) -> None:
    was, now = (_resources(built, "network", "aws_subnet") for built in (before, after))
    assert {key: now[key] for key in was} == was
    added = {key: now[key] for key in now.keys() - was.keys()}
    assert added.keys() == {f"secondary_100_64_0_0_16_{zone}" for zone in "abc"}
    for zone in "abc":
        one = added[f"secondary_100_64_0_0_16_{zone}"]
        assert one["cidr_block"] == subnets.private(RANGE, zone)
        assert one["depends_on"] == ["aws_vpc_ipv4_cidr_block_association.secondary_100_64_0_0_16"]
        routes = _resources(after, "network", "aws_route_table_association")
        assert routes[f"secondary_100_64_0_0_16_{zone}"] == {
            "route_table_id": f"${{aws_route_table.private_{zone}.id}}",
            "subnet_id": f"${{aws_subnet.secondary_100_64_0_0_16_{zone}.id}}",
        }


def test_only_the_profile_of_a_service_that_is_named_has_them(before: Built, after: Built) -> None:
    was, now = (_resources(built, "cluster", "aws_eks_fargate_profile") for built in (before, after))
    outputs = "data.terraform_remote_state.network.outputs"
    assert was["new"]["subnet_ids"] == f"${{{outputs}.private_subnet_ids}}"
    assert now.pop("new")["subnet_ids"] == f'${{{outputs}.secondary_subnet_ids["{RANGE}"]}}'
    assert now == {key: one for key, one in was.items() if key != "new"}


def test_the_endpoints_and_the_api_admit_it(before: Built, after: Built) -> None:
    for name, key in (("network", "endpoints_https"), ("cluster", "cluster_api_vpc")):
        was, now = (_resources(built, name, "aws_vpc_security_group_ingress_rule") for built in (before, after))
        assert now.pop(f"{key}_100_64_0_0_16")["cidr_ipv4"] == RANGE
        assert now == was


def test_a_plan_that_comes_before_the_network_says_what_to_apply(after: Built) -> None:
    (read,) = (
        one for key, one in stack(after, "cluster")["data"]["terraform_remote_state"].items() if key == "network"
    )
    (condition,) = read["lifecycle"]["postcondition"]
    assert condition["condition"] == f'${{can(self.outputs.secondary_subnet_ids["{RANGE}"])}}'
    assert "Apply it first: make deploy STACK=network" in condition["error_message"]


def test_databases_the_load_balancer_and_the_service_itself_are_as_without_it(build_system: Build) -> None:
    system = SYSTEM | {"services": {"new": {"path": "/", "aws": ["rds", "redis"]}}}
    further = system | {"network": {"secondary_cidrs": {RANGE: ["new"]}}}
    was, now = build_system(system), build_system(further)
    for name in ("data", "edge", "platform", "new"):
        assert stack(was, name) == stack(now, name)
