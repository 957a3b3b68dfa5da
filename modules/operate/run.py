"""Runs a one-off command to its end: its pod is made, its output printed, and both are removed, whatever happens."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, NamedTuple

from modules import terminal
from modules.deploy.kubernetes_api import KubernetesError
from modules.deploy.pod_diagnosis import diagnose
from modules.errors import CommandError
from modules.facts import fargate
from modules.operate import one_off, pods
from modules.operate.cluster import Cluster, say
from modules.spec.model import Service

SECONDS = 4 * 3600
"""Time after which Kubernetes ends a command, unless another is named: a kubelet, too, ends a stream of four hours in
which nothing is said (https://kubernetes.io/docs/reference/command-line-tools-reference/kubelet/)."""
_EVERY = 1.0
_LAST = 30  # seconds for the end of a pod to become known
_NOT_FOUND = 404
_FINAL = ("ImagePullBackOff", "CreateContainerConfigError", "RunContainerError", "SysctlForbidden")

Json = dict[str, Any]


def template(cluster: Cluster, service: str) -> Json:
    """That of the pods of its Deployment, or of a job; raises CommandError where neither is there."""
    say("kubectl", "get", "deployments,cronjobs", f"--namespace={service}", "--output=yaml")
    with cluster.asked():
        try:
            deployment = cluster.api.object(f"/apis/apps/v1/namespaces/{service}/deployments/{service}")
            return dict(deployment["spec"]["template"])
        except KubernetesError as problem:
            if problem.status != _NOT_FOUND:
                raise
        found = cluster.api.items(f"/apis/batch/v1/namespaces/{service}/cronjobs")
    if not found:
        what = f"The cluster has neither pods nor jobs of {service}."
        raise CommandError(cluster.command, what, f"Deploy it first: make deploy STACK={service}.")
    return dict(found[0]["spec"]["jobTemplate"]["spec"]["template"])


class How(NamedTuple):
    """How a command runs: `attached` gives it this terminal, `shows` prints the Job that is made."""

    seconds: int = SECONDS
    attached: bool = False
    shows: bool = False


def run(cluster: Cluster, name: str, service: Service, words: list[str], how: How) -> int:
    """Returns the program's exit code; raises CommandError where it can't start."""
    seconds, attached = how.seconds, how.attached
    new = one_off.job(name, service, template(cluster, name), words, seconds=seconds, terminal=attached)
    if how.shows:
        terminal.say(json.dumps(new, indent=2))
    with _made(cluster, name, new) as made:
        pod = _started(cluster, name, made)
        if attached:
            code = _attach(cluster, name, pod)
            ended = _ended(cluster, name, pod, _LAST)
        else:
            ended = _follow(cluster, name, pod, seconds + fargate.START_SECONDS)
            code = 1
        if _is_over_time(cluster, name, made) or (code and ended is None):
            raise _cut_off(cluster, seconds)
        found = pods.exit_code(ended) if ended else None
        return code if found is None else found


@contextmanager
def _made(cluster: Cluster, namespace: str, new: Json) -> Iterator[str]:
    """The name of the Job, which is gone after the block."""
    path = f"/apis/batch/v1/namespaces/{namespace}/jobs"
    say("kubectl", "create", f"--namespace={namespace}", "--filename=-")
    with cluster.asked():
        name = str(cluster.api.create(path, new)["metadata"]["name"])
    try:
        yield name
    finally:
        terminal.hide()
        say("kubectl", "delete", "job", name, f"--namespace={namespace}", "--wait=false")
        with cluster.asked():
            cluster.api.remove(f"{path}/{name}")


def _started(cluster: Cluster, namespace: str, job: str) -> str:
    """Name of its pod, once the program runs or has ended; raises CommandError where it can't start."""
    ends = time.monotonic() + fargate.START_SECONDS
    seen: Json | None = None
    with terminal.Waiting(f"Waiting for a machine for {job}"):
        while time.monotonic() < ends:
            seen = next(iter(_pods(cluster, namespace, job)), seen)
            if seen and (why := _refusal(cluster, namespace, seen)):
                raise why
            if seen and _state(seen).keys() & {"running", "terminated"}:
                return str(seen["metadata"]["name"])
            time.sleep(_EVERY)
    if seen is None:
        what = f"Kubernetes has made no pod of {job} within {fargate.START_SECONDS} s."
        raise CommandError(cluster.command, what, f"kubectl get events --namespace={namespace} says why.")
    raise _not_started(cluster, namespace, seen)


def _pods(cluster: Cluster, namespace: str, job: str) -> list[Json]:
    with cluster.asked():
        return cluster.api.items(f"/api/v1/namespaces/{namespace}/pods", labelSelector=f"job-name={job}")


def _refusal(cluster: Cluster, namespace: str, pod: Json) -> CommandError | None:
    """Why it will never start; what may still come is waited for."""
    events = _events(cluster, namespace, pod)
    has_begun = bool(_state(pod).keys() & {"running", "terminated"})
    if diagnose(pod, events).reason in _FINAL or (pod["status"].get("phase") == "Failed" and not has_begun):
        return _not_started(cluster, namespace, pod)
    return None


def _not_started(cluster: Cluster, namespace: str, pod: Json) -> CommandError:
    events = _events(cluster, namespace, pod)
    found = diagnose(pod, events)
    what = f"The pod {pod['metadata']['name']} did not start: {found.reason}, {found.message}"
    return CommandError(cluster.command, what, found.next_step(str(one.get("message")) for one in events))


def _events(cluster: Cluster, namespace: str, pod: Json) -> list[Json]:
    chosen = f"involvedObject.uid={pod['metadata']['uid']}"
    with cluster.asked():
        return cluster.api.items(f"/api/v1/namespaces/{namespace}/events", fieldSelector=chosen)


def _attach(cluster: Cluster, namespace: str, pod: str) -> int:
    """Gives it this terminal; one that has ended meanwhile has a log instead."""
    where = (f"--namespace={namespace}", f"--container={one_off.CONTAINER}")
    code = cluster.kubectl("attach", pod, *where, "--stdin", "--tty")
    if code and _ended(cluster, namespace, pod, 0):
        return cluster.kubectl("logs", pod, *where)
    return code


def _follow(cluster: Cluster, namespace: str, pod: str, seconds: int) -> Json | None:
    """Prints its output as it comes, until it has ended; a log that breaks off before is begun again."""
    where = (f"--namespace={namespace}", f"--container={one_off.CONTAINER}")
    ends = time.monotonic() + seconds
    since: tuple[str, ...] = ()
    while time.monotonic() < ends:
        begun = datetime.now(UTC)
        cluster.kubectl("logs", pod, *where, "--follow", *since)
        if (ended := _ended(cluster, namespace, pod, _LAST)) is not None or not _is_there(cluster, namespace, pod):
            return ended
        since = (f"--since-time={begun:%Y-%m-%dT%H:%M:%SZ}",)
    return None


def _ended(cluster: Cluster, namespace: str, pod: str, seconds: float) -> Json | None:
    """The pod, once its program has ended; None where it has not within these seconds, or the pod is gone."""
    ends = time.monotonic() + seconds
    while True:
        found = _look(cluster, namespace, pod)
        if found is None or "terminated" in _state(found):
            return found
        if time.monotonic() >= ends:
            return None
        time.sleep(_EVERY)


def _is_there(cluster: Cluster, namespace: str, pod: str) -> bool:
    return _look(cluster, namespace, pod) is not None


def _look(cluster: Cluster, namespace: str, pod: str) -> Json | None:
    with cluster.asked():
        try:
            return cluster.api.object(f"/api/v1/namespaces/{namespace}/pods/{pod}")
        except KubernetesError as problem:
            if problem.status == _NOT_FOUND:
                return None
            raise


def _state(pod: Json) -> Json:
    return next((dict(one.get("state") or {}) for one in pod["status"].get("containerStatuses") or ()), {})


def _is_over_time(cluster: Cluster, namespace: str, job: str) -> bool:
    """Whether Kubernetes has ended it because its time was over."""
    with cluster.asked():
        found = cluster.api.object(f"/apis/batch/v1/namespaces/{namespace}/jobs/{job}")
    return any(one.get("reason") == "DeadlineExceeded" for one in (found.get("status") or {}).get("conditions") or ())


def _cut_off(cluster: Cluster, seconds: int) -> CommandError:
    what = f"The program was ended before it was done: it had {terminal.duration(seconds)}, or its pod was deleted."
    return CommandError(cluster.command, what, "Give it more with --timeout, such as --timeout 8h, and run it again.")
