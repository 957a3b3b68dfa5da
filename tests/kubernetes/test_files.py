"""Text files of a service on a control plane: named by content, kept for pods of the old revision, and then deleted."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from modules.deploy import kept_objects
from tests.support import helm
from tests.support.control_plane import CommandFailed, ControlPlane, kubeconfig

NAME = "user-service"
SMALL = {"pods": {"min": 1, "max": 1}}
FURTHER: dict[str, Any] = {"image": "example.com/further:1", "cpu": "50m", "memory": "64Mi"}
WHOLE: dict[str, Any] = {
    "files": [{"path": "/etc/app/app.yaml", "text": "a: ${b}\n\tc\r\n"}, {"path": "/etc/other", "text": ""}],
    "writable": [{"path": "/var/cache/app", "copied": True}],
    "storage": 50,
    "pullSecret": "registry-login",
    "init": [FURTHER | {"name": "prepare", "command": ["/prepare"]}],
    "sidecars": [FURTHER | {"name": "proxy", "env": [{"name": "A", "value": "b"}]}],
}


@pytest.fixture
def namespace(control_plane: ControlPlane, request: pytest.FixtureRequest) -> Iterator[str]:
    """Of the level that namespaces of services enforce."""
    name = f"files-{abs(hash(request.node.name))}"
    control_plane.kubectl("create", "namespace", name)
    control_plane.kubectl("label", "namespace", name, "pod-security.kubernetes.io/enforce=restricted")
    control_plane.kubectl("create", "serviceaccount", NAME, f"--namespace={name}")
    yield name
    control_plane.kubectl("delete", "namespace", name, "--wait=false")


def _text(text: str) -> dict[str, Any]:
    return {"files": [{"path": "/etc/app.yaml", "text": text}]}


def _upgrade(plane: ControlPlane, namespace: str, changes: dict[str, Any], *options: str) -> None:
    file = plane.folder / f"{namespace}.json"
    file.write_text(json.dumps(helm.values(helm.PODS, SMALL | changes)))
    where = (f"--namespace={namespace}", f"--values={file}")
    plane.helm("upgrade", "--install", "--wait", NAME, str(helm.CHARTS / helm.PODS), *where, *options)


def _items(plane: ControlPlane, namespace: str, kind: str, *options: str) -> list[dict[str, Any]]:
    listed = json.loads(plane.kubectl(f"--namespace={namespace}", "get", kind, "--output=json", *options))
    return list(listed["items"])


def _texts(plane: ControlPlane, namespace: str) -> dict[str, str]:
    """Name of each ConfigMap of the release -> its first file."""
    found = _items(plane, namespace, "configmaps", "--selector=app.kubernetes.io/component=files")
    return {one["metadata"]["name"]: one["data"]["file-0"] for one in found}


def _mounted(plane: ControlPlane, namespace: str, kind: str = "pods") -> set[str]:
    specs = [
        one["spec"] if kind == "pods" else one["spec"]["template"]["spec"] for one in _items(plane, namespace, kind)
    ]
    return {volume["configMap"]["name"] for spec in specs for volume in spec["volumes"] if volume["name"] == "files"}


def test_the_api_server_takes_every_part_of_a_pod_under_the_level_restricted(
    control_plane: ControlPlane, namespace: str
) -> None:
    file = control_plane.folder / f"{namespace}.json"
    file.write_text(json.dumps(helm.values(helm.PODS, WHOLE)))
    chart = (NAME, str(helm.CHARTS / helm.PODS), f"--namespace={namespace}", f"--values={file}")
    control_plane.kubectl(
        f"--namespace={namespace}",
        "apply",
        "--server-side",
        "--dry-run=server",
        "--warnings-as-errors",
        "--filename=-",
        input=control_plane.helm("template", *chart),
    )


def test_pods_of_the_old_revision_keep_their_text_until_no_replica_set_names_it(
    control_plane: ControlPlane, namespace: str
) -> None:
    api = kubeconfig.api(control_plane.kubeconfig)
    _upgrade(control_plane, namespace, _text("old\n"), "--timeout=120s")
    (old,) = _mounted(control_plane, namespace)
    with pytest.raises(CommandFailed, match="context deadline exceeded"):
        _upgrade(control_plane, namespace, _text("new\n") | {"image": "example.com/user:missing"}, "--timeout=20s")
    assert sorted(_texts(control_plane, namespace).values()) == ["new\n", "old\n"]
    assert old in _mounted(control_plane, namespace), "the old pods still run"
    _upgrade(control_plane, namespace, _text("new\n"), "--timeout=120s")
    (new,) = _mounted(control_plane, namespace)
    assert _texts(control_plane, namespace) == {old: "old\n", new: "new\n"}
    assert kept_objects.prune(api, namespace) == []
    assert len(_texts(control_plane, namespace)) == 2, "a rollback can still want it"
    _forget_old_revisions(control_plane, namespace)
    assert kept_objects.prune(api, namespace) == [f"configmap/{old}"]
    assert _texts(control_plane, namespace) == {new: "new\n"}


def test_helm_takes_over_what_it_had_kept_where_a_text_comes_back(control_plane: ControlPlane, namespace: str) -> None:
    for text in ("one\n", "two\n", "one\n"):
        _upgrade(control_plane, namespace, _text(text), "--timeout=120s")
    (mounted,) = _mounted(control_plane, namespace)
    assert _texts(control_plane, namespace)[mounted] == "one\n"


def _forget_old_revisions(plane: ControlPlane, namespace: str) -> None:
    """As after ten more: Kubernetes keeps as many ReplicaSets without pods."""
    for one in _items(plane, namespace, "replicasets"):
        if one["spec"]["replicas"] == 0:
            plane.kubectl(f"--namespace={namespace}", "delete", "replicaset", one["metadata"]["name"], "--wait=true")


def test_a_text_that_only_a_job_mounts_is_kept(control_plane: ControlPlane, namespace: str) -> None:
    job = {"name": "a", "schedule": "@yearly", "timeZone": "Etc/UTC", "overlap": "Forbid", "deadlineSeconds": 60}
    _upgrade(control_plane, namespace, _text("kept") | {"jobs": [job | {"retries": 0, "cpu": "50m", "memory": "64Mi"}]})
    control_plane.kubectl(f"--namespace={namespace}", "delete", "deployment", NAME, "--wait=true")
    api = kubeconfig.api(control_plane.kubeconfig)
    assert kept_objects.prune(api, namespace) == []
    assert list(_texts(control_plane, namespace).values()) == ["kept"]
