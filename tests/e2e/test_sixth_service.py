"""A service comes to an applied system and goes: what that changes, in which order, and what is left."""

import copy

import pytest

from tests.support.deployment import Deployment
from tests.support.run_synth import shipped
from tests.support.terraform_workspace import TerraformFailed

pytestmark = pytest.mark.nightly(minutes=16)
SHIPPED = {**shipped(), "protection": False}
PODS = {name: service["pods"] for name, service in SHIPPED["services"].items()}
SIXTH = "billing-service"


def _edited(deployed: Deployment, *, with_it: bool) -> set[str]:
    services = copy.deepcopy(SHIPPED["services"])
    if with_it:
        services[SIXTH] = {"path": "/api/billing", "pods": 1, "cpu": 0.25, "memory": "512MB", "aws": ["secrets"]}
    done = deployed.synth({**SHIPPED, "services": services})
    assert done.code == 0, done.text
    return done.changed


def _with_a_plan(deployed: Deployment) -> set[str]:
    return {stack for stack, plan in deployed.plans().items() if plan.code}


def test_it_changes_its_own_stack_cluster_and_platform(deployed: Deployment) -> None:
    assert _edited(deployed, with_it=True) == {"cluster", "platform", SIXTH}
    with pytest.raises(TerraformFailed, match="Apply it first: make deploy STACK=cluster"):
        deployed.workspace.plan(SIXTH)
    for stack in ("cluster", "platform"):
        assert deployed.workspace.plan(stack).code
        deployed.apply(stack)
    assert _with_a_plan(deployed) == {SIXTH}
    deployed.apply(SIXTH)
    assert deployed.pods(PODS | {SIXTH: 1}) == PODS | {SIXTH: 1}


def test_it_goes_after_its_stack_is_destroyed(deployed: Deployment) -> None:
    refused = deployed.synth(SHIPPED)
    assert refused.code == 1
    assert SIXTH in refused.text
    assert "make retire SERVICE=billing-service" in refused.text
    assert _edited(deployed, with_it=True) == set()
    deployed.destroy(SIXTH)
    assert _edited(deployed, with_it=False) == {"cluster", "platform", SIXTH}
    for stack in ("platform", "cluster"):
        deployed.apply(stack)
    assert deployed.pods(PODS) == PODS
    assert _with_a_plan(deployed) == set()
