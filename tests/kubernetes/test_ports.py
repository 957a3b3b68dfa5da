"""A real API server takes what ports, protocols and a port below 1024 make of the charts, at level `restricted`."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from modules.checks.check import check
from modules.design import helm_values, pod_security, terraform_text
from modules.spec.model import Spec
from tests.support import helm
from tests.support.control_plane import CommandFailed, ControlPlane
from tests.unit.conftest import TODAY

SYSTEM = """
project: shop
region: eu-west-1
domain: shop.example.com
hosted_zone: Z0123456789ABCDEFGHIJ
services:
  web:
    path: /
    image: registry.example.com/web:v1
    port: 80
    ports: {8080: 80, 443: 443, 9090: 9090}
    protocol: grpc
    drain: 5m
"""
KNOWN = {
    "pods_security_group_id": "sg-0123456789abcdef0",
    "security_group_id": "sg-0fedcba9876543210",
    "vpc_id": "vpc-0123456789abcdef0",
    "target_group_arn": "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/web-GRPC/0123456789abcdef",
}
NAMESPACE = "ports"


@pytest.fixture
def spec(tmp_path: Path) -> Spec:
    file = tmp_path / "services.yaml"
    file.write_text(SYSTEM)
    found = check(file, TODAY).spec
    assert found is not None
    assert pod_security.level(found.services["web"]) == "restricted"
    return terraform_text.literal(found)


@pytest.fixture(scope="module")
def plane(control_plane: ControlPlane) -> ControlPlane:
    labels = {f"pod-security.kubernetes.io/{mode}": "restricted" for mode in ("enforce", "warn")}
    namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE, "labels": labels}}
    control_plane.kubectl("apply", "--filename=-", input=json.dumps(namespace))
    return control_plane


def _rendered(plane: ControlPlane, chart: str, text: str) -> str:
    values = plane.folder / f"{chart}.ports.yaml"
    values.write_text(re.sub(r"\$\{(\w+)\}", lambda found: KNOWN[found[1]], text))
    return plane.helm("template", "web", str(helm.CHARTS / chart), f"--namespace={NAMESPACE}", f"--values={values}")


def _dry_run(plane: ControlPlane, manifests: str) -> None:
    options = ("--server-side", "--dry-run=server", "--warnings-as-errors", "--filename=-")
    plane.kubectl(f"--namespace={NAMESPACE}", "apply", *options, input=manifests)


def test_the_api_server_takes_ports_and_a_sysctl_without_a_warning(plane: ControlPlane, spec: Spec) -> None:
    network = _rendered(plane, helm.NETWORK, helm_values.network(spec, "web"))
    pods = _rendered(plane, helm.PODS, helm_values.service(spec, "web", {}))
    assert "name: web-grpc" in network
    _dry_run(plane, network)
    _dry_run(plane, pods)


def test_a_pod_with_the_sysctl_is_admitted_at_level_restricted_and_another_sysctl_is_not(
    plane: ControlPlane, spec: Spec
) -> None:
    rendered = _rendered(plane, helm.PODS, helm_values.service(spec, "web", {}))
    (deployment,) = (one for one in YAML(typ="safe").load_all(rendered) if one and one["kind"] == "Deployment")
    pod: dict[str, Any] = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "web", "labels": deployment["spec"]["template"]["metadata"]["labels"]},
        "spec": {**deployment["spec"]["template"]["spec"], "serviceAccountName": "default"},
    }
    sysctls = pod["spec"]["securityContext"]["sysctls"]
    assert sysctls == [{"name": "net.ipv4.ip_unprivileged_port_start", "value": "80"}]
    _dry_run(plane, json.dumps(pod))
    sysctls[0]["name"] = "net.core.somaxconn"
    with pytest.raises(CommandFailed, match="forbidden sysctls"):
        _dry_run(plane, json.dumps(pod))
