"""What is changed in an applied system, and its end; the tests follow each other in this order."""

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support.deployment import Deployment
from tests.support.iam_simulator import role_policies
from tests.support.leftover_resources import Leftovers, leftovers
from tests.support.run_synth import shipped

SHIPPED = {**shipped(), "protection": False}
PODS = {name: service["pods"] for name, service in SHIPPED["services"].items()}
KUBERNETES_OWN = {"default", "kube-system", "kube-public", "kube-node-lease"}


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    """What services.yaml says at this point of the story."""
    return dict(copy.deepcopy(SHIPPED["services"]))


def _edited(deployed: Deployment, services: dict[str, Any]) -> set[str]:
    done = deployed.synth({**SHIPPED, "services": services})
    assert done.code == 0, done.text
    return done.changed


def test_eleven_pods_run(deployed: Deployment) -> None:
    """That no stack has anything left to do then is tested in tests/plan."""
    assert sum(PODS.values()) == 11
    assert deployed.pods(PODS) == PODS


def test_scaling_one_service_changes_its_own_stack(deployed: Deployment, services: dict[str, Any]) -> None:
    services["order-service"]["pods"] = 4
    assert _edited(deployed, services) == {"order-service"}
    deployed.apply("order-service")
    assert deployed.pods(PODS | {"order-service": 4})["order-service"] == 4


def test_a_permission_taken_away_is_gone_from_its_role_alone(
    deployed: Deployment, services: dict[str, Any], client: Callable[[str], Any]
) -> None:
    services["payment-service"]["aws"] = ["secrets", "kms"]
    before = _sids(client, "payment-service")
    assert _edited(deployed, services) == {"payment-service"}
    deployed.apply("payment-service")
    assert before - _sids(client, "payment-service") == {"Metrics", "Logs"}


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
