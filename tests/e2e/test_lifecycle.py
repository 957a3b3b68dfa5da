"""A year of a system in minutes; the tests follow each other in this order, and the last destroys everything."""

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support.deployment import Deployment
from tests.support.iam_simulator import role_policies
from tests.support.leftover_resources import Leftovers, leftovers
from tests.support.run_synth import shipped
from tests.support.terraform_workspace import TerraformFailed

SHIPPED = {**shipped(), "protection": False}
PODS = {name: service["pods"] for name, service in SHIPPED["services"].items()}
SIXTH = "billing-service"
KUBERNETES_OWN = {"default", "kube-system", "kube-public", "kube-node-lease"}


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    """What services.yaml says at this point of the story."""
    return dict(copy.deepcopy(SHIPPED["services"]))


def _edited(deployed: Deployment, services: dict[str, Any]) -> set[str]:
    done = deployed.synth({**SHIPPED, "services": services})
    assert done.code == 0, done.text
    return done.changed


def _with_a_plan(deployed: Deployment) -> set[str]:
    return {stack for stack, plan in deployed.plans().items() if plan.code}


def test_eleven_pods_run(deployed: Deployment) -> None:
    """That no stack has anything left to do then is tested in tests/plan."""
    assert sum(PODS.values()) == 11
    assert deployed.pods(PODS) == PODS


def test_a_sixth_service_changes_its_own_stack_cluster_and_platform(
    deployed: Deployment, services: dict[str, Any]
) -> None:
    services[SIXTH] = {"path": "/api/billing", "pods": 1, "cpu": 0.25, "memory": "512MB", "aws": ["secrets"]}
    touched = {"cluster", "platform", SIXTH}
    assert _edited(deployed, services) == touched
    with pytest.raises(TerraformFailed, match="Apply it first: make deploy STACK=cluster"):
        deployed.workspace.plan(SIXTH)
    for stack in ("cluster", "platform"):
        assert deployed.workspace.plan(stack).code
        deployed.apply(stack)
    assert _with_a_plan(deployed) == {SIXTH}
    deployed.apply(SIXTH)
    assert deployed.pods(PODS | {SIXTH: 1}) == PODS | {SIXTH: 1}


def test_scaling_one_service_changes_its_own_stack(deployed: Deployment, services: dict[str, Any]) -> None:
    services["order-service"]["pods"] = 4
    assert _edited(deployed, services) == {"order-service"}
    deployed.apply("order-service")
    assert deployed.pods(PODS | {SIXTH: 1, "order-service": 4})["order-service"] == 4


def test_a_permission_taken_away_is_gone_from_its_role_alone(
    deployed: Deployment, services: dict[str, Any], client: Callable[[str], Any]
) -> None:
    services["payment-service"]["aws"] = ["secrets", "kms"]
    before = _sids(client, "payment-service")
    assert _edited(deployed, services) == {"payment-service"}
    deployed.apply("payment-service")
    assert before - _sids(client, "payment-service") == {"Metrics", "Logs"}


def test_a_service_goes_after_its_stack_is_destroyed(deployed: Deployment, services: dict[str, Any]) -> None:
    gone = services.pop(SIXTH)
    refused = deployed.synth({**SHIPPED, "services": services})
    assert refused.code == 1
    assert SIXTH in refused.text
    assert "make retire SERVICE=billing-service" in refused.text
    services[SIXTH] = gone
    assert _edited(deployed, services) == set()
    deployed.destroy(SIXTH)
    del services[SIXTH]
    assert _edited(deployed, services) == {"cluster", "platform", SIXTH}
    for stack in ("platform", "cluster"):
        deployed.apply(stack)
    assert deployed.pods(PODS | {"order-service": 4}) == PODS | {"order-service": 4}
    assert _with_a_plan(deployed) == set()


def test_destroying_all_leaves_nothing_but_keys_that_wait_for_their_deletion(
    deployed: Deployment, before: Leftovers, client: Callable[[str], Any], log: Path
) -> None:
    deployed.workspace.each(deployed.destroy, reverse=True)
    assert log.read_text() == "", "calls that the emulator could not answer"
    now = leftovers(client)
    assert {name: found - before[name] for name, found in now.items() if found - before[name]} == {}
    namespaces = deployed.plane.kubectl("get", "namespaces", "--output=name").split()
    assert {name.removeprefix("namespace/") for name in namespaces} == KUBERNETES_OWN
    assert deployed.plane.kubectl("get", "secrets", "--all-namespaces", "--selector=owner=helm", "--output=name") == ""
    accounts = deployed.items("serviceaccounts", "kube-system")
    assert [one for one in accounts if "annotations" in one["metadata"]] == []


def _sids(client: Callable[[str], Any], service: str) -> set[str]:
    return {one["Sid"] for policy in role_policies(client("iam"), f"shop-{service}") for one in policy["Statement"]}
