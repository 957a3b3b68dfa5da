"""The logs of a service: of its pods, and where none is there, what the log group still has of them."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from modules.deploy.kubernetes_api import KubernetesError
from modules.design import log_routing
from modules.doctor.account import Account
from modules.doctor.finding import NotChecked
from modules.errors import CommandError
from modules.operate import pods
from modules.operate.cluster import Cluster, say
from modules.spec.model import Spec

LINES = 100
"""Of each container, as far back as is shown."""
PAST = 3600
"""Seconds, as far back as the log group is read."""
_AT_ONCE = 5  # kubectl's own limit of logs that are followed, unless it is told another

Json = dict[str, Any]


def of_pods(cluster: Cluster, service: str, found: list[Json]) -> Iterator[str]:
    """The last lines of each container, with the pod and container that wrote it. Raises CommandError."""
    say("kubectl", *_words(service))
    for pod in found:
        name = pod["metadata"]["name"]
        for container in pods.begun(pod):
            path = f"/api/v1/namespaces/{service}/pods/{name}/log"
            try:
                text = cluster.api.text(path, container=container, tailLines=str(LINES))
            except KubernetesError as problem:  # a container that has just gone, say
                yield f"[pod/{name}/{container}] The log can't be read: {problem}."
                continue
            yield from (f"[pod/{name}/{container}] {line}" for line in text.splitlines())


def follow(cluster: Cluster, service: str, found: list[Json]) -> int:
    """Lets kubectl print lines as they come, until all containers have ended or ctrl-C; returns its exit code."""
    containers = sum(len(pods.begun(pod)) for pod in found)
    limit = f"--max-log-requests={max(_AT_ONCE, containers)}"
    return cluster.kubectl(*_words(service), "--follow", "--ignore-errors", limit)


def of_log_group(spec: Spec, service: str, account: Account, command: str) -> Iterator[str]:
    """Its last lines of the last hour, the oldest first. Raises CommandError."""
    group, is_shared = spec.names.log_group(log_routing.group(spec, service)), service in log_routing.sharing(spec)
    streams = {"logStreamNamePrefix": f"{log_routing.STREAMS}{service}-"} if is_shared else {}
    prefix = ("--log-stream-name-prefix", *streams.values()) if streams else ()
    say("aws", "logs", "tail", group, *prefix, "--since", f"{PAST // 3600}h", "--region", spec.region)
    since = int((time.time() - PAST) * 1000)
    try:
        events = account.pages("logs", "filter_log_events", "events", logGroupName=group, startTime=since, **streams)
    except NotChecked as reason:
        raise CommandError(command, reason.finding.what, reason.finding.next_step) from None
    if is_shared:  # and another service's name may begin with this one's
        events = [event for event in events if f"_{service}_" in event["logStreamName"]]
    for event in sorted(events, key=lambda one: int(one["timestamp"]))[-LINES:]:
        at = datetime.fromtimestamp(event["timestamp"] / 1000, UTC)
        yield f"{at:%Y-%m-%dT%H:%M:%SZ} {event['message'].rstrip()}"


def _words(service: str) -> tuple[str, ...]:
    return (
        "logs",
        f"--namespace={service}",
        f"--selector={pods.NAME}={service}",
        "--all-containers",
        "--prefix",
        f"--tail={LINES}",
    )
