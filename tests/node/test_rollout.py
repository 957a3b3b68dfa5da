"""Requests at ten a second, as from a load balancer, while a service is deployed in ways that could interrupt them.

The tests follow each other in this order, on one service with two pods.
"""

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from ruamel.yaml import YAML

from modules.paths import ROOT
from tests.support import helm
from tests.support.control_plane import CommandFailed
from tests.support.load_balancer_controller import GATE, WEBHOOK, LoadBalancerController
from tests.support.node.prober import Prober

from .conftest import SERVICE, Cluster

PLATFORM = ROOT / "tests" / "golden" / "architecture" / "generated" / "stacks" / "platform"
NAME = "user-service"
WHERE = f"--namespace={NAME}"
PODS = {"min": 2, "max": 2}
SMALL = {"image": SERVICE[1], "pods": PODS, "drainSeconds": 0, "cpu": "250m", "memory": "128Mi"}
PORT, NEXT_PORT, WRONG_PORT = 8080, 9090, 9191


class Deployed(NamedTuple):
    """The service, deployed as its stack does it, and the controller that its pods wait for."""

    cluster: Cluster
    controller: LoadBalancerController

    def deploy(self, port: int, *options: str, **changes: Any) -> None:
        """Both releases, of the network first; an upgrade that fails is rolled back."""
        self._release(helm.NETWORK, f"{NAME}-network", {"port": port, "ports": []})
        arguments = {"args": [f"-listen=:{port}", "-text=ok"]}
        self._release(helm.PODS, NAME, SMALL | {"port": port, "ports": []} | arguments | changes, "--atomic", *options)

    def _release(self, chart: str, name: str, changes: dict[str, Any], *options: str) -> None:
        file = self.cluster.plane.folder / f"{name}.json"
        file.write_text(json.dumps(helm.values(chart, changes)))
        command = ("upgrade", "--install", "--wait", "--timeout=60s", name, str(helm.CHARTS / chart))
        self.cluster.plane.helm(*command, WHERE, f"--values={file}", *options)

    def probing(self) -> Prober:
        return Prober(self.cluster.plane, self.cluster.node, NAME)

    def ready_on(self) -> list[int]:
        """Ports of the pods that are ready."""
        return [
            container["ports"][0]["containerPort"]
            for pod in self.cluster.items(NAME, "pods")
            for container in pod["spec"]["containers"]
            if {"type": "Ready", "status": "True"}.items() <= _condition(pod).items()
        ]


def _condition(pod: dict[str, Any]) -> dict[str, Any]:
    """Its readiness; none of a pod that goes."""
    if "deletionTimestamp" in pod["metadata"]:
        return {}
    return next((one for one in pod["status"].get("conditions", []) if one["type"] == "Ready"), {})


@pytest.fixture(scope="module")
def service(cluster: Cluster) -> Iterator[Deployed]:
    cluster.kubectl("create", "namespace", NAME)
    cluster.kubectl("label", "namespace", NAME, *(f"{key}={value}" for key, value in _labels().items()))
    cluster.kubectl(WHERE, "create", "serviceaccount", NAME)
    with LoadBalancerController(cluster.plane, NAME, _failure_policy()) as controller:
        deployed = Deployed(cluster, controller)
        deployed.deploy(PORT)
        cluster.eventually("two pods", lambda: deployed.ready_on() == [PORT] * 2)
        yield deployed
        for release in (NAME, f"{NAME}-network"):
            cluster.plane.helm("uninstall", release, WHERE, "--wait=false")
    cluster.kubectl("delete", "namespace", NAME, "--wait=false")


def _labels() -> dict[str, str]:
    """Of the service's namespace."""
    namespaces = json.loads((PLATFORM / "cdk.tf.json").read_text())["resource"]["kubernetes_namespace_v1"]
    return dict(namespaces[NAME.replace("-", "_")]["metadata"]["labels"])


def _failure_policy() -> str:
    """As the controller's release is given it."""
    values = YAML(typ="safe").load((PLATFORM / "aws-load-balancer-controller.values.yaml").read_text())
    return str(values["podMutatorWebhookConfig"]["failurePolicy"])


def test_another_port_is_no_outage(service: Deployed) -> None:
    with service.probing() as prober:
        service.deploy(NEXT_PORT)
        service.cluster.eventually("the new pods alone", lambda: service.ready_on() == [NEXT_PORT] * 2)
    assert prober.gaps == []
    assert {target.port for target in prober.asked} == {PORT, NEXT_PORT}
    assert prober.requests > 30
    print(f"{prober.requests} requests")


def test_a_release_that_fails_is_no_outage(service: Deployed) -> None:
    """Also one with another port, of which the network is told before the pods are."""
    unwell = {"args": [f"-listen=:{WRONG_PORT}", "-unhealthy"]}
    with service.probing() as prober:
        with pytest.raises(CommandFailed, match=r"(?s)rolled back due to atomic being set.*context deadline exceeded"):
            service.deploy(WRONG_PORT, "--timeout=12s", **unwell)
        service.deploy(NEXT_PORT)
    assert prober.gaps == []
    assert {target.port for target in prober.asked} == {NEXT_PORT}
    assert prober.requests > 100
    print(f"{prober.requests} requests")


def test_a_release_while_the_controller_is_gone_is_no_outage(service: Deployed) -> None:
    """No new pod starts, since it would be ready before it is a target, and replace one that is."""
    service.controller.stop()
    before = _names(service.cluster)
    with service.probing() as prober:
        with pytest.raises(CommandFailed, match=r"(?s)rolled back due to atomic being set.*context deadline exceeded"):
            service.deploy(NEXT_PORT, "--timeout=12s", image=SERVICE[2])
        assert _names(service.cluster) == before
        service.controller.start()
        service.deploy(NEXT_PORT, image=SERVICE[2])
        service.cluster.eventually("other pods", lambda: not before & _names(service.cluster))
    assert prober.gaps == []
    assert prober.requests > 100
    reasons = " ".join(event["message"] for event in service.cluster.items(NAME, "events"))
    assert f'failed calling webhook "{WEBHOOK}"' in reasons
    for pod in service.cluster.items(NAME, "pods"):
        assert pod["spec"]["readinessGates"] == [{"conditionType": GATE.format(NAME)}]
    print(f"{prober.requests} requests")


def test_the_prober_sees_an_outage(service: Deployed) -> None:
    with service.probing() as prober:
        service.cluster.kubectl(WHERE, "scale", "deployment", NAME, "--replicas=0")
        service.cluster.eventually("a gap", lambda: prober.gaps)
    assert "no target" in prober.gaps[0]


def _names(cluster: Cluster) -> set[str]:
    """Of pods that do not end."""
    pods = cluster.items(NAME, "pods")
    return {pod["metadata"]["name"] for pod in pods if "deletionTimestamp" not in pod["metadata"]}
