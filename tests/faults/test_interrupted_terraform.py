"""Terraform killed with its Helm provider while they install, upgrade or roll back: healed as a killed helm is.

In the nightly tier, where `TF_PLUGIN_MIRROR` has hashicorp/helm or a registry is reached; docs/faults.md, note 4.
"""

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from modules.deploy import interrupted_releases
from modules.deploy.kubernetes_api import KubernetesApi
from modules.facts import terraform
from modules.state import state_file
from tests.support import child_process, helm
from tests.support.control_plane import ControlPlane, kubeconfig
from tests.support.terraform_workspace import LACKS_PROVIDER, terraform_environment
from tests.support.tool_missing import ToolMissing

pytestmark = pytest.mark.nightly(minutes=6)

NAME = "user-service"
SECONDS = 240
MORE = {"memory": "640Mi"}


@pytest.fixture(scope="module")
def plane(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ControlPlane]:
    with ControlPlane(folder=tmp_path_factory.mktemp("control-plane"), node_count=1) as plane:
        yield plane


class Release:
    """A stack with one release of a service's pods, in a namespace of its own."""

    def __init__(self, plane: ControlPlane, namespace: str, folder: Path) -> None:
        self.plane, self.namespace, self.folder = plane, namespace, folder
        self.environment = terraform_environment(folder)
        self.declare()
        done = subprocess.run(
            ["terraform", "init"],
            cwd=folder,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        if "helm" in LACKS_PROVIDER.findall(done.stdout + done.stderr):
            raise ToolMissing("no hashicorp/helm: set TF_PLUGIN_MIRROR, or let terraform reach a registry")
        assert done.returncode == 0, done.stderr

    def declare(self, changes: dict[str, Any] | None = None, timeout: int = SECONDS) -> None:
        release = {
            "name": NAME,
            "namespace": self.namespace,
            "chart": str(helm.CHARTS / helm.PODS),
            "values": [json.dumps(helm.values(helm.PODS, changes))],
            "wait": True,
            "atomic": True,
            "upgrade_install": True,
            "timeout": timeout,
        }
        stack = {
            "terraform": {"required_providers": {"helm": terraform.HELM}},
            "provider": {"helm": [{"kubernetes": {"config_path": str(self.plane.kubeconfig)}}]},
            "resource": {"helm_release": {"user_service": release}},
        }
        (self.folder / "cdk.tf.json").write_text(json.dumps(stack))

    def start(self) -> "subprocess.Popen[str]":
        command = ["terraform", "apply", "-auto-approve"]
        with (self.folder / "said").open("w") as said:
            return child_process.start(
                command, cwd=self.folder, env=self.environment, stdout=said, stderr=said, start_new_session=True
            )

    def apply(self) -> None:
        assert self.start().wait(SECONDS) == 0, (self.folder / "said").read_text()

    def kill_when(self, is_reached: Callable[[], bool]) -> None:
        """As when the machine goes: Terraform and its provider at once."""
        working = self.start()
        _until(lambda: is_reached() or working.poll() is not None)
        assert working.poll() is None, (self.folder / "said").read_text()
        os.killpg(working.pid, signal.SIGKILL)
        working.wait(30)

    def history(self) -> list[str]:
        labels = [one["metadata"]["labels"] for one in self._items("secrets", "--selector=owner=helm")]
        return [one["status"] for one in sorted(labels, key=lambda one: int(one["version"]))]

    def pods(self) -> set[str]:
        listed = self._items("pods")
        return {one["metadata"]["uid"] for one in listed if "deletionTimestamp" not in one["metadata"]}

    def _items(self, *kind: str) -> list[dict[str, Any]]:
        where = f"--namespace={self.namespace}"
        return list(json.loads(self.plane.kubectl("get", *kind, where, "--output=json"))["items"])

    def heal(self) -> str:
        """As the next `make deploy` does; the state is a local file that no Terraform has locked."""
        state = self.folder / "terraform.tfstate"
        state.touch()
        assert not state_file.is_locked(state)
        api: KubernetesApi = kubeconfig.api(self.plane.kubeconfig)
        declared = {"name": NAME, "namespace": self.namespace, "timeout": SECONDS}
        said: list[str] = []
        interrupted_releases.heal(api, [declared], state, said.append)
        return "\n".join(said)


@pytest.fixture
def release(plane: ControlPlane, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Release]:
    namespace = f"pending-{abs(hash(request.node.name))}"
    plane.kubectl("create", "namespace", namespace)
    plane.kubectl("create", "serviceaccount", NAME, f"--namespace={namespace}")
    yield Release(plane, namespace, tmp_path)
    plane.kubectl("delete", "namespace", namespace, "--wait=false")


def test_a_killed_install_is_taken_over_by_the_next_apply(plane: ControlPlane, release: Release) -> None:
    with plane.nodes_stand_still():
        release.kill_when(lambda: release.history() == ["pending-install"] and bool(release.pods()))
        before = release.pods()
        assert f"Helm release {NAME} is pending-install (revision 1" in release.heal()
    release.apply()
    assert release.history() == ["deployed"]
    assert before <= release.pods()


def test_after_a_killed_upgrade_the_next_apply_goes_on_from_the_revision_before(
    plane: ControlPlane, release: Release
) -> None:
    release.apply()
    before = release.pods()
    release.declare(MORE)
    with plane.nodes_stand_still():
        release.kill_when(lambda: release.history() == ["deployed", "pending-upgrade"])
        assert "is pending-upgrade (revision 2" in release.heal()
        assert before & release.pods()
    release.apply()
    assert release.history() == ["superseded", "deployed"]


def test_after_a_killed_rollback_too(plane: ControlPlane, release: Release) -> None:
    release.apply()
    release.declare(MORE, timeout=20)
    with plane.nodes_stand_still():
        release.kill_when(lambda: _rolls_back(release))
        assert "is pending-rollback (revision 3" in release.heal()
    release.declare(MORE)
    release.apply()
    assert release.history()[-1] == "deployed"


def test_the_values_of_before_are_deployed_after_a_killed_rollback_though_the_provider_says_once_that_it_failed(
    plane: ControlPlane, release: Release
) -> None:
    """It plans no other revision and finds one: the values are those of its state, which a refresh has changed."""
    release.apply()
    release.declare(MORE, timeout=20)
    with plane.nodes_stand_still():
        release.kill_when(lambda: _rolls_back(release))
        release.heal()
    release.declare()
    with pytest.raises(AssertionError, match="Provider produced inconsistent result after apply"):
        release.apply()
    assert release.history()[-1] == "deployed"
    release.apply()
    assert "No changes" in (release.folder / "said").read_text()


def _rolls_back(release: Release) -> bool:
    """Once the upgrade is begun, its pods are deleted: or the rollback would not wait for any."""
    history = release.history()
    if history[-1] == "pending-upgrade":
        where = f"--namespace={release.namespace}"
        release.plane.kubectl("delete", "pods", "--all", "--wait=false", where)
    return history[-1] == "pending-rollback"


def _until(is_true: Callable[[], bool]) -> None:
    end = time.monotonic() + SECONDS
    while not is_true():
        assert time.monotonic() < end
        time.sleep(0.2)
