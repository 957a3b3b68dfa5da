"""A helm that is killed while it installs, upgrades or rolls back: what it left is healed, and no pod goes."""

import json
import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from modules.deploy import interrupted_releases
from modules.deploy.in_cluster import InCluster
from modules.deploy.kubernetes_api import KubernetesApi
from modules.doctor.account import Account
from modules.errors import CommandError
from modules.state import applied_stacks
from tests.support import child_process, helm
from tests.support.control_plane import CommandFailed, ControlPlane, kubeconfig

NAME = "user-service"
SECONDS = 120
NETWORK, PODS = helm.NETWORK, helm.PODS
RELEASE = {"name": NAME, "timeout": 900}
FINALIZER = '"tests/held"'
HELD = f'{{"metadata": {{"finalizers": [{FINALIZER}]}}}}'


@pytest.fixture(scope="module")
def plane(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ControlPlane]:
    with ControlPlane(folder=tmp_path_factory.mktemp("control-plane"), node_count=1) as plane:
        yield plane


@pytest.fixture
def api(plane: ControlPlane) -> KubernetesApi:
    return kubeconfig.api(plane.kubeconfig)


@pytest.fixture
def namespace(plane: ControlPlane, request: pytest.FixtureRequest) -> Iterator[str]:
    name = f"pending-{abs(hash(request.node.name))}"
    plane.kubectl("create", "namespace", name)
    plane.kubectl("create", "serviceaccount", NAME, f"--namespace={name}")
    yield name
    plane.kubectl("delete", "namespace", name, "--wait=false")


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A local state that no Terraform has locked, on a machine where nothing of Helm runs."""
    _processes(monkeypatch, tmp_path, "sh -c true")
    file = tmp_path / "user-service.tfstate"
    file.touch()
    return file


def test_a_killed_install_is_taken_over_by_the_next(
    plane: ControlPlane, api: KubernetesApi, namespace: str, state: Path
) -> None:
    with plane.nodes_stand_still():
        _kill(plane, namespace, 1, *_upgrade())
    assert _history(plane, namespace) == ["pending-install"]
    with pytest.raises(CommandFailed, match=r"another operation \(install/upgrade/rollback\) is in progress"):
        plane.helm(*_upgrade(), f"--namespace={namespace}")
    before = _pods(plane, namespace)
    said = _heal(api, namespace, state)
    assert f"Helm release {NAME} is pending-install (revision 1, since " in said
    assert f"Deleted Helm's record of it (Secret sh.helm.release.v1.{NAME}.v1)" in said
    assert "its pods and other objects are as they were, and this deploy installs it anew" in said
    plane.helm("install", NAME, *_chart(), "--wait", f"--namespace={namespace}", "--timeout=120s")
    assert _history(plane, namespace) == ["deployed"]
    assert before <= _pods(plane, namespace)


def test_a_killed_upgrade_is_forgotten_and_the_next_goes_on_from_the_revision_before(
    plane: ControlPlane, api: KubernetesApi, namespace: str, state: Path
) -> None:
    plane.helm(*_upgrade(), f"--namespace={namespace}")
    before = _pods(plane, namespace)
    with plane.nodes_stand_still():
        _kill(plane, namespace, 2, *_upgrade("--set=memory=640Mi"))
        assert _history(plane, namespace) == ["deployed", "pending-upgrade"]
        said = _heal(api, namespace, state)
        assert "is pending-upgrade (revision 2" in said
        assert "this deploy goes on from revision 1." in said
        assert _history(plane, namespace) == ["deployed"]
        assert before & _pods(plane, namespace)  # those that run go only when new ones are ready
    plane.helm(*_upgrade("--set=memory=640Mi"), f"--namespace={namespace}")
    assert _history(plane, namespace) == ["superseded", "deployed"]


def test_a_killed_rollback_is_forgotten_too(
    plane: ControlPlane, api: KubernetesApi, namespace: str, state: Path
) -> None:
    plane.helm(*_upgrade(), f"--namespace={namespace}")
    with plane.nodes_stand_still():
        with pytest.raises(CommandFailed, match="UPGRADE FAILED"):
            plane.helm(
                "upgrade", NAME, *_chart(), "--set=memory=640Mi", "--wait", "--timeout=3s", f"--namespace={namespace}"
            )
        plane.kubectl("delete", "pods", "--all", "--wait=false", f"--namespace={namespace}")  # or it would not wait
        _kill(plane, namespace, 3, "rollback", NAME, "1", "--wait", "--timeout=240s")
        assert _history(plane, namespace) == ["deployed", "failed", "pending-rollback"]
        before = _pods(plane, namespace)
        assert "is pending-rollback (revision 3" in _heal(api, namespace, state)
        assert _pods(plane, namespace) == before
    plane.helm(*_upgrade(), f"--namespace={namespace}")
    assert _history(plane, namespace) == ["superseded", "failed", "deployed"]


def test_an_install_that_failed_and_was_not_removed_is_taken_over_by_the_next(
    plane: ControlPlane, api: KubernetesApi, namespace: str, state: Path
) -> None:
    """As where the API server was gone when Helm wanted to remove it."""
    install = ("install", NAME, *_chart(), "--wait", f"--namespace={namespace}")
    with plane.nodes_stand_still(), pytest.raises(CommandFailed, match="INSTALLATION FAILED"):
        plane.helm(*install, "--timeout=3s")
    with pytest.raises(CommandFailed, match="cannot re-use a name that is still in use"):
        plane.helm(*install)
    before = _pods(plane, namespace)
    assert "is failed (revision 1" in _heal(api, namespace, state)
    plane.helm(*install, "--timeout=120s")
    assert before <= _pods(plane, namespace)


def test_a_killed_uninstall_is_no_hindrance_to_a_new_install(
    plane: ControlPlane, api: KubernetesApi, namespace: str, state: Path
) -> None:
    plane.helm(*_upgrade(), f"--namespace={namespace}")
    patch = ("patch", "deployment", NAME, "--type=merge", f"--namespace={namespace}")
    plane.kubectl(*patch, f"--patch={HELD}")
    uninstall = child_process.start(
        [plane.programs["helm"], "uninstall", NAME, "--wait", f"--namespace={namespace}"], env=plane.environment
    )
    _until(
        lambda: "deletionTimestamp" in plane.kubectl("get", "deployment", NAME, f"--namespace={namespace}", "-oyaml")
    )
    assert _history(plane, namespace) == ["uninstalling"]
    uninstall.kill()
    uninstall.wait(30)
    plane.kubectl(*patch, f"--patch={HELD.replace(FINALIZER, '')}")
    said = _heal(api, namespace, state)
    assert "is uninstalling (revision 1" in said
    assert "this deploy installs it anew and takes over what is there." in said
    _until(lambda: not plane.kubectl("get", "deployments", f"--namespace={namespace}", "--output=name"))
    plane.helm("install", NAME, *_chart(), "--wait", f"--namespace={namespace}", "--timeout=120s")
    assert _history(plane, namespace) == ["deployed"]


def test_a_release_that_helm_works_on_is_left_to_it(
    plane: ControlPlane, api: KubernetesApi, namespace: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a state elsewhere, the revision's age decides; here Helm ends before that, and nothing is deleted."""
    monkeypatch.setattr(interrupted_releases, "SECONDS_BETWEEN", 0.5)
    with plane.nodes_stand_still():
        working = _start(plane, namespace, 1, *_upgrade())
        assert interrupted_releases.find(api, namespace, NAME)
    said = _heal(api, namespace, None)
    assert "and another machine may be working on it. Waiting for it, until " in said
    assert f"kubectl delete secret sh.helm.release.v1.{NAME}.v1 --namespace={namespace}" in said
    assert "Deleted" not in said
    assert working.wait(SECONDS) == 0
    assert _history(plane, namespace) == ["deployed"]


def test_a_revision_that_is_older_than_helms_timeout_is_nobodys(
    plane: ControlPlane, api: KubernetesApi, namespace: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(interrupted_releases, "CLOCK_SECONDS", 1)
    monkeypatch.setattr(interrupted_releases, "SECONDS_BETWEEN", 0.5)
    with plane.nodes_stand_still():
        _kill(plane, namespace, 1, *_upgrade())
        said = _heal(api, namespace, None, timeout=5)
    assert "Waiting for it" in said
    assert "Deleted Helm's record" in said
    assert _history(plane, namespace) == []


def test_a_binding_without_its_controller_keeps_its_namespace_until_its_finalizer_goes(
    plane: ControlPlane, api: KubernetesApi, namespace: str, tmp_path: Path
) -> None:
    values = json.dumps(helm.values(NETWORK))
    (tmp_path / "values.json").write_text(values)
    chart = str(helm.CHARTS / NETWORK)
    plane.helm("install", "network", chart, f"--namespace={namespace}", f"--values={tmp_path / 'values.json'}")
    kept = '{"metadata": {"finalizers": ["elbv2.k8s.aws/resources"]}}'  # as the controller sets it
    patch = ("patch", "targetgroupbinding", NAME, f"--namespace={namespace}", "--type=merge")
    plane.kubectl(*patch, f"--patch={kept}")
    _refuses_to_destroy_the_controller(api, namespace, tmp_path)
    plane.kubectl("delete", "namespace", namespace, "--wait=false")
    _until(lambda: "targetgroupbindings" in plane.kubectl("get", "namespace", namespace, "--output=yaml"))
    assert plane.kubectl("get", "namespace", namespace, "--output=jsonpath={.status.phase}") == "Terminating"
    plane.kubectl(*patch, '--patch={"metadata": {"finalizers": null}}')
    plane.kubectl("wait", f"namespace/{namespace}", "--for=delete", "--timeout=60s")
    plane.kubectl("create", "namespace", namespace)


def _refuses_to_destroy_the_controller(api: KubernetesApi, namespace: str, folder: Path) -> None:
    stack = folder / "generated" / "stacks" / "platform"
    stack.mkdir(parents=True)
    release = {"name": "aws-load-balancer-controller", "namespace": "kube-system"}
    backend = {"backend": {"local": {"path": "../../../state/platform.tfstate"}}}
    configuration: dict[str, Any] = {"terraform": backend, "resource": {"helm_release": {"controller": release}}}
    (stack / "cdk.tf.json").write_text(json.dumps(configuration))
    (folder / "generated" / "manifest.json").write_text('{"stacks": {"platform": {"dependencies": []}}}')
    cluster = InCluster("shop", Account("eu-west-1"), print)
    cluster._api = api
    with pytest.raises(CommandError) as refused:
        cluster.require_no_bindings(applied_stacks.read(folder / "generated")["platform"])
    said = str(refused.value)
    assert f"These TargetGroupBindings still need the load balancer controller: {namespace}/{NAME}." in said
    assert f"make destroy STACK={namespace}" in said


def _chart() -> tuple[str, ...]:
    return str(helm.CHARTS / PODS), f"--values={helm.CHARTS / PODS / 'tests' / 'values.yaml'}"


def _upgrade(*options: str) -> tuple[str, ...]:
    return ("upgrade", NAME, *_chart(), "--install", "--atomic", "--wait", "--timeout=240s", *options)


def _heal(api: KubernetesApi, namespace: str, state: Path | None, **release: Any) -> str:
    said: list[str] = []
    interrupted_releases.heal(api, [RELEASE | {"namespace": namespace} | release], state, said.append)
    return "\n".join(said)


def _start(plane: ControlPlane, namespace: str, revision: int, *arguments: str) -> "subprocess.Popen[str]":
    """A helm that has written this revision's record and waits for its pods."""
    command: list[str | Path] = [plane.programs["helm"], *arguments, f"--namespace={namespace}"]
    working = child_process.start(command, env=plane.environment)

    def waits() -> bool:
        assert working.poll() is None
        history = _history(plane, namespace)
        return len(history) == revision and history[-1].startswith("pending-")

    _until(waits)
    time.sleep(2)  # what it applies beside the record
    return working


def _kill(plane: ControlPlane, namespace: str, revision: int, *arguments: str) -> None:
    working = _start(plane, namespace, revision, *arguments)
    working.kill()
    working.wait(30)


def _history(plane: ControlPlane, namespace: str) -> list[str]:
    records = plane.kubectl("get", "secrets", f"--namespace={namespace}", "--selector=owner=helm", "--output=json")
    labels = [one["metadata"]["labels"] for one in json.loads(records)["items"]]
    return [one["status"] for one in sorted(labels, key=lambda one: int(one["version"]))]


def _pods(plane: ControlPlane, namespace: str) -> set[str]:
    listed = json.loads(plane.kubectl("get", "pods", f"--namespace={namespace}", "--output=json"))["items"]
    return {pod["metadata"]["uid"] for pod in listed if "deletionTimestamp" not in pod["metadata"]}


def _until(is_true: Any) -> None:
    end = time.monotonic() + SECONDS
    while not is_true():
        assert time.monotonic() < end
        time.sleep(0.1)


def _processes(monkeypatch: pytest.MonkeyPatch, folder: Path, *lines: str) -> None:
    """Lets `ps` list these; faults that run in threads beside this test find their own programs on PATH as before."""
    (folder / "bin").mkdir(exist_ok=True)
    program = folder / "bin" / "ps"
    program.write_text("#!/bin/sh\ncat <<'end'\n" + "\n".join(lines) + "\nend\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}")
