"""A real API server takes what workers make of the charts, at level `restricted`."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from modules.checks.check import check
from modules.design import helm_values, terraform_text
from modules.spec.model import Spec
from tests.support import helm
from tests.support.control_plane import ControlPlane
from tests.unit.conftest import TODAY

KNOWN = {"pods_security_group_id": "sg-0123456789abcdef0", "security_group_id": "sg-0fedcba9876543210"}
NAMESPACE = "workloads"
Objects = dict[str, dict[str, Any]]
Render = Callable[[str], Objects]


@pytest.fixture(scope="module")
def plane(control_plane: ControlPlane) -> ControlPlane:
    labels = {f"pod-security.kubernetes.io/{mode}": "restricted" for mode in ("enforce", "warn")}
    namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE, "labels": labels}}
    control_plane.kubectl("apply", "--filename=-", input=json.dumps(namespace))
    return control_plane


def _spec(folder: Path, service: str) -> Spec:
    file = folder / "services.yaml"
    file.write_text(f"project: shop\nregion: eu-west-1\nservices: {{mails: {service}}}\n")
    checked = check(file, TODAY)
    assert checked.spec is not None, checked.mistakes
    return terraform_text.literal(checked.spec)


@pytest.fixture
def taken(plane: ControlPlane, tmp_path: Path) -> Render:
    """The objects of both charts, by kind, which the API server has taken without a warning."""

    def render(service: str) -> Objects:
        spec = _spec(tmp_path, service)
        found: Objects = {}
        for chart, text in (
            (helm.NETWORK, helm_values.network(spec, "mails")),
            (helm.PODS, helm_values.service(spec, "mails", {})),
        ):
            values = tmp_path / f"{chart}.yaml"
            values.write_text(re.sub(r"\$\{(\w+)\}", lambda one: KNOWN[one[1]], text))
            command = ("template", "mails", str(helm.CHARTS / chart), f"--namespace={NAMESPACE}", f"--values={values}")
            rendered = plane.helm(*command)
            options = ("--server-side", "--dry-run=server", "--warnings-as-errors", "--filename=-", "--output=json")
            plane.kubectl(f"--namespace={NAMESPACE}", "apply", *options, input=rendered)
            found |= {one["kind"]: one for one in YAML(typ="safe").load_all(rendered) if one}
        return found

    return render


@pytest.mark.parametrize("health", ["", "health: {command: [/alive, --now]}"])
def test_the_api_server_takes_a_worker_without_service_and_without_ports(taken: Render, health: str) -> None:
    objects = taken(f"{{port: none, image: registry.example.com/mails:v1, stop: 2m, {health}}}")
    assert set(objects) == {"SecurityGroupPolicy", "Deployment", "HorizontalPodAutoscaler", "PodDisruptionBudget"}
    pod = objects["Deployment"]["spec"]["template"]["spec"]
    (server,) = pod["containers"]
    assert pod["terminationGracePeriodSeconds"] == 120
    assert ("ports" in server, "preStop" in server.get("lifecycle", {})) == (False, False)
    assert ("postStart" in server.get("lifecycle", {})) is not bool(health)
    assert server.get("readinessProbe", {}).get("exec") == ({"command": ["/alive", "--now"]} if health else None)


@pytest.mark.parametrize(("stop", "wait"), [(1, None), (5, 4)])
def test_the_api_server_takes_a_worker_that_has_to_end_quickly(taken: Render, stop: int, wait: int | None) -> None:
    objects = taken(f"{{port: none, image: registry.example.com/mails:v1, stop: {stop}}}")
    (server,) = objects["Deployment"]["spec"]["template"]["spec"]["containers"]
    assert server.get("lifecycle") == (None if wait is None else {"postStart": {"sleep": {"seconds": wait}}})


def test_the_api_server_takes_a_worker_with_sidecars(taken: Render) -> None:
    image = "registry.example.com/proxy:v1"
    objects = taken(f"{{port: none, image: registry.example.com/mails:v1, sidecars: {{proxy: {{image: '{image}'}}}}}}")
    server, proxy = objects["Deployment"]["spec"]["template"]["spec"]["containers"]
    assert "lifecycle" not in server
    assert proxy["lifecycle"] == {"postStart": {"sleep": {"seconds": 10}}}
