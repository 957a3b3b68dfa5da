"""Looks at the pods of Helm releases while Helm waits: a failed install removes them and their events."""

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any, NamedTuple

from modules.deploy import pod_report
from modules.deploy.kubernetes_api import KubernetesApi, KubernetesError
from modules.deploy.pod_diagnosis import is_ready, log_sources
from modules.deploy.pod_report import SeenPod

SECONDS_BETWEEN = 2.0
SECONDS_BETWEEN_LOGS = 10.0
LOGGED = 3  # pods of one owner whose logs are read: the others say the same
LINES = 10
_BYTES = 8192
_EVENTS = 500

Json = dict[str, Any]


class Release(NamedTuple):
    """A Helm release, whose pods carry its name in the label app.kubernetes.io/instance."""

    name: str
    namespace: str


class PodWatch:
    """What was last seen of each pod of some releases that was not ready then."""

    def __init__(self, api: KubernetesApi, releases: Sequence[Release]) -> None:
        self.api = api
        self.releases: dict[str, list[str]] = {}
        for release in releases:
            self.releases.setdefault(release.namespace, []).append(release.name)
        self.problem: str | None = None
        self._pods: dict[str, SeenPod] = {}
        self._refused: dict[str, Json] = {}
        self._old: dict[str, set[str]] = {}  # by namespace, what had failed before this watch
        self._read: dict[str, float] = {}

    def poll(self) -> None:
        """Looks once; what the API does not answer is asked again the next time."""
        for namespace, names in self.releases.items():
            try:
                self._poll(namespace, names)
                self.problem = None
            except KubernetesError as problem:
                self.problem = str(problem)

    def report(self) -> str:
        """Why pods are not ready, and what to do; one line where nothing could be seen."""
        pods = [pod for pod in self._pods.values() if not is_ready(pod.pod)]
        if not pods and not self._refused and self.problem:
            return f"Which pods are not ready can't be shown: {self.problem}."
        return pod_report.render(pods, list(self._refused.values()))

    def _poll(self, namespace: str, names: list[str]) -> None:
        where = f"/api/v1/namespaces/{namespace}"
        # A job's run is not what Helm waits for.
        selector = f"app.kubernetes.io/instance in ({','.join(names)}),app.kubernetes.io/component!=job"
        pods = self.api.items(f"{where}/pods", labelSelector=selector)
        events = self.api.items(f"{where}/events", limit=str(_EVENTS))
        refused = _refusals(names, events)
        failed = {pod["metadata"]["uid"] for pod in pods if pod["status"].get("phase") == "Failed"}
        old = self._old.setdefault(namespace, failed | refused.keys())
        self._refused |= {
            event["involvedObject"]["name"]: event for version, event in refused.items() if version not in old
        }
        for pod in pods:
            uid = pod["metadata"]["uid"]
            if uid in old or pod["metadata"].get("deletionTimestamp"):
                continue  # what it was before it had to go is what matters
            own = [event for event in events if event["involvedObject"].get("uid") == uid]
            seen = self._pods.get(uid)
            self._pods[uid] = SeenPod(pod, own or (seen.events if seen else []), seen.logs if seen else {})
            if not is_ready(pod):
                self._read_logs(where, self._pods[uid])

    def _read_logs(self, where: str, seen: SeenPod) -> None:
        uid, now = seen.pod["metadata"]["uid"], time.monotonic()
        same = [one for one in self._read if one != uid and one in self._pods and self._pods[one].owner == seen.owner]
        if now - self._read.get(uid, float("-inf")) < SECONDS_BETWEEN_LOGS or len(same) >= LOGGED:
            return
        for container in log_sources(seen.pod):
            self._read[uid] = now
            query = {"container": container, "tailLines": str(LINES), "limitBytes": str(_BYTES)}
            with suppress(KubernetesError):  # a container that has just gone, or a node that keeps no logs
                path = f"{where}/pods/{seen.pod['metadata']['name']}/log"
                lines = self.api.text(path, **query).splitlines()
                if lines:
                    seen.logs[container] = lines


def _refusals(names: list[str], events: list[Json]) -> dict[str, Json]:
    """By version, the events of ReplicaSets and Jobs of these releases that could not make a pod."""
    return {
        event["metadata"]["resourceVersion"]: event
        for event in events
        if event.get("reason") == "FailedCreate"
        and any(f"{event['involvedObject']['name']}-".startswith(f"{name}-") for name in names)
    }


@contextmanager
def running(watch: PodWatch) -> Iterator[None]:
    """Looks every two seconds during the block, and once more at its end."""
    ended = threading.Event()

    def look() -> None:
        watch.poll()
        while not ended.wait(SECONDS_BETWEEN):
            watch.poll()

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join(SECONDS_BETWEEN_LOGS)
        if not thread.is_alive():
            watch.poll()
