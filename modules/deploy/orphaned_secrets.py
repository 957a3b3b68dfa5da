"""Ends objects that the operator of secrets left behind: it goes with the last `secrets:` of a system."""

from modules.deploy import left_by_operator
from modules.deploy.kubernetes_api import KubernetesApi
from modules.facts.charts import EXTERNAL_SECRETS


def end(api: KubernetesApi, namespace: str) -> list[str]:
    """Ends the ExternalSecrets that wait for an operator that is gone with the last `secrets:`; returns their names.

    They carry its finalizer, and would keep the namespace from ever being deleted. Raises KubernetesError.
    """
    objects = f"/apis/external-secrets.io/v1/namespaces/{namespace}/externalsecrets"
    return left_by_operator.end(api, objects, left_by_operator.waiting(api, objects, EXTERNAL_SECRETS.name))
