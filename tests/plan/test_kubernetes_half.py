"""Helm releases and Kubernetes objects of a small system, by Terraform's own providers on a real control plane.

In the nightly tier, where `TF_PLUGIN_MIRROR` has hashicorp/helm and hashicorp/kubernetes or a registry is reached.
AWS is emulated, kwok plays the pods. The tests follow each other in this order.
"""

import copy
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

import pytest

from modules.deploy.kubernetes_api import KubernetesApi
from tests.plan.test_renamed import NEW, OLD, Renamed
from tests.support.control_plane import CommandFailed, ControlPlane, kubeconfig
from tests.support.deployed_in_passes import system
from tests.support.emulator import as_deployer, clients, emulated_aws, issuer, lead_to
from tests.support.random_specs import System
from tests.support.tool_missing import ToolMissing

pytestmark = pytest.mark.nightly(minutes=35)
SECONDS_BETWEEN = 0.2


def shop(name: str, **more: str) -> System:
    services = {name: {"path": "/orders", "aws": ["sqs"], "pods": 2, **more}, "basket": {"calls": [name], "pods": 1}}
    return system(services, load_balancer={}, accept=["http-only"], database="none", cache="none")


Plane = tuple[ControlPlane, dict[str, str], dict[str, str]]


@pytest.fixture(scope="module")
def plane(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plane]:
    """With the environments of the emulated AWS, and of who deploys there."""
    log, folder = tmp_path_factory.mktemp("aws") / "log", tmp_path_factory.mktemp("plane")
    with emulated_aws(log) as aws:
        deployer = as_deployer(aws)
        with ControlPlane(folder=folder, aws=deployer, cluster_name="shop", issuer=issuer()) as plane:
            lead_to(log, plane.endpoint, plane.ca_pem, plane.issuer)
            yield plane, aws, deployer


@pytest.fixture(scope="module")
def deployed(plane: Plane, tmp_path_factory: pytest.TempPathFactory) -> Renamed:
    _, aws, deployer = plane
    deployed = Renamed(tmp_path_factory.mktemp("deployed"), aws, shop(OLD), deployer=deployer)
    if deployed.workspace.aws_only:
        raise ToolMissing("no hashicorp/helm and hashicorp/kubernetes: set TF_PLUGIN_MIRROR, or reach a registry")
    deployed.ways = {}
    return deployed


@pytest.fixture
def kubectl(plane: Plane) -> ControlPlane:
    return plane[0]


def _drift(deployed: Renamed, code: int) -> list[tuple[str, list[str]]]:
    told = json.loads(deployed.main("drift", "--json", code=code))
    assert "Helm releases" not in json.dumps(told["sections"].get("Not compared", [])), "the cluster is compared"
    return [(one["address"], one["words"]) for one in told["differences"]]


def test_after_an_apply_nothing_differs_in_the_cluster_and_nothing_is_planned(deployed: Renamed) -> None:
    assert _drift(deployed, 0) == []
    assert "Nothing to do: 6 stacks planned" in deployed.main("plan")


def test_what_somebody_changes_in_the_cluster_is_told_and_the_next_apply_puts_it_back(
    deployed: Renamed, kubectl: ControlPlane
) -> None:
    kubectl.kubectl("label", "namespace", OLD, "team=baskets")
    kubectl.kubectl(
        "annotate", "serviceaccount", "basket", "--namespace=basket", "--overwrite", "eks.amazonaws.com/role-arn=x"
    )
    found = dict(_drift(deployed, 2))
    assert found.keys() == {f"kubernetes_namespace_v1.{OLD}", "kubernetes_service_account_v1.basket"}
    assert found[f"kubernetes_namespace_v1.{OLD}"] == ['metadata.labels.team: none -> "baskets"']
    (words,) = found["kubernetes_service_account_v1.basket"]
    assert words.startswith("metadata.annotations.eks.amazonaws.com/role-arn: ")
    deployed.workspace.apply("platform")
    assert _drift(deployed, 0) == []


def test_a_release_that_is_gone_is_told_and_the_next_apply_installs_it(
    deployed: Renamed, kubectl: ControlPlane
) -> None:
    kubectl.helm("uninstall", "basket-network", "--namespace=basket", "--wait")
    assert _drift(deployed, 2) == [("helm_release.basket_network", ["was deleted outside of Terraform"])]
    deployed.workspace.apply("basket")
    assert _drift(deployed, 0) == []


def test_objects_in_a_release_are_not_compared_and_kubectl_shows_what_differs(
    deployed: Renamed, kubectl: ControlPlane
) -> None:
    kubectl.kubectl("set", "image", "deployment/basket", "server=registry.test/other:1", "--namespace=basket")
    assert _drift(deployed, 0) == []
    manifest = kubectl.helm("get", "manifest", "basket", "--namespace=basket")
    with pytest.raises(CommandFailed, match=r"-.+registry\.test/other:1"):
        kubectl.kubectl("diff", "--namespace=basket", "--filename=-", input=manifest)


def test_values_that_somebody_changes_are_told_with_the_command_that_puts_them_back(
    deployed: Renamed, kubectl: ControlPlane
) -> None:
    chart = str(deployed.workspace.generated / "charts" / "microservice")
    kubectl.helm("upgrade", "basket", chart, "--namespace=basket", "--reuse-values", "--set=pods.max=7")
    assert _drift(deployed, 2) == [("helm_release.basket", ["values.pods.max: 3 -> 7"])]
    assert "Nothing to do" in deployed.main("plan"), "no plan compares them"
    told = deployed.main("drift", "basket", code=2)
    (command,) = re.findall(r"^  helm (rollback .+) puts back the values of basket,", told, re.MULTILINE)
    kubectl.helm(*command.split())
    assert _drift(deployed, 0) == []


class Seen(NamedTuple):
    group: str
    ready: int  # pods of the service that the rule sends requests to


class Prober(threading.Thread):
    """Asks again and again who gets requests, and how many of its pods are ready."""

    def __init__(self, deployed: Renamed, aws: dict[str, str], api: KubernetesApi) -> None:
        super().__init__()
        self.deployed, self.api = copy.copy(deployed), api
        self.deployed.client = clients(aws)  # of its own: a session of boto3 is for one thread
        self.seen: list[Seen] = []
        self.failed: list[str] = []
        self.ended = threading.Event()

    def run(self) -> None:
        while not self.ended.wait(SECONDS_BETWEEN):
            try:
                (group,) = (name for name, weight in self.deployed.way.groups.items() if weight)
                self.seen.append(Seen(group, self._ready(group.removeprefix("shop-"))))
            except Exception as error:  # a finding too
                self.failed.append(repr(error))

    def _ready(self, service: str) -> int:
        pods = self.api.items(f"/api/v1/namespaces/{service}/pods")
        conditions = [pod["status"].get("conditions", []) for pod in pods if "deletionTimestamp" not in pod["metadata"]]
        return sum(any(one["type"] == "Ready" and one["status"] == "True" for one in of) for of in conditions)


@contextmanager
def probing(deployed: Renamed, aws: dict[str, str], api: KubernetesApi) -> Iterator[Prober]:
    prober = Prober(deployed, aws, api)
    prober.start()
    try:
        yield prober
    finally:
        prober.ended.set()
        prober.join(60)


def test_a_renamed_service_has_a_ready_pod_behind_its_rule_at_every_moment(deployed: Renamed, plane: Plane) -> None:
    kubectl, aws, _ = plane
    with probing(deployed, aws, kubeconfig.api(kubectl.kubeconfig)) as prober:
        deployed.deploy(shop(NEW, renamed_from=OLD))
    assert prober.failed == []
    assert len(prober.seen) > 20
    order = list(dict.fromkeys(one.group for one in prober.seen))
    assert order == ["shop-orders", "shop-purchases"], "switched once, and never back"
    assert min(one.ready for one in prober.seen) >= 1, [one for one in prober.seen if not one.ready][:5]
    named = json.loads(kubectl.kubectl("get", "namespaces", "--output=json"))["items"]
    assert {OLD, NEW} & {one["metadata"]["name"] for one in named} == {NEW}
    deployed.has_nothing_left_to_do()
    assert _drift(deployed, 0) == []
