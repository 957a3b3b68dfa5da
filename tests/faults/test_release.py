"""An API server that goes away while helm installs: the release ends deployed, or helm says why not.

The nodes stand still until the API server is back, so that helm surely waits for a job or for pods.
"""

import json
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import child_process
from tests.support.control_plane import CommandFailed, ControlPlane
from tests.support.helm import CHARTS, PODS, USERS

SECONDS = 600  # more than any --timeout here
JOB, SERVICE = USERS, "user-service"  # names of releases
# What helm waits for: release, chart, kind of the first object.
WAITS = {"the_job": (JOB, USERS, "jobs"), "the_pods": (SERVICE, PODS, "deployments")}


@pytest.fixture(scope="module")
def plane(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ControlPlane]:
    """One of its own: others' tests do not have to bear with its restarts."""
    with ControlPlane(folder=tmp_path_factory.mktemp("control-plane")) as plane:
        yield plane


@pytest.fixture
def namespace(plane: ControlPlane, request: pytest.FixtureRequest) -> Iterator[str]:
    name = f"faults-{abs(hash(request.node.name))}"
    plane.kubectl("create", "namespace", name)
    for account in (JOB, SERVICE):
        plane.kubectl("create", "serviceaccount", account, f"--namespace={name}")
    yield name
    plane.kubectl("delete", "namespace", name, "--wait=false")


@pytest.mark.parametrize("waiting", WAITS)
def test_a_release_is_deployed_although_the_api_server_restarted_while_helm_waited_for(
    waiting: str, plane: ControlPlane, namespace: str
) -> None:
    release, chart, kind = WAITS[waiting]
    with plane.nodes_stand_still():
        helm = _install(plane, namespace, kind, *_atomic(release, chart), "--timeout=240s")
        plane.restart_apiserver()
        assert helm.poll() is None
    print(helm.communicate(timeout=SECONDS)[0])
    assert helm.returncode == 0
    assert _history(plane, release, namespace) == ["deployed"]
    if release == SERVICE:
        plane.kubectl("rollout", "status", f"deployment/{SERVICE}", f"--namespace={namespace}", "--timeout=240s")


@pytest.mark.nightly(minutes=2)
def test_a_release_whose_api_server_stayed_away_is_pending_until_it_is_uninstalled(
    plane: ControlPlane, namespace: str
) -> None:
    with plane.nodes_stand_still():
        helm = _install(plane, namespace, "jobs", *_atomic(JOB, USERS), "--timeout=30s")
        plane.stop_apiserver()
        said = helm.communicate(timeout=SECONDS)[0]
        plane.start_apiserver()
    assert helm.returncode == 1
    assert "timed out waiting for the condition" in said
    assert "Kubernetes cluster unreachable" in said
    assert _history(plane, JOB, namespace) == ["pending-install"]
    again = (*_atomic(JOB, USERS), f"--namespace={namespace}", "--timeout=240s")  # all that watches has to come back
    with pytest.raises(CommandFailed, match=r"another operation \(install/upgrade/rollback\) is in progress"):
        plane.helm(*again)
    plane.helm("uninstall", JOB, f"--namespace={namespace}", "--wait")
    plane.helm(*again)
    assert _history(plane, JOB, namespace) == ["deployed"]


def _atomic(release: str, chart: str) -> tuple[str, ...]:
    values = CHARTS / chart / "tests" / "values.yaml"
    return ("upgrade", "--install", "--atomic", "--wait", release, str(CHARTS / chart), f"--values={values}")


def _install(plane: ControlPlane, namespace: str, kind: str, *arguments: str) -> "subprocess.Popen[str]":
    """A helm that waits for the first object of this kind."""
    command: list[str | Path] = [plane.programs["helm"], *arguments, f"--namespace={namespace}"]
    helm = child_process.start(
        command, seconds=SECONDS, env=plane.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    while not plane.kubectl("get", kind, f"--namespace={namespace}", "--output=name"):
        assert helm.poll() is None, helm.communicate(timeout=30)[0]
        time.sleep(0.05)
    return helm


def _history(plane: ControlPlane, release: str, namespace: str) -> list[str]:
    listed = json.loads(plane.helm("history", release, f"--namespace={namespace}", "--output=json"))
    return [one["status"] for one in listed]
