"""Ends objects that the operator of secrets left behind: it goes with the last `secrets:` of a system."""

from modules.deploy.kubernetes_api import KubernetesApi, KubernetesError
from modules.facts.charts import EXTERNAL_SECRETS

_SYSTEM = "kube-system"
_NOT_FOUND = 404


def end(api: KubernetesApi, namespace: str) -> list[str]:
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
