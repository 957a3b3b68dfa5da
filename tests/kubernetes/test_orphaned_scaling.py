"""What KEDA leaves behind when it goes is ended, and a Deployment that it left without pods gets one."""

import json
from collections.abc import Iterator

import pytest

from modules.deploy import orphaned_scaling
from modules.deploy.kubernetes_api import KubernetesApi
from tests.support import helm
from tests.support.control_plane import ControlPlane, kubeconfig

NAME = "user-service"
WHERE = f"--namespace={NAME}"
SCALED = {"pods": {"min": 0, "max": 5}, "triggers": [{"type": "cpu", "metadata": {"value": "60"}}]}


@pytest.fixture
def plane(control_plane: ControlPlane) -> Iterator[ControlPlane]:
    control_plane.kubectl("create", "namespace", NAME)
    yield control_plane
    control_plane.kubectl("delete", "namespace", NAME, "--wait")


@pytest.fixture
def api(plane: ControlPlane) -> KubernetesApi:
    return kubeconfig.api(plane.kubeconfig)


def _replicas(plane: ControlPlane) -> str:
    return plane.kubectl("get", "deployment", NAME, WHERE, "--output=jsonpath={.spec.replicas}")


def test_scaled_objects_that_wait_for_keda_are_ended_and_their_pods_come_back(
    plane: ControlPlane, api: KubernetesApi
) -> None:
    assert orphaned_scaling.end(api, NAME) == []
    objects = helm.objects(helm.PODS, SCALED)
    for kind in ("Deployment", "ScaledObject"):
        plane.kubectl("apply", "--filename=-", WHERE, input=json.dumps(objects[kind]))
    plane.kubectl("scale", "deployment", NAME, "--replicas=0", WHERE)
    finalizer = '{"metadata": {"finalizers": ["finalizer.keda.sh"]}}'
    plane.kubectl("patch", "scaledobject", NAME, "--type=merge", f"--patch={finalizer}", WHERE)
    assert orphaned_scaling.end(api, NAME) == [], "it is not being deleted"
    plane.kubectl("delete", "scaledobject", NAME, "--wait=false", WHERE)
    assert _replicas(plane) == "0"
    assert orphaned_scaling.end(api, NAME) == [NAME]
    assert _replicas(plane) == "1"
    assert plane.kubectl("get", "scaledobjects", "--output=name", WHERE) == ""


def test_scaled_objects_are_left_to_keda_while_it_is_there(plane: ControlPlane, api: KubernetesApi) -> None:
    plane.kubectl("create", "deployment", "keda-operator", "--image=a/b:1", "--namespace=kube-system")
    try:
        scaled = helm.objects(helm.PODS, SCALED)["ScaledObject"]
        scaled["metadata"]["finalizers"] = ["finalizer.keda.sh"]
        plane.kubectl("apply", "--filename=-", WHERE, input=json.dumps(scaled))
        plane.kubectl("delete", "scaledobject", NAME, "--wait=false", WHERE)
        assert orphaned_scaling.end(api, NAME) == []
    finally:
        plane.kubectl("delete", "deployment", "keda-operator", "--namespace=kube-system")
        plane.kubectl("patch", "scaledobject", NAME, "--type=merge", '--patch={"metadata":{"finalizers":null}}', WHERE)
