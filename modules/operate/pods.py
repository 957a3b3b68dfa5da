"""The pods of a service: which there are, and how they are."""

from collections.abc import Sequence
from typing import Any

from modules.deploy.pod_diagnosis import diagnose, is_ready
from modules.errors import CommandError
from modules.operate.cluster import Cluster
from modules.spec.model import Spec
from modules.spec.problem import did_you_mean

NAME, COMPONENT = "app.kubernetes.io/name", "app.kubernetes.io/component"
SERVER = "server"
"""Component of the pods of a Deployment; those of jobs have others."""

Json = dict[str, Any]


def require_service(spec: Spec, name: str, command: str) -> None:
    """Raises CommandError where there is no service of this name."""
    if name not in spec.services:
        raise CommandError(command, f'There is no service "{name}".', did_you_mean(name, list(spec.services)))


def of_service(cluster: Cluster, service: str, component: str | None = None) -> list[Json]:
    """Those that are not being deleted, the newest first; raises CommandError."""
    chosen = f"{NAME}={service}" + (f",{COMPONENT}={component}" if component else "")
    with cluster.asked():
        found = cluster.api.items(f"/api/v1/namespaces/{service}/pods", labelSelector=chosen)
    there = [pod for pod in found if not pod["metadata"].get("deletionTimestamp")]
    return sorted(there, key=lambda pod: str(pod["metadata"].get("creationTimestamp")), reverse=True)


def component(found: Json) -> str:
    """What an object is of a service: server, job, before-deploy, run."""
    return str((found["metadata"].get("labels") or {}).get(COMPONENT, ""))


def begun(pod: Json) -> list[str]:
    """Names of its containers that have a log."""
    status = pod["status"]
    containers = [*(status.get("initContainerStatuses") or ()), *(status.get("containerStatuses") or ())]
    return [
        str(one["name"])
        for one in containers
        if {"running", "terminated"} & set(one.get("state") or ()) or restarts_of(one)
    ]


def restarts_of(container: Json) -> int:
    """How often a container was started again."""
    return int(container.get("restartCount") or 0)


def state(pod: Json, events: Sequence[Json]) -> str:
    """In words: `ready`, `succeeded`, `failed: why`, `not ready: why`."""
    phase = pod["status"].get("phase")
    if phase == "Succeeded":
        return "succeeded"
    if is_ready(pod):
        return "ready"
    found = diagnose(pod, events)
    why = ", ".join(word for word in (found.reason, found.message) if word)
    return f"{'failed' if phase == 'Failed' else 'not ready'}: {why}"


def exit_code(pod: Json) -> int | None:
    """That of its first container, once it has ended."""
    for one in pod["status"].get("containerStatuses") or ():
        ended = (one.get("state") or {}).get("terminated")
        return None if ended is None else int(ended.get("exitCode", 1))
    return None
