"""What the charts render has the form that Kubernetes and the custom kinds take; strictly, so no unknown field."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from tests.support import helm
from tests.support.go_tools import DEFAULT, binary
from tests.support.tool_missing import ToolMissing

CRDS = Path(__file__).parents[1] / "support" / "control_plane" / "crds"
TEMPLATE = "{{ .ResourceKind }}{{ .KindSuffix }}.json"


@pytest.fixture(scope="module", params=[helm.LEAST, DEFAULT])
def version(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def schemas(version: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of schemas named as kubeconform looks for them."""
    try:
        import kubernetes_validate
    except ImportError as error:
        raise ToolMissing(
            "kubernetes-validate, which carries the schemas of Kubernetes, is not installed: see requirements.in"
        ) from error
    folder = tmp_path_factory.mktemp(f"schemas-{version}")
    package = Path(kubernetes_validate.__file__).parent
    for path in (package / "kubernetes-json-schema" / f"v{version}.0-local-strict").iterdir():
        # Both are addresses on the web: kubeconform would fetch them.
        schema = path.read_text().replace('"/api/_definitions.json#', '"_definitions.json#')
        (folder / path.name).write_text(json.dumps({k: v for k, v in json.loads(schema).items() if k != "$id"}))
    for path in CRDS.iterdir():
        definition = YAML(typ="safe").load(path.read_text())["spec"]
        group, kind = definition["group"].split(".")[0], definition["names"]["kind"].lower()
        for one in definition["versions"]:
            schema = _strict(one["schema"]["openAPIV3Schema"])
            (folder / f"{kind}-{group}-{one['name']}.json").write_text(json.dumps(schema))
    return folder


def _strict(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_strict(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    inner = {key: _strict(value) for key, value in schema.items()}
    return {"additionalProperties": False} | inner if "properties" in inner and "type" in inner else inner


def _conform(schemas: Path, version: str, text: str) -> list[dict[str, Any]]:
    command = [str(binary("kubeconform")), "-strict", "-verbose", "-output=json", f"-kubernetes-version={version}.0"]
    done = subprocess.run(
        [*command, f"-schema-location={schemas}/{TEMPLATE}"], input=text, capture_output=True, text=True, check=False
    )
    assert not done.stderr
    # Helm puts an empty document before the hooks of a chart that has nothing else.
    return [found for found in json.loads(done.stdout)["resources"] if found["kind"]]


def _kinds(found: list[dict[str, Any]]) -> list[str]:
    return sorted(one["kind"] for one in found)


def _invalid(found: list[dict[str, Any]]) -> Iterator[str]:
    return (f"{one['kind']}: {one['status']} {one['msg']}" for one in found if one["status"] != "statusValid")


@pytest.mark.parametrize("chart", helm.ALL)
def test_every_object_has_the_form_of_its_kind(schemas: Path, version: str, chart: str) -> None:
    found = _conform(schemas, version, helm.rendered(chart, version=version))
    assert not list(_invalid(found))
    assert _kinds(found) == sorted(helm.kinds(chart))


@pytest.mark.parametrize("chart", [helm.NETWORK, helm.PODS])
def test_every_object_with_secrets_has_the_form_of_its_kind(schemas: Path, version: str, chart: str) -> None:
    changes = helm.with_secrets(chart)
    found = _conform(schemas, version, helm.rendered(chart, changes, version=version))
    assert not list(_invalid(found))
    assert chart == helm.PODS or {"SecretStore", "ExternalSecret"} <= set(_kinds(found))


WAITING = {
    "pods": {"min": 0, "max": 5},
    "triggers": [
        {"type": "cpu", "metricType": "Utilization", "metadata": {"value": "60"}},
        {"type": "aws-sqs-queue", "useCachedMetrics": True, "metadata": {"queueLength": "10"}},
    ],
}


def test_what_keda_scales_has_the_form_of_its_kind(schemas: Path, version: str) -> None:
    found = _conform(schemas, version, helm.rendered(helm.PODS, WAITING, version=version))
    assert not list(_invalid(found))
    assert "ScaledObject" in _kinds(found)
    assert "HorizontalPodAutoscaler" not in _kinds(found)


@pytest.mark.parametrize(
    ("right", "wrong", "words"),
    [
        ("maxReplicaCount: 5", "maxReplicas: 5", "additional properties 'maxReplicas' not allowed"),
        ("metricType: Utilization", "metricType: 7", "got number, want string"),
    ],
)
def test_a_wrong_field_of_what_keda_scales_would_be_found(
    schemas: Path, version: str, right: str, wrong: str, words: str
) -> None:
    text = helm.rendered(helm.PODS, WAITING)
    assert right in text
    assert words in "\n".join(_invalid(_conform(schemas, version, text.replace(right, wrong))))


@pytest.mark.parametrize(
    ("right", "wrong", "words"),
    [
        ("creationPolicy: Orphan", "creationPolicy: Keep", "value must be one of 'Owner', 'Orphan'"),
        ("remoteRef:", "remote:", "additional properties 'remote' not allowed"),
        ("serviceAccountRef:", "serviceAccount:", "additional properties 'serviceAccount' not allowed"),
    ],
)
def test_a_wrong_field_of_a_secret_would_be_found(
    schemas: Path, version: str, right: str, wrong: str, words: str
) -> None:
    text = helm.rendered(helm.NETWORK, helm.with_secrets(helm.NETWORK))
    assert right in text
    assert words in "\n".join(_invalid(_conform(schemas, version, text.replace(right, wrong))))


@pytest.mark.parametrize(
    ("chart", "right", "wrong", "words"),
    [
        (helm.PODS, "serviceAccountName:", "serviceAccount_name:", "additional properties 'serviceAccount_name' not"),
        (helm.PODS, "containerPort: 8080", 'containerPort: "8080"', "got string, want"),
        (helm.NETWORK, "groupIds:", "groups:", "additional properties 'groups' not allowed"),
        (helm.NETWORK, "targetType: ip", "targetType: lambda", "value must be one of 'instance', 'ip'"),
    ],
)
def test_a_wrong_field_would_be_found(
    schemas: Path, version: str, chart: str, right: str, wrong: str, words: str
) -> None:
    text = helm.rendered(chart)
    assert right in text
    assert words in "\n".join(_invalid(_conform(schemas, version, text.replace(right, wrong))))
