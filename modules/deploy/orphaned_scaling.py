"""Ends objects that KEDA left behind: it goes with the last service that it scales."""

from modules.deploy import left_by_operator
from modules.deploy.kubernetes_api import KubernetesApi
from modules.design.keda import ACCOUNT


def end(api: KubernetesApi, namespace: str) -> list[str]:
    """Ends the ScaledObjects that wait for KEDA, which is gone; returns their names. Raises KubernetesError.

    They carry its finalizer, and would keep the autoscaler that it made beside the new one, which then does nothing. A
    Deployment that has no pods gets one: Kubernetes' own autoscaler leaves it alone without.
    """
    objects = f"/apis/keda.sh/v1alpha1/namespaces/{namespace}/scaledobjects"
    # The operator's Deployment has the name of its account.
    found = left_by_operator.waiting(api, objects, ACCOUNT)
    deployments = f"/apis/apps/v1/namespaces/{namespace}/deployments"
    for one in found:
        scaled = one["spec"]["scaleTargetRef"]["name"]
        for deployment in api.items(deployments, fieldSelector=f"metadata.name={scaled}"):
            if deployment["spec"].get("replicas") == 0:
                api.patch(f"{deployments}/{scaled}", {"spec": {"replicas": 1}})
    return left_by_operator.end(api, objects, found)
