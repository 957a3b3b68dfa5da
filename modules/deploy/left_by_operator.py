"""Objects that wait for the finalizer of an operator that is gone, and so would never be deleted."""

from typing import Any

from modules.deploy.kubernetes_api import KubernetesApi, KubernetesError

_SYSTEM = "kube-system"
_NOT_FOUND = 404

Json = dict[str, Any]


def waiting(api: KubernetesApi, objects: str, operator: str) -> list[Json]:
    """Those at the path `objects` that are being deleted while no Deployment `operator` is there to end them.

    Raises KubernetesError.
    """
    try:
        found = api.items(objects)
    except KubernetesError as problem:
        if problem.status == _NOT_FOUND:  # the operator was never here
            return []
        raise
    deleted = [one for one in found if one["metadata"].get("deletionTimestamp")]
    by_name = {"fieldSelector": f"metadata.name={operator}"}
    is_there = deleted and api.items(f"/apis/apps/v1/namespaces/{_SYSTEM}/deployments", **by_name)
    return [] if is_there else deleted


def end(api: KubernetesApi, objects: str, found: list[Json]) -> list[str]:
    """Ends these objects; returns their names. Raises KubernetesError."""
    names = sorted(str(one["metadata"]["name"]) for one in found)
    for name in names:
        api.patch(f"{objects}/{name}", {"metadata": {"finalizers": None}})
    return names
