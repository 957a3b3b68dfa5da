"""A worker on a real node: it ends with the message in hand, and one that ends at its start never replaces another."""

import json
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.support import helm
from tests.support.control_plane import CommandFailed

from .conftest import SERVICE, Cluster

NAME = "user-service"
# As modules/design/helm_values.py writes a worker's values.
WORKER = {
    "image": SERVICE[1],
    "port": None,
    "ports": None,
    "drainSeconds": None,
    "probes": None,
    "startSeconds": 10,
    "pods": {"min": 1, "max": 2},
    "cpu": "250m",
    "memory": "128Mi",
}
Release = Callable[..., str]


@pytest.fixture
def release(cluster: Cluster, namespace: str) -> Iterator[Release]:
    where = f"--namespace={namespace}"
    cluster.kubectl(where, "create", "serviceaccount", NAME)

    def install(changes: dict[str, Any], *options: str) -> str:
        file = cluster.plane.folder / f"{namespace}.json"
        file.write_text(json.dumps(helm.values(helm.PODS, WORKER | changes)))
        command = ("upgrade", "--install", "--wait", "--timeout=60s", NAME, str(helm.CHARTS / helm.PODS))
        return cluster.plane.helm(*command, where, f"--values={file}", *options)

    yield install
    cluster.plane.helm("uninstall", NAME, where, "--wait=false", "--ignore-not-found")


def _ended(cluster: Cluster, namespace: str) -> tuple[list[str], float]:
    """Deletes the worker's pod: what the program says from then on, and the seconds until it is gone."""
    (pod,) = cluster.items(namespace, "pods")
    name, where = pod["metadata"]["name"], f"--namespace={namespace}"
    with ThreadPoolExecutor() as pool:
        said = pool.submit(cluster.kubectl, where, "logs", "--follow", name)
        cluster.eventually("a message in hand", lambda: "takes" in cluster.kubectl(where, "logs", name))
        started = time.monotonic()
        cluster.kubectl(where, "delete", "pod", name, "--timeout=60s")
        seconds = time.monotonic() - started
        return [line.split(" ", 2)[2] for line in said.result(60).splitlines()], seconds


def test_a_worker_finishes_the_message_in_hand_and_ends(cluster: Cluster, namespace: str, release: Release) -> None:
    """It is told at once, and has all of its time."""
    release({"args": ["-work=12s"], "stopSeconds": 30, "startSeconds": 2})
    said, seconds = _ended(cluster, namespace)
    assert said[-3:] == ["a message takes 12s", "SIGTERM", "ended after the message in hand"]
    assert seconds < 25


def test_a_worker_that_takes_longer_than_its_time_is_killed(cluster: Cluster, namespace: str, release: Release) -> None:
    release({"args": ["-work=2h"], "stopSeconds": 5, "startSeconds": 4})
    said, seconds = _ended(cluster, namespace)
    assert said == ["a message takes 2h0m0s", "SIGTERM"]
    assert 4 < seconds < 20


def test_a_worker_that_ends_at_its_start_is_never_ready_and_the_old_one_goes_on(
    cluster: Cluster, namespace: str, release: Release
) -> None:
    release({"args": ["-work=1s"]})
    (old,) = cluster.items(namespace, "pods")
    seen: dict[str, str] = {}
    with ThreadPoolExecutor() as pool:
        upgrade = pool.submit(release, {"args": ["-end-after=4s"]}, "--atomic", "--timeout=30s")
        while not upgrade.done():
            for pod in cluster.items(namespace, "pods"):
                ready = [one["status"] for one in pod["status"].get("conditions", []) if one["type"] == "Ready"]
                if pod["metadata"]["uid"] != old["metadata"]["uid"]:
                    seen[pod["metadata"]["name"]] = max(seen.get(pod["metadata"]["name"], ""), *ready, "")
            time.sleep(0.3)
        with pytest.raises(CommandFailed, match="context deadline exceeded"):
            upgrade.result()
    assert set(seen.values()) == {"False"}
    (left,) = (pod for pod in cluster.items(namespace, "pods") if "deletionTimestamp" not in pod["metadata"])
    assert left["metadata"]["uid"] == old["metadata"]["uid"]
    assert left["status"]["containerStatuses"][0]["restartCount"] == 0
