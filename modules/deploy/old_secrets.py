"""Deletes Secrets that hold values for pods of revisions that are gone, and ends objects that the operator left behind.

A Secret belongs to no Helm release, because pods of an older revision need theirs as long as a ReplicaSet names it:
docs/decisions/0010. Only names are read here, and no value.
"""

from collections.abc import Iterator
from typing import Any

from modules.deploy.kubernetes_api import KubernetesApi, KubernetesError
from modules.facts.charts import EXTERNAL_SECRETS

_LABELS = "app.kubernetes.io/component=secrets,app.kubernetes.io/managed-by=external-secrets"
_SYSTEM = "kube-system"
_NOT_FOUND = 404

Json = dict[str, Any]


def prune(api: KubernetesApi, namespace: str) -> list[str]:
    """Deletes the Secrets of a service's namespace that no ReplicaSet and no pod names; returns their names.

    Raises KubernetesError.
    """
    secrets = f"/api/v1/namespaces/{namespace}/secrets"
    kept = api.metadata(secrets, labelSelector=_LABELS)  # before the ReplicaSets: a newer one is named by then
    if not kept:
        return []
    sets = api.items(f"/apis/apps/v1/namespaces/{namespace}/replicasets")
    templates = [one["spec"]["template"]["spec"] for one in sets]
    pods = [one["spec"] for one in api.items(f"/api/v1/namespaces/{namespace}/pods")]
    named = {name for spec in (*templates, *pods) for name in _named(spec)}
    gone = [one for one in kept if one["metadata"]["name"] not in named]
    for one in gone:
        api.delete(f"{secrets}/{one['metadata']['name']}", one)
    return sorted(str(one["metadata"]["name"]) for one in gone)


def release_orphans(api: KubernetesApi, namespace: str) -> list[str]:
    """Ends the ExternalSecrets that wait for an operator that is gone with the last `secrets:`; returns their names.

    They carry its finalizer, and would keep the namespace from ever being deleted. Raises KubernetesError.
    """
    objects = f"/apis/external-secrets.io/v1/namespaces/{namespace}/externalsecrets"
    try:
        found = api.items(objects)
    except KubernetesError as problem:
        if problem.status == _NOT_FOUND:  # the operator was never here
            return []
        raise
    waiting = [one["metadata"] for one in found if one["metadata"].get("deletionTimestamp")]
    if not waiting or api.items(f"/apis/apps/v1/namespaces/{_SYSTEM}/deployments", fieldSelector=_operator()):
        return []
    for one in waiting:
        api.patch(f"{objects}/{one['name']}", {"metadata": {"finalizers": None}})
    return sorted(str(one["name"]) for one in waiting)


def _operator() -> str:
    return f"metadata.name={EXTERNAL_SECRETS.name}"


def _named(spec: Json) -> Iterator[str]:
    """Names of the Secrets that a pod takes variables and files from."""
    for container in (*spec.get("initContainers", ()), *spec.get("containers", ())):
        for variable in container.get("env") or ():
            if reference := variable.get("valueFrom", {}).get("secretKeyRef"):
                yield str(reference["name"])
    for volume in spec.get("volumes") or ():
        if secret := volume.get("secret"):
            yield str(secret["secretName"])
