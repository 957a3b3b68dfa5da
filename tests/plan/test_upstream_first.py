"""A service's stack asks real Terraform whether the stacks below it know of the service."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support.clean_environment import without_accounts
from tests.support.run_synth import shipped, synthesise

OUTPUTS = {"cluster": "service_fargate_profiles", "platform": "service_namespaces"}
Plan = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """How the stack of user-service reads the others."""
    generated = synthesise(shipped(), tmp_path_factory.mktemp("system"))
    content = json.loads((generated / "stacks" / "user-service" / "cdk.tf.json").read_text())
    return dict(content["data"]["terraform_remote_state"])


@pytest.fixture
def plan(read: dict[str, Any], tmp_path: Path) -> Plan:
    """`terraform plan` of no more than the reads, where stack `name` offers these outputs."""

    def run(name: str, outputs: dict[str, Any]) -> subprocess.CompletedProcess[str]:
        folder = tmp_path / "generated" / "stacks" / "user-service"
        folder.mkdir(parents=True)
        value = f"${{data.terraform_remote_state.{name}.outputs.used}}"
        stack = {"data": {"terraform_remote_state": {name: read[name]}}, "output": {"used": {"value": value}}}
        (folder / "cdk.tf.json").write_text(json.dumps(stack))
        offered = {key: {"value": of, "type": _type(of)} for key, of in ({"used": "yes"} | outputs).items()}
        state = {"version": 4, "serial": 1, "lineage": "a", "terraform_version": "1.11.0", "outputs": offered}
        (tmp_path / "state").mkdir()
        (tmp_path / "state" / f"{name}.tfstate").write_text(json.dumps(state | {"resources": []}))
        subprocess.run(
            ["terraform", "init", "-input=false"],
            cwd=folder,
            env=_environment(),
            capture_output=True,
            check=True,
            timeout=60,
        )
        return subprocess.run(
            ["terraform", "plan", "-input=false", "-no-color"],
            cwd=folder,
            env=_environment(),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return run


def _type(value: Any) -> Any:
    return "string" if isinstance(value, str) else ["map", "string"]


def _environment() -> dict[str, str]:
    return without_accounts() | {"CHECKPOINT_DISABLE": "1", "TF_IN_AUTOMATION": "1"}


@pytest.mark.parametrize("name", OUTPUTS)
def test_a_stack_that_knows_of_the_service_is_read(plan: Plan, name: str) -> None:
    done = plan(name, {OUTPUTS[name]: {"user-service": "x"}})
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("name", OUTPUTS)
@pytest.mark.parametrize("known", [{"order-service": "x"}, None], ids=["another service", "older generator"])
def test_a_plan_ends_at_once_with_the_stack_to_apply_first(plan: Plan, name: str, known: dict[str, str] | None) -> None:
    done = plan(name, {} if known is None else {OUTPUTS[name]: known})
    assert done.returncode == 1
    said = " ".join(done.stderr.replace("│", " ").split())
    assert f"Stack {name} was last applied before services.yaml had user-service." in said
    assert f"Apply it first: make deploy STACK={name}." in said
    assert said.count("Error:") == 1
