"""A pod for which the demo's nodes have no room: the demo ends with the reason, and with what to do."""

import io
import json
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.console import Console

from demo import deploy as demo
from demo.deploy import Cluster, Terraform
from demo.interrupt import SIGNALS, Children
from demo.progress import Progress
from modules.errors import CommandError
from tests.support import helm, kubernetes_installer
from tests.support.control_plane import ControlPlane
from tests.support.kubernetes_installer import Release
from tests.support.terraform_workspace import Workspace

NAME = "user-service"
DECLARED = {"user": {"name": NAME, "namespace": NAME}}


@pytest.fixture
def plane(tmp_path: Path) -> Iterator[ControlPlane]:
    with ControlPlane(folder=tmp_path, node_count=1) as plane:
        plane.kubectl("create", "namespace", NAME)
        plane.kubectl("create", "serviceaccount", NAME, f"--namespace={NAME}")
        yield plane


@pytest.fixture
def children() -> Iterator[Children]:
    """As in the demo's own process, which then ignores signals for the rest of its life; this one goes on."""
    handlers = {number: signal.getsignal(number) for number in SIGNALS}
    try:
        with Children() as children:
            yield children
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)


class AwsHalf(Terraform):
    """One stack whose AWS half is applied already."""

    def __init__(self, folder: Path, children: Children, progress: Progress) -> None:
        self.stacks, self.needs, self.aws_only = [NAME], {NAME: []}, {NAME}
        self.whole = {NAME: {"resource": {"helm_release": DECLARED}}}
        self.logs, self.children, self.progress, self.made = folder, children, progress, {NAME: 0}

    def apply(self, stack: str) -> None:
        pass


def install(_: Workspace, plane: ControlPlane, stack: str) -> None:
    values = json.dumps(helm.values(helm.PODS, {"cpu": "64000m"}))
    release = Release(NAME, NAME, helm.CHARTS / helm.PODS, "0.0.0", values, 15)
    kubernetes_installer.upgrade(plane, release)


def test_the_demo_says_why_a_pod_is_not_ready(
    plane: ControlPlane, children: Children, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kubernetes_installer, "install", install)
    progress = Progress(Console(file=io.StringIO()))
    with pytest.raises(CommandError) as ended:
        demo.deploy(AwsHalf(plane.folder, children, progress), Cluster(plane.folder, children), progress)
    said = str(ended.value)
    print(said)
    assert "context deadline exceeded" in said
    assert "\n  Pods that are not ready:\n" in said
    assert f"{NAME}/{NAME}-" in said
    assert ": Pending, Unschedulable\n" in said
    assert "Insufficient cpu" in said
    assert "Next step: No node has that much room: ask for less `cpu:`" in said
