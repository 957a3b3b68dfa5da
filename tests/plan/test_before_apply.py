"""What `make deploy` does before it applies a stack, by real Terraform on an emulated AWS: it makes the
repository of an image that is not there yet, and takes over log groups that AWS made anew after a destroy.
"""

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from modules.checks.check import check
from modules.deploy import first_image, log_groups
from modules.deploy.first_image import MissingImage
from modules.doctor.account import Account
from modules.spec.model import Spec
from modules.state import applied_stacks, state_file
from modules.state.applied_stacks import Stack
from tests.support import child_process
from tests.support.emulator import REGION, clients, emulated_aws
from tests.support.run_synth import synthesise
from tests.support.terraform_workspace import Workspace

SYSTEM: dict[str, Any] = {
    "project": "shop",
    "region": REGION,
    "protection": False,
    "accept": ["private-api"],
    "services": {"orders": {"pods": 1, "image": "v1"}},
}
EKS, REDSHIFT = "/aws/eks/shop/cluster", "/aws/redshift/shop-orders/userlog"
MANIFEST = {
    "mediaType": "application/vnd.docker.distribution.manifest.v2+json",
    "config": {"digest": "sha256:" + "0" * 64},
    "layers": [],
    "schemaVersion": 2,
}
Client = Callable[[str], Any]


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """Of an AWS of its own, in which this process and all that it starts are then."""
    with emulated_aws(tmp_path_factory.mktemp("aws") / "log") as aws, pytest.MonkeyPatch.context() as patch:
        for name, value in {**aws, "AWS_REGION": REGION}.items():
            patch.setenv(name, value)
        yield clients(aws)


@pytest.fixture
def workspace(client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """A generated tree; where there is no Helm provider, of AWS alone."""
    for name in ("generated", "work"):
        (tmp_path / name).mkdir()
    here = {name: value for name, value in os.environ.items() if name.startswith("AWS_")}
    workspace = Workspace(synthesise(SYSTEM, tmp_path / "generated"), tmp_path / "work", here)
    for name, value in workspace.environment.items():
        monkeypatch.setenv(name, value)
    return workspace


def _stack(workspace: Workspace, name: str) -> Stack:
    return applied_stacks.read(workspace.generated)[name]


def test_the_repository_is_made_first_and_the_image_is_asked_for_until_it_is_pushed(
    client: Client, workspace: Workspace, tmp_path: Path
) -> None:
    workspace.init("orders")
    spec = _spec(tmp_path)
    found = first_image.missing(_stack(workspace, "orders"), spec, Account(REGION), auto_approve=True)
    address = f"123456789012.dkr.ecr.{REGION}.amazonaws.com/shop/orders"
    assert found == MissingImage("orders", "v1", address)
    assert workspace.state_list("orders")[-3:] == [
        "aws_ecr_lifecycle_policy.orders",
        "aws_ecr_repository.orders",
        "aws_kms_key.orders_stores",
    ]
    client("ecr").put_image(repositoryName="shop/orders", imageManifest=json.dumps(MANIFEST), imageTag="v1")
    assert first_image.missing(_stack(workspace, "orders"), spec, Account(REGION), auto_approve=True) is None


def test_log_groups_that_aws_made_anew_are_imported_and_the_apply_goes_on(client: Client, workspace: Workspace) -> None:
    stack = _only_log_groups(workspace, {"cluster": EKS, "orders_userlog": REDSHIFT, "orders": "/shop/orders"})
    workspace.init("cluster")
    workspace.apply("cluster")
    workspace.destroy("cluster")
    logs = client("logs")
    for name in (EKS, REDSHIFT):
        logs.create_log_group(logGroupName=name)  # as EKS and Redshift do for their last lines
    refused = workspace.run("cluster", "apply", "-auto-approve")
    assert refused.returncode == 1
    assert "ResourceAlreadyExistsException" in refused.stdout
    assert log_groups.adopt(stack, Account(REGION)) == [EKS, REDSHIFT]
    workspace.apply("cluster")
    assert workspace.plan("cluster").code == 0
    (group,) = logs.describe_log_groups(logGroupNamePrefix=EKS)["logGroups"]
    assert group["retentionInDays"] == 30
    assert log_groups.adopt(stack, Account(REGION)) == []
    workspace.destroy("cluster")


def test_a_log_group_of_another_system_is_left_to_it(client: Client, workspace: Workspace) -> None:
    stack = _only_log_groups(workspace, {"cluster": EKS})
    logs = client("logs")
    logs.create_log_group(logGroupName=EKS, tags={"Project": "shop"})
    logs.create_log_group(logGroupName=f"{EKS}-of-another")
    assert log_groups.adopt(stack, Account(REGION)) == []
    for name in (EKS, f"{EKS}-of-another"):
        logs.delete_log_group(logGroupName=name)


def _only_log_groups(workspace: Workspace, names: dict[str, str]) -> Stack:
    """The stack `cluster` with nothing but these."""
    whole = workspace.whole["cluster"]
    groups = {address: {"name": name, "retention_in_days": 30} for address, name in names.items()}
    workspace.whole["cluster"] = {
        "terraform": whole["terraform"],
        "provider": whole["provider"],
        "resource": {log_groups.KIND: groups},
    }
    (workspace.folder("cluster") / "cdk.tf.json").write_text(json.dumps(workspace.whole["cluster"]))
    return _stack(workspace, "cluster")


def _spec(folder: Path) -> Spec:
    file = folder / "services.yaml"
    file.write_text(json.dumps(SYSTEM))
    checked = check(file, datetime.now(UTC).date())
    assert checked.spec, [checked.render(one) for one in checked.mistakes]
    return checked.spec


def test_a_state_is_locked_while_terraform_works_with_it_and_not_after_it_was_killed(tmp_path: Path) -> None:
    waits = {"terraform_data": {"one": {"provisioner": {"local-exec": {"command": "touch begun; exec sleep 60"}}}}}
    (tmp_path / "main.tf.json").write_text(json.dumps({"resource": waits}))
    state = tmp_path / "terraform.tfstate"
    for line in (["init"], ["apply", "-auto-approve"]):
        terraform = child_process.start(
            ["terraform", *line], cwd=tmp_path, stdout=subprocess.DEVNULL, start_new_session=True
        )
        if line == ["init"]:
            assert terraform.wait(60) == 0
    end = time.monotonic() + 60
    while not (tmp_path / "begun").exists():
        assert time.monotonic() < end
        time.sleep(0.1)
    assert state_file.is_locked(state)
    os.killpg(terraform.pid, signal.SIGKILL)
    terraform.wait(30)
    assert state_file.lock_of(state).exists()
    assert not state_file.is_locked(state)
