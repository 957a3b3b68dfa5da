"""`main.py deploy` of several stacks at once with the real Terraform: by the graph, again, and after a failure."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from modules.cli import command_line, deploy
from modules.doctor import examine, finding
from tests.support.terraform_workspace import Workspace


def _content(stack: str, reads: list[str], resource: dict[str, Any]) -> dict[str, Any]:
    config = {name: {"backend": "local", "config": {"path": f"../../../state/{name}.tfstate"}} for name in reads}
    value = "-".join([stack, *(f"${{data.terraform_remote_state.{name}.outputs.value}}" for name in reads)])
    return {
        "terraform": {"backend": {"local": {"path": f"../../../state/{stack}.tfstate"}}},
        **({"data": {"terraform_remote_state": config}} if reads else {}),
        "resource": {"terraform_data": {"main": {"input": value, **resource}}},
        "output": {"value": {"value": "${terraform_data.main.output}"}},
    }


GRAPH: dict[str, list[str]] = {"network": [], "data": ["network"], "edge": ["network"], "orders": ["data", "edge"]}


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with these stacks, and a login that works."""
    (tmp_path / "main.py").touch()
    (tmp_path / "services.yaml").write_text("project: shop\nregion: eu-west-1\nservices: {orders: {pods: 1}}\n")
    _write(tmp_path / "source", {})
    (tmp_path / "root").mkdir()
    workspace = Workspace(tmp_path / "source", tmp_path / "root", {})
    for name in set(os.environ) - set(workspace.environment):
        monkeypatch.delenv(name)
    for name, value in workspace.environment.items():
        monkeypatch.setenv(name, value)
    for name in ("main.py", "services.yaml"):
        (tmp_path / name).rename(tmp_path / "root" / name)
    monkeypatch.setattr(deploy, "ROOT", tmp_path / "root")
    monkeypatch.setattr(examine, "ACCOUNT", {})
    monkeypatch.setattr(examine, "log_in", lambda spec: (None, finding.ok("account 111122223333")))
    return tmp_path / "root"


def _write(out: Path, changed: dict[str, dict[str, Any]]) -> None:
    for name, reads in GRAPH.items():
        folder = out / "stacks" / name
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "cdk.tf.json").write_text(json.dumps(_content(name, reads, changed.get(name, {}))))
    (out / "manifest.json").write_text(
        json.dumps({"stacks": {name: {"dependencies": reads} for name, reads in GRAPH.items()}})
    )


def _deploy(capfd: pytest.CaptureFixture[str], command: str = "deploy") -> tuple[int, dict[str, str], str]:
    code = command_line.main([command, "--auto-approve", "--at-once=2", "--ignore-problems", "--json"])
    out, said = capfd.readouterr()
    return code, {one["stack"]: one["status"] for one in json.loads(out).get("stacks", ())}, said


def test_stacks_are_applied_by_their_graph_again_and_after_a_failure(
    root: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    code, found, said = _deploy(capfd)
    assert (code, found) == (0, dict.fromkeys(GRAPH, "applied")), said
    state = json.loads((root / "state" / "orders.tfstate").read_text())
    assert state["outputs"]["value"]["value"] == "orders-data-network-edge-network"
    assert _deploy(capfd)[:2] == (0, dict.fromkeys(GRAPH, "unchanged"))

    condition = '${data.terraform_remote_state.network.outputs.value == "other"}'
    wrong = {"lifecycle": {"precondition": [{"condition": condition, "error_message": "Not like this."}]}}
    _write(root / "generated", {"data": wrong})
    code, found, said = _deploy(capfd)
    assert (code, found) == (
        1,
        {"network": "unchanged", "data": "failed", "edge": "unchanged", "orders": "skipped"},
    ), said
    assert "      Not like this." in said

    _write(root / "generated", {"data": {"triggers_replace": "new"}})
    assert _deploy(capfd)[1]["data"] == "applied"
    code, found, said = _deploy(capfd, "destroy")
    assert (code, found) == (0, dict.fromkeys(reversed(GRAPH), "destroyed")), said
    assert json.loads((root / "state" / "network.tfstate").read_text())["resources"] == []
