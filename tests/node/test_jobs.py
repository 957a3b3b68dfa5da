"""Runs of a job on a real node: with what the service's pods have, but for the sidecars."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.support import helm

from .conftest import SERVICE, Cluster

NAME = "user-service"
JOB = {"name": f"{NAME}-remind", "timeZone": "Europe/Berlin", "overlap": "Forbid", "deadlineSeconds": 60, "retries": 0}
SMALL = {"cpu": "50m", "memory": "64Mi"}
Release = Callable[[dict[str, Any]], None]


@pytest.fixture
def release(cluster: Cluster, namespace: str) -> Iterator[Release]:
    """Installs a service of this job only, with a sidecar that never ends."""
    where = f"--namespace={namespace}"
    cluster.kubectl(where, "create", "serviceaccount", NAME)

    def install(changes: dict[str, Any]) -> None:
        proxy = {"name": "proxy", "image": SERVICE[1], "args": ["-listen=:9000"]}
        job = JOB | SMALL | {"command": ["/service", "-show"], "schedule": "0 0 29 2 *"} | changes
        values = helm.values(
            helm.PODS,
            {
                "image": SERVICE[1],
                "pods": None,
                "port": None,
                "ports": None,
                "sidecars": [proxy | SMALL],
                "jobs": [job],
            },
        )
        file = cluster.plane.folder / f"{namespace}.json"
        file.write_text(json.dumps(values))
        options = ("--wait", "--timeout=60s", where, f"--values={file}")
        cluster.plane.helm("upgrade", "--install", NAME, str(helm.CHARTS / helm.PODS), *options)

    yield install
    cluster.plane.helm("uninstall", NAME, where, "--wait=false")


def _succeeded(cluster: Cluster, namespace: str) -> list[dict[str, Any]]:
    return [pod for pod in cluster.items(namespace, "pods") if pod["status"]["phase"] == "Succeeded"]


def _seen(cluster: Cluster, namespace: str, pod: dict[str, Any]) -> dict[str, Any]:
    return dict(json.loads(cluster.kubectl(f"--namespace={namespace}", "logs", pod["metadata"]["name"])))


def test_two_runs_have_the_services_account_its_environment_and_its_files_and_end(
    cluster: Cluster, namespace: str, release: Release
) -> None:
    release({})
    for run in ("first", "second"):
        cluster.kubectl(f"--namespace={namespace}", "create", "job", run, f"--from=cronjob/{JOB['name']}")
    pods = cluster.eventually("two runs", lambda: len(found := _succeeded(cluster, namespace)) == 2 and found)
    for pod in pods:
        assert pod["spec"]["serviceAccountName"] == NAME
        assert [one["name"] for one in pod["spec"]["containers"]] == ["job"]
        seen = _seen(cluster, namespace, pod)
        assert seen["environment"]["DATABASE_PORT"] == "5432"
        assert (seen["user"], seen["capabilities"], seen["writable"]) == (65532, "0" * 16, {"/": False, "/tmp": True})
    assert {pod["metadata"]["labels"]["app.kubernetes.io/name"] for pod in pods} == {NAME}  # by which it has its groups


def test_a_run_that_fails_is_tried_as_often_as_it_may_be(cluster: Cluster, namespace: str, release: Release) -> None:
    release({"command": ["/service", "-exit=7"], "retries": 1})
    where = f"--namespace={namespace}"
    cluster.kubectl(where, "create", "job", "failing", f"--from=cronjob/{JOB['name']}")
    cluster.kubectl(where, "wait", "job/failing", "--for=condition=Failed", "--timeout=90s")
    assert [pod["status"]["phase"] for pod in cluster.items(namespace, "pods")] == ["Failed", "Failed"]


@pytest.mark.nightly(minutes=3)
def test_a_job_runs_each_time_that_its_schedule_comes(cluster: Cluster, namespace: str, release: Release) -> None:
    release({"schedule": "* * * * *"})
    cluster.eventually("two runs", lambda: len(_succeeded(cluster, namespace)) >= 2, 200)
    runs = cluster.items(namespace, "jobs")
    assert {run["metadata"]["ownerReferences"][0]["name"] for run in runs} == {JOB["name"]}
