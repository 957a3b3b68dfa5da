"""The node itself: what only a kubelet and a container runtime can show, and that nothing of them stays."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from modules.paths import ROOT
from tests.support import child_process
from tests.support.control_plane import CommandFailed
from tests.support.node import cgroups
from tests.support.process_group import has_ended

from .conftest import Cluster

STARTER = """
import signal, sys
from tests.support.control_plane import ControlPlane
from tests.support.node import Node, stand_ins
signal.signal(signal.SIGTERM, signal.default_int_handler)
with ControlPlane(node_count=0) as plane, Node(plane, [stand_ins.service(["docker.io/a/b:1"])]) as node:
    plane.kubectl("run", "a", "--image=docker.io/a/b:1", "--", "-listen=:8080")
    plane.kubectl("wait", "pod/a", "--for=condition=Ready", "--timeout=60s")
    print(node.folder, node.cgroup, node.supervisor.pid, flush=True)
    signal.pause()
"""


def test_kwoks_nodes_are_beside_it(cluster: Cluster, namespace: str) -> None:
    nodes = cluster.items("default", "nodes")
    assert sorted(node["metadata"]["name"] for node in nodes) == ["fargate-1", "fargate-2", cluster.node.name]
    versions = {node["status"]["nodeInfo"]["containerRuntimeVersion"].partition(":")[0] for node in nodes}
    assert "containerd" in versions
    cluster.run(namespace, "here")
    cluster.wait_ready(namespace, "here")
    (pod,) = cluster.items(namespace, "pods")
    assert pod["spec"]["nodeName"] == cluster.node.name


def test_logs_exec_and_port_forward_reach_a_container(cluster: Cluster, namespace: str) -> None:
    cluster.run(namespace, "web", "-listen=:8080", "-text=hello")
    cluster.wait_ready(namespace, "web")
    with cluster.forwarded(namespace, "pod/web") as ask:
        assert ask("/") == "hello\n"
    assert "listening on :8080" in cluster.kubectl(f"--namespace={namespace}", "logs", "web")
    assert json.loads(cluster.service(namespace, "web", "-show"))["user"] == 65532
    reasons = [event["reason"] for event in cluster.items(namespace, "events")]
    assert [one for one in ("Scheduled", "Pulled", "Created", "Started") if one not in reasons] == []


def test_a_pod_reaches_another_by_the_name_of_its_service(cluster: Cluster, namespace: str) -> None:
    cluster.run(namespace, "web", "-listen=:8080", "-text=hello")
    cluster.run(namespace, "client")
    cluster.kubectl(f"--namespace={namespace}", "expose", "pod", "web", "--port=80", "--target-port=8080")
    for pod in ("web", "client"):
        cluster.wait_ready(namespace, pod)
    for name in (f"web.{namespace}", f"web.{namespace}.svc.cluster.local", "web"):
        assert _got(cluster, namespace, f"http://{name}/") == "hello\n"
    with pytest.raises(CommandFailed, match=r"lookup other\.example\.com on 169\.254\.20\.10:53"):
        cluster.service(namespace, "client", "-get=http://other.example.com/")


def _got(cluster: Cluster, namespace: str, url: str) -> str:
    """kube-proxy and CoreDNS hear of a service a moment later."""

    def ask() -> str:
        try:
            return cluster.service(namespace, "client", f"-get={url}")
        except CommandFailed:
            return ""

    return str(cluster.eventually(f"an answer of {url}", ask, 20))


def test_a_container_that_takes_more_memory_than_its_limit_is_killed(cluster: Cluster, namespace: str) -> None:
    size = {"requests": {"memory": "64Mi"}, "limits": {"memory": "64Mi"}}
    cluster.run(namespace, "hog", "-listen=:8080", resources=size)
    cluster.wait_ready(namespace, "hog")
    with cluster.forwarded(namespace, "pod/hog") as ask, pytest.raises(OSError, match=r"."):
        ask("/hog?n=128")
    ended = cluster.eventually(
        "the end of the container", lambda: cluster.container(namespace, "hog").get("lastState", {}).get("terminated")
    )
    assert (ended["reason"], ended["exitCode"]) == ("OOMKilled", 128 + signal.SIGKILL)


def test_an_image_that_is_not_there_is_said(cluster: Cluster, namespace: str) -> None:
    cluster.run(namespace, "lost", image="docker.io/nobody/nothing:1")

    def reason() -> str:
        waiting = cluster.container(namespace, "lost")["state"].get("waiting", {})
        return str(waiting.get("message", "")) if waiting.get("reason") == "ImagePullBackOff" else ""

    assert 'Back-off pulling image "docker.io/nobody/nothing:1"' in cluster.eventually("ImagePullBackOff", reason)


@pytest.mark.parametrize("kind", ["http", "grpc", "tcp", "exec"])
def test_a_container_is_restarted_when_its_liveness_probe_fails(cluster: Cluster, namespace: str, kind: str) -> None:
    handlers: dict[str, dict[str, object]] = {
        "http": {"httpGet": {"path": "/", "port": 8080}},
        "grpc": {"grpc": {"port": 8080}},
        "tcp": {"tcpSocket": {"port": 8081}},  # where nothing listens
        "exec": {"exec": {"command": ["/service", "-exit=1"]}},
    }
    probe = handlers[kind] | {"periodSeconds": 1, "failureThreshold": 2}
    cluster.run(namespace, "sick", "-listen=:8080", "-unhealthy", livenessProbe=probe)
    cluster.eventually("a restart", lambda: cluster.container(namespace, "sick")["restartCount"] > 0)
    killed = [event["message"] for event in cluster.items(namespace, "events") if event["reason"] == "Killing"]
    assert "Container sick failed liveness probe, will be restarted" in killed


@pytest.mark.parametrize(("arguments", "words"), [([], "ended after the last request"), (["-ignore-term"], "SIGTERM")])
def test_a_container_ends_on_sigterm_or_is_killed_after_its_grace_period(
    cluster: Cluster, namespace: str, arguments: list[str], words: str
) -> None:
    cluster.run(namespace, "web", "-listen=:8080", *arguments)
    cluster.wait_ready(namespace, "web")
    options = (f"--namespace={namespace}", "logs", "web", "--follow")
    program = cluster.plane.programs["kubectl"]
    logs = child_process.start([program, *options], env=cluster.plane.environment, stdout=subprocess.PIPE)
    started = time.monotonic()
    cluster.kubectl(f"--namespace={namespace}", "delete", "pod", "web", "--grace-period=8")
    took = time.monotonic() - started
    said, _ = logs.communicate(timeout=20)
    assert words in said
    assert (took >= 8) == bool(arguments)


def _command(pid: int) -> str | None:
    """Name of a process; none where it has ended since it was seen."""
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip()
    except (FileNotFoundError, ProcessLookupError):
        return None


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGKILL])
def test_nothing_outlives_whoever_started_it(built: None, end: signal.Signals) -> None:
    before = _traces()
    command = [sys.executable, "-c", STARTER]
    pipe = subprocess.PIPE
    starter = child_process.start(command, cwd=ROOT, stdout=pipe, stderr=pipe)
    assert starter.stdout
    line = starter.stdout.readline()
    assert line, starter.stderr and starter.stderr.read()
    folder, cgroup, supervisor = line.split()
    below = _descendants(int(supervisor))
    commands = {name for pid in below if (name := _command(pid))}
    assert {"containerd", "kubelet", "kube-proxy", "coredns", "service", "pause"} <= commands
    assert any((cgroups.ROOT / name / cgroup).exists() for name in (".", "memory"))
    starter.send_signal(end)
    starter.wait(timeout=60)
    assert [pid for pid in [*below, int(supervisor)] if not has_ended(pid)] == []
    assert not Path(folder).exists()
    assert list(cgroups.ROOT.rglob(cgroup)) == []
    assert _traces() - before == set()


def _traces() -> set[str]:
    """Mounts, interfaces and firewall tables of this machine."""
    mounts = {line.split()[4] for line in Path("/proc/self/mountinfo").read_text().splitlines()}
    interfaces = {folder.name for folder in Path("/sys/class/net").iterdir()}
    rules = subprocess.run(["nft", "list", "tables"], capture_output=True, text=True, check=True).stdout
    return mounts | interfaces | set(rules.splitlines())


def _descendants(pid: int) -> set[int]:
    listed = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], check=True, capture_output=True, text=True).stdout
    parents = {int(child): int(parent) for child, parent in map(str.split, listed.splitlines())}
    found = {pid}
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return found - {pid}
