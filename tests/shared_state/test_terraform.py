"""States that moved, as Terraform sees them: a plan of what was applied before is empty, and a lock is a lock.

Also how somebody leaves: a copy of generated/ in another folder, with Terraform and no Python.
"""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import pytest

from modules.shared_state import lock as locks
from modules.shared_state.local_state import LocalState
from tests.shared_state.conftest import SERVICES, SYSTEM, System
from tests.shared_state.test_bootstrap import name
from tests.support import child_process
from tests.support.emulator import clients
from tests.support.run_synth import synthesise
from tests.support.terraform_workspace import Workspace

STACK = "network"
NO_CHANGES = "No changes. Your infrastructure matches the configuration."


class Applied(System):
    """A system whose `network` is applied; its states are on this machine."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.generated, self.folder = workspace.generated, workspace.generated.parent
        self.file, self.state = self.folder / "services.yaml", self.folder / "state"

    def plan(self) -> str:
        """Initialises without a question, and plans."""
        return _plan(self.generated / "stacks" / STACK, self.workspace.environment)


def _plan(folder: Path, environment: dict[str, str]) -> str:
    said = ""
    for words in (["init", "-input=false"], ["plan", "-input=false"]):
        line = ["terraform", f"-chdir={folder}", *words]
        done = subprocess.run(line, env=environment, capture_output=True, text=True, timeout=300, check=False)
        said = done.stdout + done.stderr
        if done.returncode:
            break
    return said


@pytest.fixture(scope="module")
def network(
    environment: dict[str, str], login: dict[str, str], generated: Path, tmp_path_factory: pytest.TempPathFactory
) -> Workspace:
    there = environment | login | {"AWS_S3_USE_PATH_STYLE": "true"}
    workspace = Workspace(generated, tmp_path_factory.mktemp("network"), there)
    workspace.init(STACK)
    workspace.apply(STACK)
    return workspace


@pytest.fixture
def network_system(network: Workspace, account: str) -> Iterator[Applied]:
    """With its state on this machine at first, and at the end again."""
    system = Applied(network)
    system.file.write_text(SERVICES, encoding="utf-8")
    yield system
    if not (system.state / f"{STACK}.tfstate").exists():
        assert system.run("migrate-state", "--to=local", "--yes") == 0


def test_a_plan_is_empty_after_a_bootstrap_and_after_the_way_back(network_system: Applied, account: str) -> None:
    before = (network_system.state / f"{STACK}.tfstate").read_bytes()
    assert network_system.run("bootstrap", "--yes") == 0
    said = network_system.plan()
    assert NO_CHANGES in said, said
    assert not (network_system.state / f"{STACK}.tfstate").exists()
    assert network_system.run("migrate-state", "--to=local", "--yes") == 0
    assert (network_system.state / f"{STACK}.tfstate").read_bytes() == before
    said = network_system.plan()
    assert NO_CHANGES in said, said


def test_drift_compares_aws_with_a_state_in_s3(
    network_system: Applied, account: str, capsys: pytest.CaptureFixture[str]
) -> None:
    environment, vpc = network_system.workspace.environment, network_system.workspace.outputs(STACK)["vpc_id"]
    ec2 = clients(environment)("ec2")
    assert network_system.run("bootstrap", "--yes") == 0
    capsys.readouterr()
    ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsHostnames={"Value": False})
    try:
        with patch.dict(os.environ, environment, clear=True):
            code = network_system.run("drift", STACK, "--json")
    finally:
        ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsHostnames={"Value": True})
    said = capsys.readouterr()
    assert code == 2, said.err
    (difference,) = json.loads(said.out)["differences"]
    assert (difference["address"], difference["words"]) == ("aws_vpc.main", ["enable_dns_hostnames: true -> false"])


def test_terraform_names_who_moves_a_state_and_what_finishes_that(network_system: Applied) -> None:
    place = LocalState(network_system.state / f"{STACK}.tfstate")
    place.lock(locks.new("0f6bcb9c-8d05-4b6f-9a0e-3f4e8a4c1b52", "make bootstrap"))
    try:
        said = " ".join(network_system.plan().replace("│", "").split())
    finally:
        place.unlock()
    assert "Error acquiring the state lock" in said
    assert "Operation: make bootstrap" in said
    assert "Info: the states move to another place; if it was killed, run again there: make bootstrap" in said


def test_an_apply_that_waits_for_a_yes_keeps_its_state_from_moving(
    network_system: Applied, capsys: pytest.CaptureFixture[str]
) -> None:
    line = ["terraform", f"-chdir={network_system.generated / 'stacks' / STACK}", "destroy"]
    environment = network_system.workspace.environment | {"TF_INPUT": "1"}
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    asking = child_process.start(line, env=environment, **pipes)
    assert asking.stdout
    assert any("There is no undo" in text for text in iter(asking.stdout.readline, ""))
    assert network_system.run("bootstrap", "--yes") == 1
    said = capsys.readouterr().err
    assert "The state is locked by " in said
    assert "for OperationTypeApply." in said
    assert "The lock of a local state ends with its process." in said
    assert isinstance(LocalState(network_system.state / f"{STACK}.tfstate").read(), bytes)


def _leave(generated: Path, state: Path | None, folder: Path, environment: dict[str, str]) -> str:
    """The plan in a copy, by a machine with Terraform and nothing else."""
    programs = folder / "programs"
    programs.mkdir(parents=True)
    (programs / "terraform").symlink_to(shutil.which("terraform") or "")
    shutil.copytree(generated, folder / "ours" / "generated", ignore=shutil.ignore_patterns(".terraform*"))
    if state:
        shutil.copytree(state, folder / "ours" / "state")
    return _plan(folder / "ours" / "generated" / "stacks" / STACK, environment | {"PATH": str(programs)})


@pytest.mark.parametrize(
    ("language", "place"),
    [
        ("json", "local"),
        ("hcl", "s3"),
        pytest.param("json", "s3", marks=pytest.mark.nightly(minutes=1)),
        pytest.param("hcl", "local", marks=pytest.mark.nightly(minutes=1)),
    ],
)
def test_who_leaves_plans_no_change(
    network_system: Applied, account: str, tmp_path: Path, place: str, language: str
) -> None:
    if place == "s3":
        assert network_system.run("bootstrap", "--yes") == 0
    target = {"state": {"s3": {"bucket": name(account)}}} if place == "s3" else {}
    (tmp_path / "made").mkdir()
    generated = synthesise({**SYSTEM, **target}, tmp_path / "made", as_hcl=language == "hcl")
    for metadata in generated.glob("stacks/*/metadata.json"):
        metadata.unlink()
    state = network_system.state if place == "local" else None
    said = _leave(generated, state, tmp_path / "left", network_system.workspace.environment)
    assert NO_CHANGES in said, said
