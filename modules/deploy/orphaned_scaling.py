"""Ends objects that KEDA left behind: it goes with the last service that it scales."""

from modules.deploy.kubernetes_api import KubernetesApi, KubernetesError
from modules.design.keda import ACCOUNT

_SYSTEM = "kube-system"
_NOT_FOUND = 404


def end(api: KubernetesApi, namespace: str) -> list[str]:
    """Ends the ScaledObjects that wait for KEDA, which is gone; returns their names. Raises KubernetesError.

    They carry its finalizer, and would keep the autoscaler that it made beside the new one, which then does nothing. A
    Deployment that has no pods gets one: Kubernetes' own autoscaler leaves it alone without.
    """
    objects = f"/apis/keda.sh/v1alpha1/namespaces/{namespace}/scaledobjects"
    try:
        found = api.items(objects)
    except KubernetesError as problem:
        if problem.status == _NOT_FOUND:  # KEDA was never here
            return []
        raise
    waiting = [one for one in found if one["metadata"].get("deletionTimestamp")]
    # The operator's Deployment has the name of its account.
    operator = {"fieldSelector": f"metadata.name={ACCOUNT}"}
    if not waiting or api.items(f"/apis/apps/v1/namespaces/{_SYSTEM}/deployments", **operator):
        return []
    deployments = f"/apis/apps/v1/namespaces/{namespace}/deployments"
    for one in waiting:
        scaled = one["spec"]["scaleTargetRef"]["name"]
        for deployment in api.items(deployments, fieldSelector=f"metadata.name={scaled}"):
            if deployment["spec"].get("replicas") == 0:
                api.patch(f"{deployments}/{scaled}", {"spec": {"replicas": 1}})
        api.patch(f"{objects}/{one['metadata']['name']}", {"metadata": {"finalizers": None}})
    return sorted(str(one["metadata"]["name"]) for one in waiting)
