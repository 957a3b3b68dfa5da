"""The releases of all services on a node that runs them, with the charts and values of generated/: 11 pods that answer,
upgrades that work and that do not, eviction, and nothing left. The tests follow each other in this order.
"""

import json
import re
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from tests.support import helm, kubernetes_installer, postgresql
from tests.support.control_plane import CommandFailed, ControlPlane
from tests.support.data_api import DataApi
from tests.support.kubernetes_installer import Release
from tests.support.node import Node, stand_ins
from tests.support.terraform_workspace import Workspace

from .conftest import Cluster

PODS = {
    "user-service": 3,
    "order-service": 2,
    "payment-service": 2,
    "notification-service": 2,
    "analytics-service": 2,
}
SERVICE = "user-service"  # the one that is upgraded
NEXT = "111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop/user-service:v2"
LOST = "111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop/user-service:v3"


@pytest.fixture(scope="module")
def stacks(applied: Workspace) -> list[str]:
    """Those with something in Kubernetes, in the order of their apply."""
    return [stack for stack in applied.stacks if "helm_release" in applied.whole[stack]["resource"]]


@pytest.fixture(scope="module")
def releases(applied: Workspace, stacks: list[str]) -> dict[str, Release]:
    """With the charts of generated/, and its values as Terraform fills them in from the applied AWS half."""
    of_all = (kubernetes_installer.releases(applied, stack) for stack in stacks)
    return {release.name: release for releases in of_all for release in releases}


@pytest.fixture(scope="module")
def shop(
    applied: Workspace,
    stacks: list[str],
    releases: dict[str, Release],
    database: DataApi,
    cluster: Cluster,
) -> Iterator[Cluster]:
    """Everything installed; every image that a value names is one of ours."""
    values = [YAML(typ="safe").load(release.values) for release in releases.values()]
    named = {value["image"] for value in values if "args" in value}
    jobs = {value["image"] for value in values if "users" in value}
    cluster.node.load([stand_ins.service({*named, NEXT}), stand_ins.aws_cli(jobs, database.port)])
    for stack in stacks:
        kubernetes_installer.prepare(applied, cluster.plane, stack)
    kubernetes_installer.upgrade(cluster.plane, releases[helm.USERS])
    with ThreadPoolExecutor() as pool:
        for done in [pool.submit(_install, cluster.plane, stack, releases) for stack in PODS]:
            done.result()
    yield cluster
    _remove(cluster, applied, stacks)


def _install(plane: ControlPlane, service: str, releases: dict[str, Release]) -> None:
    for name in (f"{service}-network", service):
        kubernetes_installer.upgrade(plane, releases[name])


def _remove(shop: Cluster, applied: Workspace, stacks: list[str]) -> None:
    """Without the time that pods are given to end: other tests want the node, and these names."""
    shop.kubectl("delete", "namespace", *PODS, "--ignore-not-found", "--wait=false")
    for service in PODS:
        shop.kubectl(f"--namespace={service}", "delete", "pods", "--all", "--grace-period=1", "--wait=false")
    shop.kubectl("wait", "--for=delete", *(f"namespace/{service}" for service in PODS), "--timeout=120s")
    for stack in reversed([stack for stack in stacks if stack not in PODS]):
        kubernetes_installer.uninstall(applied, shop.plane, stack)


def test_eleven_pods_run_and_are_ready(shop: Cluster) -> None:
    assert sum(PODS.values()) == 11
    shop.eventually("eleven pods", lambda: _ready(shop) == PODS, 90)
    nodes = {pod["spec"]["nodeName"] for service in PODS for pod in shop.items(service, "pods")}
    assert nodes == {shop.node.name}
    print(shop.kubectl("get", "pods", "--all-namespaces", "--output=wide"))
    print(shop.kubectl(f"--namespace={SERVICE}", "logs", f"deployment/{SERVICE}"))


def test_every_service_answers_by_its_name(shop: Cluster) -> None:
    for service in PODS:
        answer = shop.service(SERVICE, f"deployment/{SERVICE}", f"-get=http://{service}.{service}:8080/any")
        assert answer == f"{service} has no image yet: write `image:` in services.yaml\n"


def test_a_server_has_the_variables_of_its_values(shop: Cluster, releases: dict[str, Release]) -> None:
    for service in PODS:
        listed = YAML(typ="safe").load(releases[service].values)["env"]
        config = {one["name"]: one["value"] for one in listed}
        seen = json.loads(shop.service(service, f"deployment/{service}", "-show"))
        assert {name: seen["environment"].get(name) for name in config} == config
        assert seen["writable"] == {"/": False, "/tmp": True}


def test_the_database_job_has_run_on_a_real_database(shop: Cluster, database: DataApi) -> None:
    user = "shop_user_service"
    query = f"SELECT nspowner::regrole FROM pg_namespace WHERE nspname = '{user}'"
    assert database.server.run(query, role=postgresql.MASTER) == f"{user}__owner"
    assert shop.items("kube-system", "jobs") == []


def test_an_upgrade_rolls_the_pods_while_requests_are_answered(shop: Cluster, releases: dict[str, Release]) -> None:
    """Each new connection reaches a pod that is ready, throughout."""
    answers: list[str] = []
    ended = threading.Event()

    def ask() -> None:
        while not ended.is_set():
            url = f"-get=http://{SERVICE}.{SERVICE}:8080/"
            answers.append(shop.service("order-service", "deployment/order-service", url))

    asking = threading.Thread(target=ask)
    asking.start()
    try:
        kubernetes_installer.upgrade(shop.plane, releases[SERVICE], f"--set=image={NEXT}")
    finally:
        ended.set()
        asking.join(60)
    assert len(answers) > 5
    assert set(answers) == {f"{SERVICE} has no image yet: write `image:` in services.yaml\n"}
    assert NEXT in _images(shop)


@pytest.mark.nightly(minutes=2)
def test_an_upgrade_to_an_image_that_is_not_there_is_rolled_back(shop: Cluster, releases: dict[str, Release]) -> None:
    with pytest.raises(CommandFailed, match=r"(?s)rolled back due to atomic being set"):
        kubernetes_installer.upgrade(shop.plane, releases[SERVICE], f"--set=image={LOST}", "--timeout=30s")
    shop.eventually("the pods of before", lambda: LOST not in _images(shop) and _ready(shop)[SERVICE] >= PODS[SERVICE])
    reasons = " ".join(event["message"] for event in shop.items(SERVICE, "events"))
    assert f'Back-off pulling image "{LOST}"' in reasons


@pytest.mark.nightly(minutes=2)
def test_an_upgrade_to_a_server_that_is_never_well_is_rolled_back(shop: Cluster, releases: dict[str, Release]) -> None:
    arguments = ["--set=args={-listen=:8080,-unhealthy}", "--timeout=30s"]
    with pytest.raises(CommandFailed, match=r"(?s)rolled back due to atomic being set.*context deadline exceeded"):
        kubernetes_installer.upgrade(shop.plane, releases[SERVICE], *arguments)
    reasons = " ".join(event["message"] for event in shop.items(SERVICE, "events"))
    assert "Startup probe failed: HTTP probe failed with statuscode: 503" in reasons


def test_a_budget_lets_one_pod_go_at_a_time(shop: Cluster) -> None:
    names = [pod["metadata"]["name"] for pod in _of(shop, "order-service")]
    assert _evict(shop, "order-service", names[0]) == "Success"
    assert "Cannot evict pod as it would violate the pod's disruption budget" in _evict(shop, "order-service", names[1])
    shop.eventually("another in its place", lambda: _ready(shop)["order-service"] == 2)
    assert _evict(shop, "order-service", names[1]) == "Success"


@pytest.mark.nightly(minutes=4)
def test_uninstalled_nothing_is_left(shop: Cluster, applied: Workspace, stacks: list[str]) -> None:
    """The services at once: each pod sleeps for its target group's delay and ten seconds."""
    with ThreadPoolExecutor() as pool:
        services = [stack for stack in stacks if stack in PODS]
        for done in [pool.submit(kubernetes_installer.uninstall, applied, shop.plane, stack) for stack in services]:
            done.result()
    for stack in reversed([stack for stack in stacks if stack not in PODS]):
        kubernetes_installer.uninstall(applied, shop.plane, stack)
    namespaces = {one["metadata"]["name"] for one in shop.items("default", "namespaces")}
    assert namespaces & PODS.keys() == set()
    # The kubelet clears away what a pod had after the API has forgotten the pod.
    end = time.monotonic() + 120
    while left := _containers(shop.node, r"\w+-service"):
        assert time.monotonic() < end, left
        time.sleep(1)


def _ready(cluster: Cluster) -> dict[str, int]:
    """Pods by service, without those that end."""
    return {
        service: sum(
            condition["type"] == "Ready" and condition["status"] == "True"
            for pod in _of(cluster, service)
            for condition in pod["status"].get("conditions", [])
        )
        for service in PODS
    }


def _of(cluster: Cluster, service: str) -> list[dict]:  # type: ignore[type-arg]
    return [pod for pod in cluster.items(service, "pods") if "deletionTimestamp" not in pod["metadata"]]


def _images(cluster: Cluster) -> set[str]:
    return {container["image"] for pod in _of(cluster, SERVICE) for container in pod["spec"]["containers"]}


def _evict(cluster: Cluster, namespace: str, pod: str) -> str:
    """The status that the API server answers, or its words."""
    eviction = {"apiVersion": "policy/v1", "kind": "Eviction", "metadata": {"name": pod, "namespace": namespace}}
    path = f"--raw=/api/v1/namespaces/{namespace}/pods/{pod}/eviction"
    try:
        return str(json.loads(cluster.kubectl("create", path, "--filename=-", input=json.dumps(eviction)))["status"])
    except CommandFailed as refused:
        return str(refused)


def _containers(node: Node, of_namespace: str) -> list[str]:
    """Folders of logs that the kubelet keeps for as long as a pod has a container: namespace_pod_uid."""
    folders = Path(f"/proc/{node.first_process}/root{node.folder}/data/pods").iterdir()
    return [folder.name for folder in folders if re.match(f"{of_namespace}_", folder.name)]
