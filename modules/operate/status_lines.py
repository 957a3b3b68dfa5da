"""The status of services in words."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

Json = dict[str, Any]


def lines(found: list[Json], now: datetime) -> Iterator[str]:
    """Of all services."""
    for service in found:
        if "problem" in service:
            yield f"{service['service']}: {service['problem']}"
            continue
        yield f"{service['service']}: {_rollout(service['rollout'])}"
        yield from (f"  {_pod(one, now)}" for one in service["pods"])
        yield from (f"  {_job(one, now)}" for one in service["jobs"])
        yield from (f"  {_queue(one)}" for one in service["queues"])


def _rollout(rollout: Json | None) -> str:
    if rollout is None:
        return "no Deployment"
    pods = f"{rollout['ready']} of {rollout['wanted']} pods ready, image {rollout['image']}"
    state = {
        "done": "",
        "in progress": f", rollout in progress: {rollout['updated']} of {rollout['wanted']} pods are new",
        "failed": ", rollout failed",
    }
    return pods + state[rollout["state"]]


def _pod(pod: Json, now: datetime) -> str:
    component = f" ({pod['component']})" if pod["component"] not in ("server", "") else ""
    restarts = f", restarted {pod['restarts']} times" if pod["restarts"] else ""
    return f"pod {pod['pod']}{component}: {pod['state']}{restarts}, {_age(pod['created'], now)} old"


def _job(job: Json, now: datetime) -> str:
    zone = f" {job['time_zone']}" if job["time_zone"] else ""
    schedule = f" ({job['schedule']}{zone})" if job["schedule"] else ""
    run = job["last_run"]
    if run is None:
        return f"job {job['job']}{schedule}: has not run yet"
    code = f" with exit code {run['exit_code']}" if run["exit_code"] else ""
    reason = f" ({run['reason']})" if run["reason"] else ""
    begun = f", began {_age(run['started'], now)} ago" if run["started"] else ""
    took = f", took {_between(run['started'], run['ended'])}" if run["started"] and run["ended"] else ""
    success = f"; last success {_age(job['last_success'], now)} ago" if _is_older(job) else ""
    return f"job {job['job']}{schedule}: {run['result']}{code}{reason}{begun}{took}{success}"


def _is_older(job: Json) -> bool:
    return bool(job["last_success"]) and job["last_run"]["result"] != "succeeded"


def _queue(queue: Json) -> str:
    kind = "dead-letter queue" if queue["dead_letters"] else "queue"
    if "problem" in queue:
        return f"{kind} {queue['queue']}: {queue['problem']}"
    counts = f"{queue['waiting']} waiting, {queue['in_hand']} in hand"
    delayed = f", {queue['delayed']} delayed" if queue["delayed"] else ""
    return f"{kind} {queue['queue']}: {counts}{delayed}"


def _age(moment: str, now: datetime) -> str:
    return _span((now - _time(moment)).total_seconds())


def _between(start: str, end: str) -> str:
    return _span((_time(end) - _time(start)).total_seconds())


def _time(moment: str) -> datetime:
    return datetime.fromisoformat(moment).astimezone(UTC)


def _span(seconds: float) -> str:
    whole = max(0, round(seconds))
    for unit, size in (("d", 86400), ("h", 3600), ("min", 60)):
        if whole >= 2 * size:
            return f"{whole // size} {unit}"
    return f"{whole} s"
