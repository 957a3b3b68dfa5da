"""The Job of a one-off command: what pods of the service have, without its sidecars and without what counts them.

It is made from what the cluster has of the service, so that it is what runs there. Its pods have the label by which a
SecurityGroupPolicy gives them the service's groups, and none by which its Service, autoscaler and budget find pods.
"""

from copy import deepcopy
from typing import Any

from modules.design import containers
from modules.operate import pods
from modules.spec.model import Service

CONTAINER = "run"
_KEPT = 300
"""Seconds for which Kubernetes keeps a Job that has ended, where whoever started it did not remove it."""
# Of Helm, which did not make these; `make deploy` looks at pods of the instance.
_HELMS = ("app.kubernetes.io/instance", "app.kubernetes.io/managed-by", "helm.sh/chart", "pod-template-hash")
# What only pods that go on have.
_SERVES = ("ports", "lifecycle", "startupProbe", "readinessProbe", "livenessProbe", "command", "args")

Json = dict[str, Any]


def job(name: str, service: Service, template: Json, words: list[str], *, seconds: int, terminal: bool) -> Json:
    """`template` is that of a Deployment's or a job's pods; `words` are the program and its arguments."""
    labels = {key: text for key, text in (template["metadata"].get("labels") or {}).items() if key not in _HELMS}
    labels[pods.COMPONENT] = CONTAINER
    spec = deepcopy(template["spec"])
    spec["containers"] = [_container(spec["containers"], service, words, terminal=terminal)]
    spec["restartPolicy"] = "Never"
    spec["terminationGracePeriodSeconds"] = service.stop
    own = {pods.NAME: labels[pods.NAME], pods.COMPONENT: CONTAINER}
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {"generateName": f"{name[:40]}-run-", "labels": own},
        "spec": {
            "activeDeadlineSeconds": seconds,
            "backoffLimit": 0,
            "ttlSecondsAfterFinished": _KEPT,
            "template": {
                "metadata": {"labels": labels, "annotations": template["metadata"].get("annotations") or {}},
                "spec": spec,
            },
        },
    }


def _container(given: list[Json], service: Service, words: list[str], *, terminal: bool) -> Json:
    """The service's own container, with the whole size of the pod."""
    own = next((one for one in given if one["name"] == containers.SERVER), given[0])
    size = containers.pod(service)
    amounts = {"cpu": f"{size.millis}m", "memory": f"{size.mib}Mi"}
    kept = {key: value for key, value in own.items() if key not in _SERVES}
    disk = {key: text for key, text in own["resources"]["requests"].items() if key == "ephemeral-storage"}
    # Kubernetes reads $(NAME) in them as variables, and $$ as a $: the program gets the words as they are.
    found = {
        **kept,
        "name": CONTAINER,
        "command": [word.replace("$", "$$") for word in words],
        "resources": {"requests": amounts | disk, "limits": amounts | disk},
    }
    return found | ({"stdin": True, "stdinOnce": True, "tty": True} if terminal else {})
