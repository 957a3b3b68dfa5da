"""Deletes what a release keeps for the pods of its older revisions, once no ReplicaSet names it any more.

Helm deletes what has left a chart before the new pods are ready, and pods of the old revision may still start again
until then. So these objects are named by their content and kept by Helm, and an older one goes here.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from modules.deploy.kubernetes_api import KubernetesApi

# Of a namespace: plural -> the API of it. Their label says that a chart of ours keeps them.
_KEPT = {"configmaps": "/api/v1"}
_SELECTOR = "app.kubernetes.io/managed-by=Helm,app.kubernetes.io/component=files"
_TEMPLATES = ("deployments", "replicasets")

Json = Mapping[str, Any]


def prune(api: KubernetesApi, namespace: str, say: Callable[[str], None]) -> None:
    """Deletes those of the namespace that are not named, and says which. Raises KubernetesError."""
    kept = {
        f"{group}/namespaces/{namespace}/{plural}/{one['metadata']['name']}": one
        for plural, group in _KEPT.items()
        for one in api.items(f"{group}/namespaces/{namespace}/{plural}", labelSelector=_SELECTOR)
    }
    if len(kept) <= 1:  # the one of the last revision
        return
    # After the objects were listed: what is made meanwhile is not among them.
    named = {
        name
        for plural in _TEMPLATES
        for one in api.items(f"/apis/apps/v1/namespaces/{namespace}/{plural}")
        for name in _named(one["spec"]["template"]["spec"])
    }
    gone = {path: one for path, one in kept.items() if one["metadata"]["name"] not in named}
    for path, one in gone.items():
        api.delete(path, one)
    if gone:
        names = ", ".join(sorted(one["metadata"]["name"] for one in gone.values()))
        say(f"Deleted what no revision of {namespace} uses any more: {names}.")


def _named(pod: Json) -> Iterator[str]:
    """Names of the objects that a pod mounts."""
    for volume in pod.get("volumes") or ():
        if "configMap" in volume:
            yield str(volume["configMap"]["name"])
