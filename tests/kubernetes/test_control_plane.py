"""The control plane itself: it is the real thing, survives a crash of its API server, and leaves nothing behind."""

import json
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from modules.paths import ROOT
from tests.support import child_process
from tests.support.control_plane import CommandFailed, ControlPlane

PRIVILEGED = '{"spec": {"containers": [{"name": "a", "image": "a:1", "securityContext": {"privileged": true}}]}}'


@pytest.fixture
def namespace(control_plane: ControlPlane, request: pytest.FixtureRequest) -> Iterator[str]:
    name = re.sub("[^a-z]+", "-", request.node.name)[:60].strip("-")
    control_plane.kubectl("create", "namespace", name)
    yield name
    control_plane.kubectl("delete", "namespace", name)


def test_it_says_its_version(control_plane: ControlPlane, version: str) -> None:
    said = json.loads(control_plane.kubectl("version", "--output=json"))
    assert f"{said['serverVersion']['major']}.{said['serverVersion']['minor']}" == version
    assert said["clientVersion"]["gitVersion"] == said["serverVersion"]["gitVersion"]


def test_five_nodes_of_fargate_are_ready_in_three_zones(control_plane: ControlPlane) -> None:
    nodes = control_plane.kubectl(
        "get",
        "nodes",
        "--selector=eks.amazonaws.com/compute-type=fargate,kubernetes.io/os=linux,kubernetes.io/arch=amd64",
        "--label-columns=topology.kubernetes.io/zone",
        "--no-headers",
    ).splitlines()
    assert [line.split()[1] for line in nodes] == ["Ready"] * 5
    assert {line.split()[-1] for line in nodes} == {"eu-west-1a", "eu-west-1b", "eu-west-1c"}


def test_a_deployment_runs_and_goes(control_plane: ControlPlane, namespace: str) -> None:
    control_plane.kubectl("-n", namespace, "create", "deployment", "web", "--image=web:1", "--replicas=3")
    control_plane.kubectl("-n", namespace, "rollout", "status", "deployment/web", "--timeout=60s")
    control_plane.kubectl("-n", namespace, "delete", "deployment", "web", "--cascade=foreground", "--timeout=60s")
    assert control_plane.kubectl("-n", namespace, "get", "pods", "--output=name") == ""


def test_a_job_completes(control_plane: ControlPlane, namespace: str) -> None:
    control_plane.kubectl("-n", namespace, "create", "job", "once", "--image=once:1")
    control_plane.kubectl("-n", namespace, "wait", "--for=condition=Complete", "job/once", "--timeout=60s")


def test_an_image_that_is_missing_is_never_ready(control_plane: ControlPlane, namespace: str) -> None:
    control_plane.kubectl("-n", namespace, "create", "deployment", "web", "--image=web:missing")
    with pytest.raises(CommandFailed, match="timed out waiting for the condition"):
        control_plane.kubectl("-n", namespace, "rollout", "status", "deployment/web", "--timeout=3s")
    wait = ("-n", namespace, "wait", "pod", "--selector=app=web", "--timeout=60s")
    control_plane.kubectl(*wait, "--for=create")
    control_plane.kubectl(*wait, "--for=jsonpath={.status.containerStatuses[0].state.waiting.reason}=ImagePullBackOff")


def test_a_restricted_namespace_refuses_a_privileged_pod(control_plane: ControlPlane, namespace: str) -> None:
    run = ("-n", namespace, "run", "a", "--image=a:1", "--overrides", PRIVILEGED)
    control_plane.kubectl(*run)
    control_plane.kubectl("-n", namespace, "delete", "pod", "a", "--timeout=60s")
    control_plane.kubectl("label", "namespace", namespace, "pod-security.kubernetes.io/enforce=restricted")
    with pytest.raises(CommandFailed, match=r'violates PodSecurity "restricted:latest": privileged'):
        control_plane.kubectl(*run)


def test_an_api_server_that_crashed_comes_back_with_its_data(control_plane: ControlPlane, namespace: str) -> None:
    control_plane.kubectl("-n", namespace, "create", "configmap", "kept", "--from-literal=a=b")
    endpoint = control_plane.endpoint
    control_plane.restart_apiserver()
    assert control_plane.endpoint == endpoint
    assert control_plane.kubectl("-n", namespace, "get", "configmap", "kept", "--output=jsonpath={.data.a}") == "b"
    control_plane.kubectl("-n", namespace, "create", "deployment", "web", "--image=web:1")
    control_plane.kubectl("-n", namespace, "rollout", "status", "deployment/web", "--timeout=60s")


@pytest.mark.parametrize(
    ("end", "handler"),
    [(signal.SIGINT, signal.SIG_DFL), (signal.SIGINT, signal.SIG_IGN), (signal.SIGKILL, signal.SIG_DFL)],
    ids=["ctrl-C", "ctrl-C, started in the background of a shell", "SIGKILL"],
)
def test_no_process_outlives_the_one_that_started_it(
    version: str, end: signal.Signals, handler: signal.Handlers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    command = [sys.executable, "-m", "tests.support.control_plane", f"--version={version}"]
    signal.signal(signal.SIGINT, handler)  # which the process inherits
    try:
        runner = child_process.start(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    finally:
        child_process.heed_ctrl_c()
    assert runner.stdout
    assert runner.stdout.readline().startswith(f"KUBECONFIG={tmp_path}")
    (group,) = {group for parent, group in _processes() if parent == runner.pid}
    assert [one for _, one in _processes()].count(group) >= 6
    runner.send_signal(end)
    assert runner.wait(timeout=30) == (0 if end == signal.SIGINT else -end)
    deadline = time.monotonic() + 10
    while any(one == group for _, one in _processes()):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    if end == signal.SIGINT:
        assert list(tmp_path.iterdir()) == []


def _processes() -> list[tuple[int, int]]:
    """Parent and process group of all that are alive."""
    listed = subprocess.run(["ps", "-A", "-o", "ppid=,pgid=,stat="], capture_output=True, text=True, check=True).stdout
    rows = [line.split() for line in listed.splitlines()]
    return [(int(parent), int(group)) for parent, group, state in rows if not state.startswith("Z")]
