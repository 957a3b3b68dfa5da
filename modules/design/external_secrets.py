"""The values of External Secrets Operator's release: what it may do, and where it listens, on EKS Fargate."""

from typing import Any

from modules.design import images, secrets
from modules.design.log_routing import SYSTEM_NAMESPACE
from modules.facts import fargate
from modules.facts.charts import EXTERNAL_SECRETS, EXTERNAL_SECRETS_IMAGE
from modules.facts.ports import OPERATOR_WEBHOOK
from modules.spec.model import Spec

NAME = EXTERNAL_SECRETS.name
FILE = f"{NAME}.values.yaml"
# What it calls: the login as a service, and the values.
ENDPOINTS = ("sts", "secretsmanager")
_ROLE = f"{NAME}-tokens"
# Kinds that would act in other namespaces, or write to Secrets Manager.
_OFF = ("ClusterExternalSecret", "ClusterGenerator", "ClusterPushSecret", "PushSecret")


def values(spec: Spec) -> dict[str, Any]:
    """Three pods, which nothing that runs depends on: they are asked while a service is deployed."""
    return {
        **_pod(spec),
        # Each store is a namespace's own, with the role of its service.
        **{f"process{kind}": False for kind in ("ClusterStore", *_OFF)},
        "crds": {
            **{f"create{kind}": False for kind in ("ClusterSecretStore", *_OFF)},
            # Helm refuses to change a release whose kinds are gone: they stay when the operator goes.
            "annotations": {"helm.sh/resource-policy": "keep"},
        },
        "rbac": {
            # Whoever may edit a namespace could else have its service's secrets brought where he can read them.
            "aggregateToEdit": False,
            "aggregateToAdmin": False,
            "servicebindings": {"create": False},
            # Of the service accounts below only.
            "serviceAccountTokenCreate": False,
        },
        # The default, 10250, is the kubelet's, which has the pod's address on Fargate.
        "webhook": {"port": OPERATOR_WEBHOOK, **_pod(spec)},
        "certController": _pod(spec),
        "extraObjects": [one for name in secrets.users(spec) for one in _token_right(name)],
    }


def _pod(spec: Spec) -> dict[str, Any]:
    """A new one each time: YAML would write the second as a reference to the first."""
    size = {"requests": dict(fargate.SMALLEST), "limits": dict(fargate.SMALLEST)}
    return {"image": images.in_chart(spec, EXTERNAL_SECRETS_IMAGE), "resources": size}


def _token_right(service: str) -> list[dict[str, Any]]:
    """The right to make tokens of the service's account, with which the operator logs in to AWS as the service."""
    api = "rbac.authorization.k8s.io"
    metadata = {"name": _ROLE, "namespace": service}
    rule = {
        "apiGroups": [""],
        "resources": ["serviceaccounts/token"],
        "resourceNames": [service],
        "verbs": ["create"],
    }
    return [
        {"apiVersion": f"{api}/v1", "kind": "Role", "metadata": dict(metadata), "rules": [rule]},
        {
            "apiVersion": f"{api}/v1",
            "kind": "RoleBinding",
            "metadata": dict(metadata),
            "roleRef": {"apiGroup": api, "kind": "Role", "name": _ROLE},
            "subjects": [{"kind": "ServiceAccount", "name": NAME, "namespace": SYSTEM_NAMESPACE}],
        },
    ]
