"""What a real controller does with a run of a job whose time has passed."""

import json
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.support import helm
from tests.support.control_plane import ControlPlane

NAMESPACE = "jobs"
WHERE = f"--namespace={NAMESPACE}"
Json = dict[str, Any]
Missed = Callable[[timedelta], str]


@pytest.fixture(scope="module")
def plane(control_plane: ControlPlane) -> Iterator[ControlPlane]:
    control_plane.kubectl("create", "namespace", NAMESPACE)
    yield control_plane
    control_plane.kubectl("delete", "namespace", NAMESPACE, "--wait=false")


@pytest.fixture
def missed(plane: ControlPlane) -> Iterator[Missed]:
    """Makes the chart's CronJob, daily, whose last run was before its last time, which was so long ago."""
    names: list[str] = []

    def make(ago: timedelta) -> str:
        due = datetime.now(UTC) - ago
        job: Json = {"name": f"late-{ago.seconds}", "schedule": f"{due.minute} {due.hour} * * *", "timeZone": "Etc/UTC"}
        job |= {
            "overlap": "Forbid",
            "deadlineSeconds": 60,
            "retries": 0,
            "command": ["/a"],
            "cpu": "1",
            "memory": "1Gi",
        }
        made: Json = helm.objects(helm.PODS, {"jobs": [job], "pods": None, "port": None, "ports": None})["CronJob"]
        made["metadata"]["namespace"] = NAMESPACE
        made["spec"]["suspend"] = True
        plane.kubectl(WHERE, "create", "--filename=-", input=json.dumps(made))
        names.append(str(job["name"]))
        status = {"status": {"lastScheduleTime": f"{due - timedelta(days=1):%Y-%m-%dT%H:%M:00Z}"}}
        patch = ("patch", "cronjob", str(job["name"]), "--type=merge")
        plane.kubectl(WHERE, *patch, "--subresource=status", f"--patch={json.dumps(status)}")
        plane.kubectl(WHERE, *patch, '--patch={"spec": {"suspend": false}}')
        return str(job["name"])

    yield make
    for name in names:
        plane.kubectl(WHERE, "delete", "cronjob", name)


def _runs(plane: ControlPlane, name: str) -> list[Json]:
    found = json.loads(plane.kubectl(WHERE, "get", "jobs", "--output=json"))["items"]
    return [one for one in found if one["metadata"]["ownerReferences"][0]["name"] == name]


def test_a_run_that_could_not_start_at_its_time_starts_within_the_hour_and_is_then_left_out(
    plane: ControlPlane, missed: Missed
) -> None:
    older, newer = missed(timedelta(minutes=90)), missed(timedelta(minutes=30))
    end = time.monotonic() + 30
    while not (found := _runs(plane, newer)):
        assert time.monotonic() < end, f"no run of {newer}"
        time.sleep(0.2)
    assert [run["spec"]["activeDeadlineSeconds"] for run in found] == [60]
    time.sleep(1)  # the controller heard of the older one first
    assert _runs(plane, older) == []
