"""The objects by which the API server passes an API on to a program of this machine."""

from typing import Any


def objects(name: str, namespace: str, api: str, port: int) -> list[dict[str, Any]]:
    """`name`: that of the Service; `api`: version and group, such as v1beta1.metrics.k8s.io."""
    version, _, group = api.partition(".")
    service = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": name, "namespace": namespace},
        "spec": {"type": "ExternalName", "externalName": "localhost", "ports": [{"port": port}]},
    }
    api_service = {
        "apiVersion": "apiregistration.k8s.io/v1",
        "kind": "APIService",
        "metadata": {"name": api},
        "spec": {
            "group": group,
            "version": version,
            "groupPriorityMinimum": 100,
            "versionPriority": 100,
            "insecureSkipTLSVerify": True,
            "service": {"name": name, "namespace": namespace, "port": port},
        },
    }
    return [service, api_service]
