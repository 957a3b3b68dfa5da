"""The program that watches jobs, with the rights that its chart gives it: real runs, into an emulated CloudWatch."""

import base64
import json
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from modules.design.job_watcher import OF_A_JOB
from tests.support import aws_by_boto3, child_process, helm
from tests.support.control_plane import CommandFailed
from tests.support.emulator import clients, emulated_aws

from .conftest import NUMBERS, SERVICE, Cluster

ACCOUNT, SYSTEM = "job-watcher", "kube-system"
METRICS = "shop/job-watcher"
SMALL = {"cpu": "50m", "memory": "64Mi", "timeZone": "Etc/UTC", "overlap": "Forbid"}
GOOD, BAD = ["/service", "-show"], ["/service", "-exit=7"]
Values = dict[str, float]
Watched = Callable[[str], Values]


@pytest.fixture(scope="module")
def cloudwatch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with emulated_aws(tmp_path_factory.mktemp("emulator") / "log") as environment:
        yield clients(environment)("cloudwatch")


@pytest.fixture(scope="module")
def service(cluster: Cluster) -> Iterator[str]:
    name = f"watched-{next(NUMBERS)}"
    cluster.kubectl("create", "namespace", name)
    cluster.kubectl(f"--namespace={name}", "create", "serviceaccount", name)
    cluster.kubectl(f"--namespace={SYSTEM}", "create", "serviceaccount", ACCOUNT)
    yield name
    cluster.kubectl("delete", "namespace", name, "--wait=false")


def _deploy(cluster: Cluster, service: str, *, schedule: str) -> None:
    """A service of two jobs, one of which fails."""
    jobs = [
        SMALL
        | {"name": f"{service}-{name}", "schedule": schedule, "deadlineSeconds": 60, "retries": 0}
        | {"command": how}
        for name, how in (("good", GOOD), ("bad", BAD))
    ]
    changes: dict[str, Any] = {"service": service, "serviceAccount": service, "image": SERVICE[1], "jobs": jobs}
    changes |= {"pods": None, "port": None, "ports": None}
    file = cluster.plane.folder / f"{service}.json"
    file.write_text(json.dumps(helm.values(helm.PODS, changes)))
    options = ("--install", "--wait", "--timeout=60s", f"--namespace={service}", f"--values={file}")
    cluster.plane.helm("upgrade", service, str(helm.CHARTS / helm.PODS), *options)


@pytest.fixture(scope="module")
def watched(
    cluster: Cluster, service: str, cloudwatch: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Watched]:
    """The chart's objects, and its program outside of a pod, as the image has a Python that tests can't have."""
    folder = tmp_path_factory.mktemp("watcher")
    values = helm.values(helm.WATCHER, {"namespaces": [service], "everySeconds": 1})
    (folder / "values.json").write_text(json.dumps(values))
    options = ("--wait", "--timeout=60s", f"--namespace={SYSTEM}", f"--values={folder / 'values.json'}")
    cluster.plane.helm("install", helm.WATCHER, str(helm.CHARTS / helm.WATCHER), *options)
    objects = helm.objects(helm.WATCHER, {"namespaces": [service], "everySeconds": 1})
    (container,) = objects["Deployment"]["spec"]["template"]["spec"]["containers"]
    *_, program = container["command"]
    known = json.loads(cluster.plane.kubeconfig.read_text())["clusters"][0]["cluster"]
    (folder / "ca.crt").write_bytes(base64.b64decode(known["certificate-authority-data"]))
    (folder / "token").write_text(cluster.kubectl(f"--namespace={SYSTEM}", "create", "token", ACCOUNT))
    host, _, port = known["server"].removeprefix("https://").rpartition(":")
    environment = {one["name"]: one["value"] for one in container["env"]} | {"PATH": f"{folder}:/usr/bin:/bin"}
    environment |= {"KUBERNETES_SERVICE_HOST": host, "KUBERNETES_SERVICE_PORT": port, "ACCOUNT": str(folder)}
    command = [sys.executable, "-c", program]
    with aws_by_boto3.playing({"cloudwatch": cloudwatch}) as cli:
        cli.put_into(folder)
        with (
            (folder / "said").open("w") as said,
            child_process.running(command, env=environment, stdout=said, stderr=said) as process,
        ):
            yield lambda job: _newest(cloudwatch, service, job)
            assert (process.poll(), (folder / "said").read_text()) == (None, "")
        cluster.plane.helm("uninstall", helm.WATCHER, f"--namespace={SYSTEM}", "--wait=false")


def _newest(cloudwatch: Any, service: str, job: str) -> Values:
    """The last value of each metric of a job, as an alarm gets it."""
    return {name: found[-1] for name in OF_A_JOB if (found := _values(cloudwatch, name, Service=service, Job=job))}


def _values(cloudwatch: Any, name: str, **dimensions: str) -> list[float]:
    metric = {
        "Namespace": METRICS,
        "MetricName": name,
        "Dimensions": [{"Name": key, "Value": value} for key, value in dimensions.items()],
    }
    query = {"Id": "q", "MetricStat": {"Metric": metric, "Period": 60, "Stat": "Maximum"}}
    ends = {"StartTime": datetime.now(UTC) - timedelta(minutes=5), "EndTime": datetime.now(UTC) + timedelta(minutes=1)}
    (result,) = cloudwatch.get_metric_data(MetricDataQueries=[query], ScanBy="TimestampAscending", **ends)[
        "MetricDataResults"
    ]
    return list(result["Values"])


def test_a_run_that_succeeds_and_one_that_fails_are_told_to_cloudwatch(
    cluster: Cluster, service: str, cloudwatch: Any, watched: Watched
) -> None:
    _deploy(cluster, service, schedule="0 0 29 2 *")
    cluster.eventually("both jobs are seen", lambda: _values(cloudwatch, "Jobs")[-1:] == [2])
    assert watched(f"{service}-good") == {"Failed": 0, "SecondsLate": 0}
    for name in ("good", "bad"):
        cluster.kubectl(f"--namespace={service}", "create", "job", name, f"--from=cronjob/{service}-{name}")
    cluster.eventually("it has failed", lambda: watched(f"{service}-bad").get("Failed") == 1)
    bad = watched(f"{service}-bad")
    assert set(bad) == {"Failed", "SecondsSinceFailure", "SecondsLate"}
    good = cluster.eventually(
        "it has succeeded", lambda: (f := watched(f"{service}-good")).get("SecondsSinceSuccess") and f
    )
    assert set(good) == {"Failed", "SecondsSinceSuccess", "SecondsLate"}
    assert (good["Failed"], good["SecondsLate"], good["SecondsSinceSuccess"] < 60) == (0, 0, True)


def test_its_account_may_list_jobs_of_the_services_that_have_some_and_nothing_else(
    cluster: Cluster, service: str, watched: Watched
) -> None:
    account = f"--as=system:serviceaccount:{SYSTEM}:{ACCOUNT}"
    for verb, kind, namespace, allowed in (
        ("list", "jobs.batch", service, True),
        ("list", "cronjobs.batch", service, True),
        ("get", "jobs.batch", service, False),
        ("create", "jobs.batch", service, False),
        ("list", "pods", service, False),
        ("list", "secrets", service, False),
        ("list", "jobs.batch", SYSTEM, False),
    ):
        try:
            said = cluster.kubectl("auth", "can-i", verb, kind, account, f"--namespace={namespace}").strip()
        except CommandFailed as failed:  # whose exit code says no
            said = "no" if "no" in str(failed) else str(failed)
        assert (verb, kind, namespace, said) == (verb, kind, namespace, "yes" if allowed else "no")


@pytest.mark.nightly(minutes=4)
def test_two_runs_of_their_schedule_are_told_and_a_job_that_is_held_up_is_late(
    cluster: Cluster, service: str, cloudwatch: Any, watched: Watched
) -> None:
    _deploy(cluster, service, schedule="* * * * *")

    def runs() -> list[str]:
        found = cluster.items(service, "jobs")
        owners = [run["metadata"]["ownerReferences"][0] for run in found if run["status"].get("succeeded")]
        return [one["name"] for one in owners if one.get("controller")]

    cluster.eventually("two runs", lambda: len(runs()) >= 2, 200)
    good, bad = watched(f"{service}-good"), watched(f"{service}-bad")
    assert (good["Failed"], bad["Failed"]) == (0, 1)
    assert good["SecondsSinceSuccess"] < 75
    assert bad["SecondsSinceFailure"] < 75
    # The controller can make no Job any more.
    cluster.kubectl(f"--namespace={service}", "create", "quota", "none", "--hard=count/jobs.batch=0")
    cluster.eventually("it is late", lambda: watched(f"{service}-good")["SecondsLate"] > 15, 150)
