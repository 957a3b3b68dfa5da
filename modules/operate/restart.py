"""Gives a service new pods, as `kubectl rollout restart` does: old ones go when the new ones are ready."""

import time
from datetime import UTC, datetime
from typing import Any

from modules import terminal
from modules.deploy import pod_watch
from modules.deploy.kubernetes_api import KubernetesError
from modules.deploy.pod_watch import PodWatch, Release
from modules.errors import CommandError
from modules.operate.cluster import Cluster, say

# The annotation that kubectl writes: https://kubernetes.io/docs/reference/labels-annotations-taints/#kubectl-k8s-io-restart-at.
RESTARTED = "kubectl.kubernetes.io/restartedAt"
_EVERY = 1.0
_NOT_FOUND = 404
_MOST = 3600

Json = dict[str, Any]


def restart(cluster: Cluster, service: str) -> int:
    """Returns how many pods are ready then; raises CommandError where the rollout fails, with what its pods said."""
    path = f"/apis/apps/v1/namespaces/{service}/deployments/{service}"
    now = _deployment(cluster, path, service)
    say("kubectl", "rollout", "restart", f"deployment/{service}", f"--namespace={service}")
    annotations = {RESTARTED: datetime.now(UTC).isoformat(timespec="seconds")}
    with cluster.asked():
        cluster.api.patch(path, {"spec": {"template": {"metadata": {"annotations": annotations}}}})
    say("kubectl", "rollout", "status", f"deployment/{service}", f"--namespace={service}")
    labels = now["spec"]["template"]["metadata"].get("labels") or {}
    watch = PodWatch(cluster.api, [Release(str(labels.get("app.kubernetes.io/instance", service)), service)])
    with terminal.Waiting(f"Waiting for new pods of {service}"), pod_watch.running(watch):
        problem, ready = _wait(cluster, path, service)
    if problem:
        terminal.say(watch.report())
        step = "The old pods go on. Correct what the pods say, and deploy again; make status says what runs."
        raise CommandError(cluster.command, problem, step)
    return ready


def _deployment(cluster: Cluster, path: str, service: str) -> Json:
    with cluster.asked():
        try:
            return cluster.api.object(path)
        except KubernetesError as problem:
            if problem.status != _NOT_FOUND:
                raise
    what = f"{service} has no Deployment: it is jobs only, or it is not deployed yet."
    raise CommandError(cluster.command, what, f"make deploy STACK={service} deploys it; jobs have nothing to restart.")


def _wait(cluster: Cluster, path: str, service: str) -> tuple[str | None, int]:
    """What went wrong, and how many pods are ready."""
    ends = time.monotonic() + _MOST
    while time.monotonic() < ends:
        with cluster.asked():
            now = cluster.api.object(path)
        status, wanted = now.get("status") or {}, int(now["spec"].get("replicas") or 0)
        if int(status.get("observedGeneration") or 0) >= int(now["metadata"]["generation"]):
            counts = [int(status.get(key) or 0) for key in ("updatedReplicas", "replicas", "availableReplicas")]
            if counts == [wanted] * 3:
                return None, wanted
            for one in status.get("conditions") or ():
                if one["type"] == "Progressing" and one.get("reason") == "ProgressDeadlineExceeded":
                    seconds = now["spec"].get("progressDeadlineSeconds")
                    return f"No new pod of {service} became ready for {seconds} seconds.", counts[2]
        time.sleep(_EVERY)
    return f"The rollout of {service} has not ended within {_MOST // 60} minutes.", 0
