"""Deletes what is kept for the pods of older revisions, once nothing names it: texts of `files:`, values of `secrets:`.

Helm deletes what has left a chart before the new pods are ready, and pods of the old revision may still start again
until then. So Helm keeps these ConfigMaps, and the Secrets are in no release (docs/decisions/0010); each is named by
what it holds. Only names are read here, and no value.
"""

from collections.abc import Iterator, Mapping
from functools import reduce
from operator import getitem
from typing import Any

from modules.deploy.kubernetes_api import KubernetesApi

# Plural of a kind -> the labels by which ours are known.
_KEPT = {
    "configmaps": "app.kubernetes.io/managed-by=Helm,app.kubernetes.io/component=files",
    "secrets": "app.kubernetes.io/managed-by=external-secrets,app.kubernetes.io/component=secrets",
}
# What has a template of pods: its API, and the keys at which it has it.
_TEMPLATES = (
    ("apps/v1", "deployments", ("spec", "template")),
    ("apps/v1", "replicasets", ("spec", "template")),
    ("batch/v1", "jobs", ("spec", "template")),
    ("batch/v1", "cronjobs", ("spec", "jobTemplate", "spec", "template")),
)

Json = Mapping[str, Any]


def prune(api: KubernetesApi, namespace: str) -> list[str]:
    """Deletes those that no Deployment, ReplicaSet, job or pod of the namespace names; returns them as `secret/name`.

    Raises KubernetesError.
    """
    core = f"/api/v1/namespaces/{namespace}"
    # Before what names them is listed: what is made meanwhile is not among them.
    kept = {
        (plural, one["metadata"]["name"]): one
        for plural, labels in _KEPT.items()
        for one in api.metadata(f"{core}/{plural}", labelSelector=labels)
    }
    if not kept:
        return []
    specs = [
        reduce(getitem, keys, one)["spec"]
        for group, plural, keys in _TEMPLATES
        for one in api.items(f"/apis/{group}/namespaces/{namespace}/{plural}")
    ]
    specs += [one["spec"] for one in api.items(f"{core}/pods")]
    named = {name for spec in specs for name in _named(spec)}
    gone = {name: one for name, one in kept.items() if name not in named}
    for (plural, name), one in gone.items():
        api.delete(f"{core}/{plural}/{name}", one)
    return sorted(f"{plural.removesuffix('s')}/{name}" for plural, name in gone)


def _named(pod: Json) -> Iterator[tuple[str, str]]:
    """What a pod takes variables and files from, by plural and name."""
    for container in (*pod.get("initContainers", ()), *pod.get("containers", ())):
        for variable in container.get("env") or ():
            if reference := variable.get("valueFrom", {}).get("secretKeyRef"):
                yield "secrets", str(reference["name"])
    for volume in pod.get("volumes") or ():
        if secret := volume.get("secret"):
            yield "secrets", str(secret["secretName"])
        if texts := volume.get("configMap"):
            yield "configmaps", str(texts["name"])
