"""Why a pod is not ready, read from its status and its events."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from modules.deploy import pod_next_steps

Json = Mapping[str, Any]

_SAME = {
    "ErrImagePull": "ImagePullBackOff",
    "ErrImageNeverPull": "ImagePullBackOff",
    "InvalidImageName": "ImagePullBackOff",
    "RegistryUnavailable": "ImagePullBackOff",
    "CreateContainerError": "RunContainerError",
    "StartError": "RunContainerError",
    "ContainerCannotRun": "RunContainerError",
}
# Why the kubelet does not start a pod at all: pkg/kubelet/sysctl/allowlist.go of Kubernetes.
_REFUSED = ("SysctlForbidden",)
_STARTING = ("ContainerCreating", "PodInitializing")


class Diagnosis(NamedTuple):
    """Why a pod is not ready; `reason` is Kubernetes' word where it has one, `message` what it says, in one line."""

    reason: str
    message: str

    def next_step(self, said: Iterable[str]) -> str:
        """What to do, by the message and what the events said."""
        return pod_next_steps.next_step(self.reason, "\n".join((self.message, *said)))


def is_ready(pod: Json) -> bool:
    """Whether it serves, or has done its work; what runs before the pods is to end."""
    is_done = pod["status"].get("phase") == "Succeeded"
    return is_done or (not _is_to_end(pod) and _condition(pod, "Ready").get("status") == "True")


def diagnose(pod: Json, events: Sequence[Json]) -> Diagnosis:
    """Why this pod is not ready; `events` are its own, the oldest first."""
    probe = next((e for e in reversed(events) if e.get("reason") == "Unhealthy"), None)
    for container in _containers(pod):
        if found := _of_container(container, events, probe):
            return found
    if pod["status"].get("phase") == "Pending" and _condition(pod, "PodScheduled").get("status") != "True":
        said = next((e for e in reversed(events) if e.get("reason") == "FailedScheduling"), {})
        message = said.get("message") or _condition(pod, "PodScheduled").get("message")
        return Diagnosis("Unschedulable", _line(message or "No node has been found for it yet."))
    if pod["status"].get("phase") == "Failed":
        message, reason = (pod["status"].get(key) or "" for key in ("message", "reason"))
        known = reason if reason in _REFUSED else "Error"
        return Diagnosis(known, _line(message or reason or "It has failed."))
    if probe and _condition(pod, "ContainersReady").get("status") != "True":
        return Diagnosis("ProbeFailed", _line(probe.get("message", "")))
    if _is_to_end(pod) and pod["status"].get("phase") == "Running":
        return Diagnosis("NotEnded", "It runs before the new pods, and had not ended.")
    for gate in pod["spec"].get("readinessGates") or ():
        condition = _condition(pod, gate["conditionType"])
        if condition.get("status") != "True":
            why = condition.get("message") or condition.get("reason") or "nothing has answered it so far"
            return Diagnosis("ReadinessGate", _line(f"{gate['conditionType']}: {why}"))
    return Diagnosis("NotReady", _line(_condition(pod, "Ready").get("message") or "Its containers are starting."))


def log_sources(pod: Json) -> list[str]:
    """Names of the containers that are not ready and have begun."""
    return [
        container["name"]
        for container in _containers(pod)
        if (_is_to_end(pod) or not container.get("ready"))
        and ("running" in container.get("state", {}) or _ended(container))
    ]


def _is_to_end(pod: Json) -> bool:
    labels = pod["metadata"].get("labels") or {}
    return labels.get("app.kubernetes.io/component") == "before-deploy"


def _of_container(container: Json, events: Sequence[Json], probe: Json | None) -> Diagnosis | None:
    if container.get("ready"):
        return None
    waiting, ended = container.get("state", {}).get("waiting") or {}, _ended(container)
    reason = _SAME.get(waiting.get("reason", ""), waiting.get("reason"))
    if reason in _STARTING:
        failed = next((e for e in reversed(events) if e.get("reason") in ("FailedMount", "FailedCreatePodSandBox")), {})
        return Diagnosis(failed["reason"], _line(failed.get("message", ""))) if failed else None
    if ended and ended.get("reason") == "OOMKilled":
        return Diagnosis("OOMKilled", "It was killed because it used more than its limit of memory.")
    if ended and ended.get("reason") in _SAME:
        return Diagnosis(_SAME[ended["reason"]], _line(ended.get("message") or waiting.get("message") or ""))
    if ended and probe and any("will be restarted" in event.get("message", "") for event in events):
        return Diagnosis(
            "ProbeFailed", _line(f"{probe['message']} (restarted {container.get('restartCount', 0)} times)")
        )
    if reason == "CrashLoopBackOff" or (ended and container.get("restartCount")):
        return Diagnosis("CrashLoopBackOff", f"It ends with exit code {(ended or {}).get('exitCode', 'unknown')}.")
    if reason:
        return Diagnosis(reason, _line(waiting.get("message") or ""))
    if ended and ended.get("exitCode"):
        return Diagnosis("Error", _line(f"It ended with exit code {ended['exitCode']}. {ended.get('message') or ''}"))
    return None


def _containers(pod: Json) -> list[Json]:
    """Statuses of the init containers that have not done their work, then of the others."""
    status = pod["status"]
    first = status.get("initContainerStatuses") or []
    waiting = [one for one in first if (one.get("state", {}).get("terminated") or {}).get("exitCode") != 0]
    return [*waiting, *(status.get("containerStatuses") or [])]


def _ended(container: Json) -> Json | None:
    """How its last run ended."""
    for state in (container.get("state"), container.get("lastState")):
        if state and state.get("terminated"):
            return dict(state["terminated"])
    return None


def _condition(pod: Json, kind: str) -> Json:
    return next((one for one in pod["status"].get("conditions") or () if one["type"] == kind), {})


def _line(text: str) -> str:
    return " ".join(text.split())
