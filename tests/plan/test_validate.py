"""`main.py check-services --validate`: real Terraform on a copy of every stack."""

import json
import shutil
from pathlib import Path

import pytest

from modules.deploy import validate
from modules.errors import CommandError
from tests.support.run_synth import shipped, synthesise
from tests.support.terraform_workspace import Workspace, require_aws_provider


@pytest.fixture
def generated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two stacks of the shipped system that need no provider but AWS, and Terraform's set-up of the other tests."""
    whole = synthesise(shipped(), tmp_path)
    (tmp_path / "terraform").mkdir()
    workspace = Workspace(whole, tmp_path / "terraform", {})
    for name in ("TF_CLI_CONFIG_FILE", "CHECKPOINT_DISABLE"):
        monkeypatch.setenv(name, workspace.environment[name])
    manifest = json.loads((whole / "manifest.json").read_text())
    manifest["stacks"] = {name: stack for name, stack in manifest["stacks"].items() if name in ("network", "data")}
    for stack in manifest["stacks"].values():
        stack["dependencies"] = [name for name in stack["dependencies"] if name in manifest["stacks"]]
    (whole / "manifest.json").write_text(json.dumps(manifest))
    return whole


def _validate(generated: Path) -> None:
    try:
        validate.every_stack(generated)
    except CommandError as error:
        require_aws_provider(str(error))
        raise


def test_every_stack_is_validated_and_nothing_is_left_behind(
    generated: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = sorted(generated.rglob("*"))
    _validate(generated)
    assert capsys.readouterr().err.splitlines() == ["validate network (1 of 2)", "validate data (2 of 2)"]
    assert sorted(generated.rglob("*")) == before


def test_terraform_validates_states_in_hcp_terraform_and_the_login_to_the_cluster(tmp_path: Path) -> None:
    system = {"project": "shop", "region": "eu-west-1", "state": {"hcp": {"organization": "acme"}}}
    whole = synthesise({**system, "services": {"web": {"path": "/"}}}, tmp_path)
    (tmp_path / "terraform").mkdir()
    workspace = Workspace(whole, tmp_path / "terraform", {"TF_CLI_ARGS_init": "-backend=false"})
    workspace.init("platform")
    assert "ephemeral" in json.loads((workspace.folder("platform") / "cdk.tf.json").read_text())
    workspace.validate("platform")


def test_what_terraform_refuses_is_told_with_its_stack(generated: Path) -> None:
    file = generated / "stacks" / "data" / "cdk.tf.json"
    stack = json.loads(file.read_text())
    stack["resource"]["aws_kms_key"]["data"]["rotate"] = True
    file.write_text(json.dumps(stack))
    with pytest.raises(CommandError, match=r"(?s)validate data\n  terraform validate failed:.*Extraneous.*rotate"):
        _validate(generated)


def test_a_missing_provider_is_told_with_its_stack(generated: Path) -> None:
    file = generated / "stacks" / "network" / "cdk.tf.json"
    stack = json.loads(file.read_text())
    stack["terraform"]["required_providers"]["aws"]["version"] = ">= 999.0.0"
    file.write_text(json.dumps(stack))
    with pytest.raises(CommandError, match=r"(?s)validate network\n  terraform init failed:.*999\.0\.0"):
        validate.every_stack(generated)


def test_without_terraform_it_says_what_to_install(generated: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    with pytest.raises(CommandError, match=r"There is no terraform on PATH\.\n  Install Terraform 1\.11"):
        validate.every_stack(generated)
