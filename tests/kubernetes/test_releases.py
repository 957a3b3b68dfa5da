"""Every release of the services on a control plane: from the first install, through upgrades that work and that do not,
to nothing left. The tests follow each other in this order.
"""

import json
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support import kubernetes_installer
from tests.support.control_plane import CommandFailed, ControlPlane
from tests.support.kubernetes_installer import Release
from tests.support.terraform_workspace import Workspace

PODS = {
    "user-service": 3,
    "order-service": 2,
    "payment-service": 2,
    "notification-service": 2,
    "analytics-service": 2,
}
SERVICE = "user-service"
COMES_AND_GOES = {"events", "events.events.k8s.io", "leases.coordination.k8s.io"}


@pytest.fixture(scope="module")
def stacks(applied: Workspace) -> list[str]:
    """Those with something in Kubernetes, in the order of their apply."""
    return [stack for stack in applied.stacks if "helm_release" in applied.whole[stack]["resource"]]


@pytest.fixture(scope="module")
def releases(applied: Workspace, stacks: list[str]) -> list[Release]:
    """With the charts of generated/, and its values as Terraform fills them in from the applied AWS half."""
    return [release for stack in stacks for release in kubernetes_installer.releases(applied, stack)]


@pytest.fixture(scope="module")
def bare(control_plane: ControlPlane) -> set[str]:
    """All objects of the control plane itself."""
    return _objects(control_plane)


@pytest.fixture(scope="module")
def prepared(control_plane: ControlPlane, applied: Workspace, stacks: list[str], bare: set[str]) -> ControlPlane:
    for stack in stacks:
        kubernetes_installer.prepare(applied, control_plane, stack)
    return control_plane


@pytest.fixture(scope="module")
def installed(prepared: ControlPlane, releases: list[Release]) -> list[Release]:
    for release in releases:
        kubernetes_installer.upgrade(prepared, release)
    return releases


@pytest.fixture(scope="module")
def release(installed: list[Release]) -> Release:
    """The one that is upgraded here."""
    return next(release for release in installed if release.name == SERVICE)


def test_the_api_server_takes_every_manifest_without_a_warning(prepared: ControlPlane, releases: list[Release]) -> None:
    assert len(releases) == 2 * len(PODS) + 1
    for release in releases:
        prepared.kubectl(
            f"--namespace={release.namespace}",
            "apply",
            "--server-side",
            "--dry-run=server",
            "--warnings-as-errors",
            "--filename=-",
            input=kubernetes_installer.rendered(prepared, release),
        )


def test_eleven_pods_run_in_five_namespaces(control_plane: ControlPlane, installed: list[Release]) -> None:
    assert sum(PODS.values()) == 11
    _expect_pods(control_plane, PODS)
    print(control_plane.kubectl("get", "pods", "--all-namespaces", "--output=wide"))


def test_what_pods_need_at_birth_is_older_than_they_are(control_plane: ControlPlane, installed: list[Release]) -> None:
    for service, count in PODS.items():
        needed = _items(control_plane, service, "securitygrouppolicies,services,targetgroupbindings")
        assert Counter(one["kind"] for one in needed) == Counter(
            ["SecurityGroupPolicy", "Service", "TargetGroupBinding"]
        )
        # Also those of a job before the install, which is gone.
        pods = [one for one in _items(control_plane, service, "events") if one["involvedObject"]["kind"] == "Pod"]
        assert len(pods) >= count
        assert max(_revision(one) for one in needed) < min(_revision(one) for one in pods)


def test_pods_have_the_security_groups_of_their_policy(control_plane: ControlPlane, installed: list[Release]) -> None:
    for service in PODS:
        (policy,) = _items(control_plane, service, "securitygrouppolicies")
        selected = policy["spec"]["podSelector"]["matchLabels"].items()
        pods = _items(control_plane, service, "pods")
        assert [pod["metadata"]["name"] for pod in pods if not selected <= pod["metadata"]["labels"].items()] == []


def test_services_and_budgets_find_exactly_the_pods(control_plane: ControlPlane, installed: list[Release]) -> None:
    for service, count in PODS.items():
        (slice_,) = _items(control_plane, service, "endpointslices")
        assert [endpoint["conditions"]["ready"] for endpoint in slice_["endpoints"]] == [True] * count
        (budget,) = _items(control_plane, service, "poddisruptionbudgets")
        assert (budget["status"]["expectedPods"], budget["status"]["disruptionsAllowed"]) == (count, 1)


def test_autoscalers_hold_their_least_count(control_plane: ControlPlane, installed: list[Release]) -> None:
    for service, count in PODS.items():
        (scaler,) = _items(control_plane, service, "horizontalpodautoscalers")
        assert scaler["spec"]["scaleTargetRef"]["name"] == service
        assert (scaler["spec"]["minReplicas"], scaler["status"]["desiredReplicas"]) == (count, count)


def test_a_pod_that_breaks_the_rules_is_refused(control_plane: ControlPlane, installed: list[Release]) -> None:
    for service in PODS:
        with pytest.raises(CommandFailed, match=r'violates PodSecurity "restricted:latest": allowPrivilegeEscalation'):
            control_plane.kubectl(f"--namespace={service}", "run", "shell", "--image=shell:1")


def test_an_upgrade_rolls_the_pods_and_adds_some(control_plane: ControlPlane, release: Release) -> None:
    kubernetes_installer.upgrade(control_plane, release, "--set=image=example.com/user:2", "--set=pods.min=4")
    _expect_pods(control_plane, PODS | {SERVICE: 4})
    assert _images(control_plane) == {"example.com/user:2"}


def test_an_upgrade_to_pods_that_never_get_ready_is_rolled_back(control_plane: ControlPlane, release: Release) -> None:
    with pytest.raises(CommandFailed, match=r"(?s)rolled back due to atomic being set.*context deadline exceeded"):
        kubernetes_installer.upgrade(control_plane, release, "--set=image=example.com/user:missing", "--timeout=30s")
    assert [(one["status"], one["description"]) for one in _history(control_plane, release)[-2:]] == [
        ("failed", 'Upgrade "user-service" failed: context deadline exceeded'),
        ("deployed", "Rollback to 2"),
    ]
    _expect_pods(control_plane, PODS | {SERVICE: 4})
    assert _images(control_plane) == {"example.com/user:2"}


def test_a_database_job_that_fails_is_said_and_touches_no_pod(
    control_plane: ControlPlane, installed: list[Release]
) -> None:
    users = next(release for release in installed if release.name == "database-users")
    pods = {service: _names(control_plane, "pods") for service in PODS}
    with pytest.raises(CommandFailed, match="post-upgrade hooks failed"):
        kubernetes_installer.upgrade(control_plane, users, "--set=image=example.com/aws-cli:missing", "--timeout=5s")
    assert {service: _names(control_plane, "pods") for service in PODS} == pods
    kubernetes_installer.upgrade(control_plane, users)
    assert _history(control_plane, users)[-1]["status"] == "deployed"


def test_the_next_upgrade_makes_up_for_failed_ones(control_plane: ControlPlane, release: Release) -> None:
    kubernetes_installer.upgrade(control_plane, release)
    assert _history(control_plane, release)[-1]["status"] == "deployed"
    assert len(_images(control_plane)) == 1


def test_uninstalled_in_reverse_order_nothing_is_left(
    control_plane: ControlPlane,
    applied: Workspace,
    stacks: list[str],
    installed: list[Release],
    bare: set[str],
) -> None:
    for stack in reversed(stacks):
        kubernetes_installer.uninstall(applied, control_plane, stack)
    assert _objects(control_plane) == bare


def _expect_pods(plane: ControlPlane, counts: dict[str, int]) -> None:
    """Waits for the autoscalers, of which helm knows nothing."""
    for _ in _seconds(60):
        pods = {service: _items(plane, service, "pods") for service in counts}
        ready = {service: [pod for pod in of if _is_ready(pod)] for service, of in pods.items()}
        if {service: len(of) for service, of in ready.items()} == counts and ready == pods:
            return
    raise AssertionError(plane.kubectl("get", "pods", "--all-namespaces"))


def _seconds(limit: float) -> Iterator[None]:
    end = time.monotonic() + limit
    while time.monotonic() < end:
        yield
        time.sleep(0.5)


def _is_ready(pod: dict[str, Any]) -> bool:
    conditions = {one["type"]: one["status"] for one in pod["status"].get("conditions", [])}
    return pod["status"]["phase"] == "Running" and conditions.get("Ready") == "True"


def _items(plane: ControlPlane, namespace: str, kinds: str) -> list[dict[str, Any]]:
    items = json.loads(plane.kubectl(f"--namespace={namespace}", "get", kinds, "--output=json"))["items"]
    return list(items)


def _names(plane: ControlPlane, kind: str) -> set[str]:
    return {one["metadata"]["name"] for one in _items(plane, SERVICE, kind)}


def _images(plane: ControlPlane) -> set[str]:
    return {container["image"] for pod in _items(plane, SERVICE, "pods") for container in pod["spec"]["containers"]}


def _revision(one: dict[str, Any]) -> int:
    """Of the last change, and so of the creation where nothing has changed: what is smaller was written earlier."""
    return int(one["metadata"]["resourceVersion"])


def _history(plane: ControlPlane, release: Release) -> list[dict[str, Any]]:
    return list(json.loads(plane.helm("history", release.name, f"--namespace={release.namespace}", "--output=json")))


def _objects(plane: ControlPlane) -> set[str]:
    kinds = set(plane.kubectl("api-resources", "--verbs=list,delete", "--output=name").split()) - COMES_AND_GOES
    columns = "--output=custom-columns=:.kind,:.metadata.namespace,:.metadata.name"
    listed = plane.kubectl("get", ",".join(sorted(kinds)), "--all-namespaces", columns)
    return {" ".join(line.split()) for line in listed.splitlines() if line.strip()}
