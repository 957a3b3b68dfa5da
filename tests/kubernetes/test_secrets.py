"""Secret values in a cluster: objects that the API accepts, and Secrets that live as long as a revision names them.

The operator does not run here: what it would write is written by the tests.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from modules.deploy import kept_objects, orphaned_secrets
from modules.deploy.kubernetes_api import KubernetesApi
from tests.support import helm
from tests.support.control_plane import CommandFailed, ControlPlane

NAMESPACE = "user-service"
OLD, NEW = "user-service-0123456789", "user-service-9876543210"
LABELS = {
    "app.kubernetes.io/name": NAMESPACE,
    "app.kubernetes.io/component": "secrets",
    "app.kubernetes.io/managed-by": "external-secrets",
}
Object = dict[str, Any]


@pytest.fixture
def plane(control_plane: ControlPlane) -> Iterator[ControlPlane]:
    control_plane.kubectl("create", "namespace", NAMESPACE)
    yield control_plane
    control_plane.kubectl("delete", "namespace", NAMESPACE, "--wait")


@pytest.fixture
def api(plane: ControlPlane) -> Iterator[KubernetesApi]:
    plane.kubectl("create", "serviceaccount", "deployer", f"--namespace={NAMESPACE}")
    account = f"--serviceaccount={NAMESPACE}:deployer"
    plane.kubectl("create", "clusterrolebinding", "test-deployer", "--clusterrole=cluster-admin", account)
    token = plane.kubectl("create", "token", "deployer", f"--namespace={NAMESPACE}").strip()
    yield KubernetesApi(plane.endpoint, plane.ca_pem, lambda: token)
    plane.kubectl("delete", "clusterrolebinding", "test-deployer")


def _apply(plane: ControlPlane, manifest: str | Object, *options: str) -> str:
    text = manifest if isinstance(manifest, str) else json.dumps(manifest)
    return plane.kubectl("apply", "--filename=-", "--validate=strict", f"--namespace={NAMESPACE}", *options, input=text)


def _names(plane: ControlPlane, kind: str, *options: str) -> set[str]:
    return set(plane.kubectl("get", kind, "--output=name", f"--namespace={NAMESPACE}", *options).split())


def _as_the_operator_writes_it(plane: ControlPlane, name: str) -> None:
    where = f"--namespace={NAMESPACE}"
    plane.kubectl("create", "secret", "generic", name, "--from-literal=API_KEY=hunter2", where)
    plane.kubectl("label", "secret", name, *(f"{key}={value}" for key, value in LABELS.items()), where)


def _deploy(plane: ControlPlane, secret: str | None) -> None:
    values = {"name": secret, "variables": ["API_KEY"], "files": [{"path": "/etc/key", "key": "API_KEY"}]}
    deployment = helm.objects(helm.PODS, {"secrets": values} if secret else {})["Deployment"]
    _apply(plane, deployment)
    generation = json.loads(plane.kubectl("get", "deployment", NAMESPACE, "--output=json", f"--namespace={NAMESPACE}"))
    condition = f"--for=jsonpath={{.status.observedGeneration}}={generation['metadata']['generation']}"
    plane.kubectl("wait", "deployment", NAMESPACE, condition, f"--namespace={NAMESPACE}", "--timeout=60s")


def test_the_api_accepts_the_objects_that_bring_secrets(plane: ControlPlane) -> None:
    text = helm.rendered(helm.NETWORK, helm.with_secrets(helm.NETWORK))
    said = _apply(plane, text, "--dry-run=server")
    assert "secretstore.external-secrets.io/user-service created (server dry run)" in said
    assert f"externalsecret.external-secrets.io/{OLD} created (server dry run)" in said


def test_the_api_refuses_a_field_that_the_operator_does_not_know(plane: ControlPlane) -> None:
    text = helm.rendered(helm.NETWORK, helm.with_secrets(helm.NETWORK))
    for right, wrong, words in (
        ("secretStoreRef:", "storeRef:", 'unknown field "spec.storeRef"'),
        ("service: SecretsManager", "service: Vault", 'Unsupported value: "Vault"'),
    ):
        assert right in text
        with pytest.raises(CommandFailed, match=re.escape(words)):
            _apply(plane, text.replace(right, wrong), "--dry-run=server")


def test_a_rollback_finds_the_objects_of_the_revision_before(plane: ControlPlane) -> None:
    """Objects that Helm were told to keep would be there already, which it takes for an error."""
    chart, where = str(helm.CHARTS / helm.NETWORK), f"--namespace={NAMESPACE}"
    values = helm.values(helm.NETWORK, helm.with_secrets(helm.NETWORK))
    for name in (OLD, NEW):
        values["secrets"]["name"] = name
        file = plane.folder / f"{name}.json"
        file.write_text(json.dumps(values))
        plane.helm("upgrade", "--install", "user-service-network", chart, where, f"--values={file}")
        assert _names(plane, "externalsecrets") == {f"externalsecret.external-secrets.io/{name}"}
    plane.helm("rollback", "user-service-network", "1", where)
    assert _names(plane, "externalsecrets") == {f"externalsecret.external-secrets.io/{OLD}"}
    plane.helm("uninstall", "user-service-network", where)


def test_a_secret_lives_as_long_as_a_replica_set_names_it(plane: ControlPlane, api: KubernetesApi) -> None:
    _as_the_operator_writes_it(plane, OLD)
    _deploy(plane, OLD)
    _as_the_operator_writes_it(plane, NEW)
    _deploy(plane, NEW)
    assert kept_objects.prune(api, NAMESPACE) == []
    current = plane.kubectl("get", "deployment", NAMESPACE, "--output=json", f"--namespace={NAMESPACE}")
    revision = json.loads(current)["metadata"]["annotations"]["deployment.kubernetes.io/revision"]
    sets = json.loads(plane.kubectl("get", "replicasets", "--output=json", f"--namespace={NAMESPACE}"))["items"]
    (old,) = [
        one["metadata"]["name"]
        for one in sets
        if one["metadata"]["annotations"]["deployment.kubernetes.io/revision"] != revision
    ]
    plane.kubectl("delete", "replicaset", old, f"--namespace={NAMESPACE}", "--wait")
    plane.kubectl("delete", "pods", "--all", f"--namespace={NAMESPACE}", "--wait", "--force", "--grace-period=0")
    assert kept_objects.prune(api, NAMESPACE) == [f"secret/{OLD}"]
    assert _names(plane, "secrets", "--selector=app.kubernetes.io/component=secrets") == {f"secret/{NEW}"}


def test_secrets_of_others_are_left_alone(plane: ControlPlane, api: KubernetesApi) -> None:
    plane.kubectl("create", "secret", "generic", "mine", "--from-literal=a=b", f"--namespace={NAMESPACE}")
    assert kept_objects.prune(api, NAMESPACE) == []
    assert "secret/mine" in _names(plane, "secrets")


def test_names_of_secrets_are_read_without_their_values(plane: ControlPlane, api: KubernetesApi) -> None:
    _as_the_operator_writes_it(plane, OLD)
    found = api.metadata(f"/api/v1/namespaces/{NAMESPACE}/secrets")
    assert OLD in [one["metadata"]["name"] for one in found]
    assert all("data" not in one for one in found)
    assert "hunter2" not in json.dumps(found)


def test_objects_that_wait_for_an_operator_that_is_gone_are_ended(plane: ControlPlane, api: KubernetesApi) -> None:
    assert orphaned_secrets.end(api, NAMESPACE) == []
    text = helm.rendered(helm.NETWORK, helm.with_secrets(helm.NETWORK))
    _apply(plane, text)
    finalizer = '{"metadata": {"finalizers": ["externalsecrets.external-secrets.io/externalsecret-cleanup"]}}'
    where = f"--namespace={NAMESPACE}"
    plane.kubectl("patch", "externalsecret", OLD, "--type=merge", f"--patch={finalizer}", where)
    assert orphaned_secrets.end(api, NAMESPACE) == [], "it is not being deleted"
    plane.kubectl("delete", "externalsecret", OLD, "--wait=false", where)
    assert orphaned_secrets.end(api, NAMESPACE) == [OLD]
    assert _names(plane, "externalsecrets") == set()
