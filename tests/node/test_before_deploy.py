"""What runs before new pods, on a real node: it has what they have, and where it fails the old ones go on."""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from modules.deploy.pod_watch import PodWatch, Release, running
from tests.support import helm
from tests.support.control_plane import CommandFailed, kubeconfig

from .conftest import SERVICE, Cluster

NAME = "user-service"
SMALL = {"cpu": "50m", "memory": "64Mi"}
Deploy = Callable[..., str]


@pytest.fixture
def deploy(cluster: Cluster, namespace: str) -> Iterator[Deploy]:
    """As Terraform's provider does it; returns what `make deploy` says of pods that are not ready."""
    where = f"--namespace={namespace}"
    cluster.kubectl(where, "create", "serviceaccount", NAME)

    def upgrade(*command: str, seconds: int = 60, **changes: Any) -> str:
        before = {"command": ["/service", *command], "timeoutSeconds": seconds}
        own = {"image": SERVICE[1], "pods": {"min": 1, "max": 1}, "drainSeconds": 0, "beforeDeploy": before | SMALL}
        file = cluster.plane.folder / f"{namespace}.json"
        file.write_text(json.dumps(helm.values(helm.PODS, own | SMALL | changes)))
        watch = PodWatch(kubeconfig.api(cluster.plane.kubeconfig), [Release(NAME, namespace)])
        options = ("--install", "--atomic", "--wait", "--timeout=90s", where, f"--values={file}")
        try:
            with running(watch):
                cluster.plane.helm("upgrade", NAME, str(helm.CHARTS / helm.PODS), *options)
        except CommandFailed as failed:
            report = f"{failed}\n{watch.report()}"
            print(report)
            return report
        return ""

    yield upgrade
    cluster.plane.helm("uninstall", NAME, where, "--wait=false", "--ignore-not-found")


def _server(cluster: Cluster, namespace: str) -> dict[str, Any]:
    """The one pod that serves."""
    of_server = "--selector=app.kubernetes.io/component=server"
    (pod,) = (one for one in cluster.items(namespace, "pods", of_server) if "deletionTimestamp" not in one["metadata"])
    return dict(pod)


def test_it_runs_before_the_first_pods_with_their_environment_and_texts_and_is_gone_then(
    cluster: Cluster, namespace: str, deploy: Deploy
) -> None:
    """It writes what it reads into its log, and so would not end without the text."""
    assert deploy("-read=/etc/app/app.yaml") == ""
    assert cluster.items(namespace, "jobs") == []
    kept = [one["metadata"]["name"] for one in cluster.items(namespace, "configmaps")]
    assert [name for name in kept if name.startswith(f"{NAME}-before")] == []
    assert _server(cluster, namespace)["status"]["phase"] == "Running"


def test_its_failure_keeps_the_old_pods_and_shows_the_end_of_its_log(
    cluster: Cluster, namespace: str, deploy: Deploy
) -> None:
    deploy("-show")
    old = _server(cluster, namespace)["metadata"]["uid"]
    said = deploy("-exit=3", image=SERVICE[2])
    assert "pre-upgrade hooks failed" in said
    assert f"{namespace}/{NAME}-before-deploy-" in said
    # The phase follows a moment after the container has ended.
    assert re.search(r": (Failed|Running), Error\n  It ended with exit code 3\.\n", said), said
    assert "Last log lines of container before-deploy:\n" in said
    assert "ending with 3, as told" in said
    kept = _server(cluster, namespace)
    assert (kept["metadata"]["uid"], kept["spec"]["containers"][0]["image"]) == (old, SERVICE[1])
    (job,) = cluster.items(namespace, "jobs")  # one try, which stays for who reads its log
    assert job["status"]["failed"] == 1
    assert deploy("-show", image=SERVICE[2]) == ""
    assert _server(cluster, namespace)["spec"]["containers"][0]["image"] == SERVICE[2]


def test_what_does_not_end_in_its_time_is_said_with_its_log_and_keeps_the_old_pods(
    cluster: Cluster, namespace: str, deploy: Deploy
) -> None:
    deploy("-show")
    old = _server(cluster, namespace)["metadata"]["uid"]
    said = deploy("-work=90m", seconds=30)
    assert "DeadlineExceeded" in said
    assert ": Running, NotEnded\n  It runs before the new pods, and had not ended.\n" in said
    assert "a message takes 1h30m0s" in said
    assert "give it a longer `timeout:` under `before_deploy:`" in said
    assert _server(cluster, namespace)["metadata"]["uid"] == old
