"""Stacks in HCL are what they are in JSON: Terraform validates them, and plans nothing on what the JSON applied.

Where there are no Kubernetes and Helm providers, their resources are compared as values, by an output of both stacks.
"""

import pytest

from tests.support.hcl_stacks import hcl_twin
from tests.support.run_synth import shipped, synthesise
from tests.support.terraform_workspace import Workspace


@pytest.fixture(scope="module")
def in_hcl(initialised: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """The initialised system once more, in HCL, beside the same states."""
    generated = synthesise({**shipped(), "protection": False}, tmp_path_factory.mktemp("hcl"), as_hcl=True)
    return hcl_twin(initialised, generated)


@pytest.mark.nightly(minutes=2)
def test_every_stack_validates_in_hcl(in_hcl: Workspace) -> None:
    in_hcl.each(in_hcl.validate)


@pytest.mark.nightly(minutes=10)
def test_a_plan_in_hcl_of_what_was_applied_in_json_is_empty(applied: Workspace, in_hcl: Workspace) -> None:
    plans = in_hcl.each(in_hcl.plan)
    assert not [stack for stack, plan in plans.items() if plan.code], "\n".join(
        plan.text for plan in plans.values() if plan.code
    )
