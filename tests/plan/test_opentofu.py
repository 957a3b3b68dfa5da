"""OpenTofu takes what Terraform applied: every stack validates, and none has anything left to do."""

import json
import subprocess

import pytest

from tests.support.go_tools import binary
from tests.support.hcl_stacks import hcl_twin
from tests.support.opentofu import opentofu_twin
from tests.support.run_synth import shipped, synthesise
from tests.support.terraform_workspace import Workspace, expect

# OpenTofu takes more than ten minutes to build, and the system six to apply.
pytestmark = pytest.mark.nightly(minutes=4)


@pytest.fixture(scope="module", params=["json", "hcl"])
def in_opentofu(
    request: pytest.FixtureRequest, initialised: Workspace, tmp_path_factory: pytest.TempPathFactory
) -> Workspace:
    """All stacks after `tofu init`."""
    folder = tmp_path_factory.mktemp("opentofu")
    workspace = initialised
    if request.param == "hcl":
        workspace = hcl_twin(initialised, synthesise({**shipped(), "protection": False}, folder, as_hcl=True))
    twin = opentofu_twin(workspace, folder)
    for stack in twin.stacks:
        expect(twin.run(stack, "init"), 0)
    return twin


def test_opentofu_is_the_release_that_the_module_names() -> None:
    said = subprocess.run([binary("tofu"), "version", "-json"], capture_output=True, text=True, check=True)
    assert json.loads(said.stdout)["terraform_version"] == "1.12.6"


def test_opentofu_validates_every_stack(in_opentofu: Workspace) -> None:
    in_opentofu.each(in_opentofu.validate)


def test_opentofu_plans_nothing_on_what_terraform_applied(applied: Workspace, in_opentofu: Workspace) -> None:
    plans = in_opentofu.each(in_opentofu.plan)
    assert not [stack for stack, plan in plans.items() if plan.code], "\n".join(
        plan.text for plan in plans.values() if plan.code
    )


def test_opentofu_reads_its_own_floor_and_not_terraforms(in_opentofu: Workspace) -> None:
    folder = in_opentofu.folder("network")
    (folder / "versions.tf").write_text('terraform {\n  required_version = ">= 99"\n}\n')
    in_opentofu.validate("network")
    (folder / "versions.tofu").write_text('terraform {\n  required_version = ">= 99"\n}\n')
    said = in_opentofu.run("network", "validate")
    assert said.returncode == 1
    assert "This module is not compatible with OpenTofu" in said.stdout
