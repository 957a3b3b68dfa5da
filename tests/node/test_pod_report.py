"""What `make deploy` says of pods that never become ready, as a real kubelet reports them: Helm waits, gives up and
removes them, and the report has their status, reason, events, log lines and the next step.
"""

import json
from collections.abc import Callable
from typing import Any

import pytest

from modules.deploy.pod_watch import PodWatch, Release, running
from tests.support import helm
from tests.support.control_plane import CommandFailed, kubeconfig

from .conftest import REPOSITORY, SERVICE, Cluster

NAME = "user-service"
LOST = f"{REPOSITORY}:v9"
SMALL = {"image": SERVICE[1], "pods": {"min": 1, "max": 2}, "drainSeconds": 0, "cpu": "250m", "memory": "128Mi"}
Fails = Callable[..., str]


@pytest.fixture
def fails(cluster: Cluster, namespace: str) -> Fails:
    """Installs the chart as Terraform's provider does, until Helm gives up; returns the report."""

    def install(changes: dict[str, Any], seconds: int = 15) -> str:
        cluster.kubectl(
            f"--namespace={namespace}", "create", "serviceaccount", helm.values(helm.PODS)["serviceAccount"]
        )
        file = cluster.plane.folder / f"{namespace}.json"
        file.write_text(json.dumps(helm.values(helm.PODS, SMALL | changes)))
        watch = PodWatch(kubeconfig.api(cluster.plane.kubeconfig), [Release(NAME, namespace)])
        options = ("--install", "--atomic", "--wait", f"--timeout={seconds}s", f"--values={file}")
        with running(watch), pytest.raises(CommandFailed, match="context deadline exceeded"):
            cluster.plane.helm("upgrade", NAME, str(helm.CHARTS / helm.PODS), f"--namespace={namespace}", *options)
        report = watch.report()
        print(report)
        assert cluster.items(namespace, "deployments") == []  # nothing of it is left to look at
        return report

    return install


def test_an_image_that_is_not_there(fails: Fails, namespace: str) -> None:
    report = fails({"image": LOST})
    assert f"{namespace}/{NAME}-" in report
    assert ": Pending, ImagePullBackOff\n" in report
    assert f'Failed to pull image "{LOST}"' in report  # in an event, whether it waits or pulls again just then
    assert "Warning Failed" in report
    assert "Next step: The pod can't reach the registry." in report


def test_a_program_that_ends_at_once(fails: Fails) -> None:
    report = fails({"args": ["-exit=7"]}, 30)
    assert ": Running, CrashLoopBackOff\n  It ends with exit code 7.\n" in report
    assert "Last log lines of container server:\n" in report
    assert "ending with 7, as told" in report
    assert "Warning BackOff" in report
    assert "Next step: Read the last log lines: they are the program's own words." in report


def test_a_server_that_answers_its_health_check_with_an_error(fails: Fails) -> None:
    report = fails({"args": ["-listen=:8080", "-unhealthy"]})
    assert ": Running, ProbeFailed\n  Startup probe failed: HTTP probe failed with statuscode: 503" in report
    assert "listening on :8080" in report
    assert "Next step: The server answers its health check with an error: let it answer 2xx or 3xx there" in report


def test_a_server_that_listens_on_another_port(fails: Fails) -> None:
    report = fails({"args": ["-listen=:9090"]})
    assert ": Running, ProbeFailed\n" in report
    assert "connection refused" in report
    assert "listening on :9090" in report
    assert "Next step: Nothing listens there: let the program listen on `port:`" in report


def test_a_pod_for_which_no_node_has_room(fails: Fails) -> None:
    report = fails({"cpu": "64000m"}, 15)
    assert ": Pending, Unschedulable\n" in report
    assert "Insufficient cpu" in report
    assert "Warning FailedScheduling" in report
    assert "Next step: No node has that much room: ask for less `cpu:` or `memory:`, or for fewer `pods:`." in report
    assert "Last log lines" not in report


def test_an_image_without_the_program(fails: Fails, namespace: str) -> None:
    report = fails({"command": ["/no/such/program"]})
    assert ", RunContainerError\n" in report
    assert "no such file or directory" in report
    assert "Next step: The image has no such program" in report


def test_a_pod_that_may_not_be_made(cluster: Cluster, fails: Fails, namespace: str) -> None:
    quota = ("create", "quota", "none", "--hard=pods=0")
    cluster.kubectl(f"--namespace={namespace}", *quota)
    report = fails({}, 15)
    assert f"{namespace}/{NAME}-" in report
    assert ": ReplicaSet, FailedCreate: no pod could be made\n" in report
    assert "exceeded quota: none" in report
    assert "Next step: The cluster refuses to make the pod: correct what the event names, and deploy again." in report
