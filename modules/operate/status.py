"""How services are: their pods, the rollout, their queues, and how their jobs ended, as values."""

from collections.abc import Sequence
from typing import Any

from modules.deploy.kubernetes_api import KubernetesError
from modules.design import containers, jobs
from modules.doctor.account import Account
from modules.naming import Names
from modules.operate import pods, queues
from modules.operate.cluster import Cluster, say
from modules.spec.model import Spec

NOT_SEEN = "your login may not see it"
_FORBIDDEN = 403
_REVISION = "deployment.kubernetes.io/revision"
_KINDS = {
    "deployments": "/apis/apps/v1",
    "pods": "/api/v1",
    "cronjobs": "/apis/batch/v1",
    "jobs": "/apis/batch/v1",
    "events": "/api/v1",
}

Json = dict[str, Any]
Objects = dict[str, list[Json]]


def gather(spec: Spec, services: Sequence[str], cluster: Cluster, account: Account) -> list[Json]:
    """One value a service, with the keys that docs/reference/json.md lists; raises CommandError."""
    objects = _objects(services, cluster)
    return [
        _service(spec, one, objects[one], account) if one in objects else {"service": one, "problem": NOT_SEEN}
        for one in services
    ]


def _objects(services: Sequence[str], cluster: Cluster) -> dict[str, Objects]:
    """By namespace, which has the name of its service. Who may not see all gets what the own team has."""
    with cluster.asked():
        if len(services) == 1:
            return _listed(services, cluster, f"/namespaces/{services[0]}")
        try:
            return _listed(services, cluster, "")
        except KubernetesError as refusal:
            if refusal.status != _FORBIDDEN or not (found := _one_by_one(services, cluster)):
                raise
            return found


def _one_by_one(services: Sequence[str], cluster: Cluster) -> dict[str, Objects]:
    found: dict[str, Objects] = {}
    for one in services:
        try:
            found |= _listed([one], cluster, f"/namespaces/{one}")
        except KubernetesError as refusal:
            if refusal.status != _FORBIDDEN:
                raise
    return found


def _listed(services: Sequence[str], cluster: Cluster, where: str) -> dict[str, Objects]:
    say("kubectl", "get", ",".join(_KINDS), f"--namespace={services[0]}" if where else "--all-namespaces")
    found: dict[str, Objects] = {one: {kind: [] for kind in _KINDS} for one in services}
    for kind, group in _KINDS.items():
        for one in cluster.api.items(f"{group}{where}/{kind}"):
            if (namespace := one["metadata"]["namespace"]) in found:
                found[namespace][kind].append(one)
    return found


def _service(spec: Spec, name: str, objects: Objects, account: Account) -> Json:
    return {
        "service": name,
        "rollout": next((_rollout(one) for one in objects["deployments"] if one["metadata"]["name"] == name), None),
        "pods": [_pod(one, objects["events"]) for one in sorted(objects["pods"], key=_servers_first)],
        "jobs": [*_jobs(spec, name, objects), *_others(objects)],
        "queues": queues.depths(spec, name, account),
    }


def _servers_first(pod: Json) -> tuple[bool, str, str]:
    kind = pods.component(pod)
    return kind != pods.SERVER, kind, str(pod["metadata"]["name"])


def _rollout(deployment: Json) -> Json:
    status, spec = deployment.get("status") or {}, deployment["spec"]
    wanted = int(spec.get("replicas") or 0)
    updated, ready, available = (int(status.get(f"{word}Replicas") or 0) for word in ("updated", "ready", "available"))
    is_seen = int(status.get("observedGeneration") or 0) >= int(deployment["metadata"]["generation"])
    failed = any(one.get("reason") == "ProgressDeadlineExceeded" for one in status.get("conditions") or ())
    is_done = is_seen and updated == available == wanted == int(status.get("replicas") or 0)
    server = next(one for one in spec["template"]["spec"]["containers"] if one["name"] == containers.SERVER)
    return {
        "state": "done" if is_done else "failed" if failed else "in progress",
        "wanted": wanted,
        "updated": updated,
        "ready": ready,
        "image": server["image"],
        "revision": int((deployment["metadata"].get("annotations") or {}).get(_REVISION, 0)),
    }


def _pod(pod: Json, events: Sequence[Json]) -> Json:
    own = [one for one in events if one.get("involvedObject", {}).get("uid") == pod["metadata"]["uid"]]
    statuses = pod["status"].get("containerStatuses") or ()
    is_going = bool(pod["metadata"].get("deletionTimestamp"))
    return {
        "pod": pod["metadata"]["name"],
        "component": pods.component(pod),
        "state": "ending" if is_going else pods.state(pod, own),
        "restarts": sum(pods.restarts_of(one) for one in statuses),
        "created": pod["metadata"].get("creationTimestamp"),
    }


def _jobs(spec: Spec, name: str, objects: Objects) -> list[Json]:
    """Its jobs with their last run; a job that the cluster does not have is not deployed yet."""
    there = {one["metadata"]["name"]: one for one in objects["cronjobs"]}
    found = []
    for key in jobs.jobs(spec.services[name]):
        cron_job = there.get(Names.cron_job(name, key))
        runs = [one for one in objects["jobs"] if cron_job and _owner(one) == cron_job["metadata"]["uid"]]
        found.append(
            {
                "job": key,
                "schedule": cron_job["spec"]["schedule"] if cron_job else None,
                "time_zone": cron_job["spec"].get("timeZone") if cron_job else None,
                "last_success": (cron_job.get("status") or {}).get("lastSuccessfulTime") if cron_job else None,
                "last_run": _run(max(runs, key=_begun), objects["pods"]) if runs else None,
            }
        )
    return found


def _others(objects: Objects) -> list[Json]:
    """Runs that have no schedule: what ran before new pods and failed, and one-off commands."""
    return [
        {"job": one["metadata"]["name"], "schedule": None, "time_zone": None, "last_success": None}
        | {"last_run": _run(one, objects["pods"])}
        for one in objects["jobs"]
        if _owner(one) is None
    ]


def _owner(run: Json) -> str | None:
    owners = run["metadata"].get("ownerReferences") or ()
    return next((str(one["uid"]) for one in owners if one.get("kind") == "CronJob"), None)


def _begun(run: Json) -> str:
    return str(run["metadata"].get("creationTimestamp"))


def _run(run: Json, found: Sequence[Json]) -> Json:
    status = run.get("status") or {}
    ended = {one["type"]: one for one in status.get("conditions") or () if one.get("status") == "True"}
    end = ended.get("Complete") or ended.get("Failed")
    own = [pod for pod in found if _job_of(pod) == run["metadata"]["uid"]]
    codes = [code for pod in sorted(own, key=_begun) if (code := pods.exit_code(pod)) is not None]
    return {
        "run": run["metadata"]["name"],
        "result": "succeeded" if "Complete" in ended else "failed" if "Failed" in ended else "running",
        "reason": ended["Failed"].get("reason") if "Failed" in ended else None,
        "exit_code": codes[-1] if codes else None,
        "started": status.get("startTime"),
        "ended": status.get("completionTime") or (end or {}).get("lastTransitionTime"),
    }


def _job_of(pod: Json) -> str | None:
    owners = pod["metadata"].get("ownerReferences") or ()
    return next((str(one["uid"]) for one in owners if one.get("kind") == "Job"), None)
