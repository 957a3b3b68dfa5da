"""The pods that are not ready, in words: status, reason, last events, last log lines, and what to do."""

from collections.abc import Iterator
from itertools import groupby
from typing import Any, NamedTuple

from modules.deploy.pod_diagnosis import Diagnosis, diagnose
from modules.deploy.pod_next_steps import NEXT_STEPS

EVENTS = 5
_HEAD, _TAIL = 120, 280  # characters of a long message: what it is about, and its cause, which comes last
_ORDER = list(dict.fromkeys(row.reason for row in NEXT_STEPS))

Json = dict[str, Any]


class SeenPod(NamedTuple):
    """A pod as it was last seen: the object, its events, and the last log lines by container."""

    pod: Json
    events: list[Json]
    logs: dict[str, list[str]]

    @property
    def name(self) -> str:
        """With its namespace."""
        return f"{self.pod['metadata']['namespace']}/{self.pod['metadata']['name']}"

    @property
    def owner(self) -> str:
        """Uid of the ReplicaSet or Job that made it; its own without one."""
        owners = self.pod["metadata"].get("ownerReferences") or [{}]
        return str(owners[0].get("uid") or self.pod["metadata"]["uid"])


class _Found(NamedTuple):
    seen: SeenPod
    diagnosis: Diagnosis


def render(pods: list[SeenPod], refused: list[Json]) -> str:
    """A block for each reason and owner: pods of one ReplicaSet with the same reason are in one block.

    `refused` are events of owners that could not make a pod.
    """
    found = [_Found(seen, diagnose(seen.pod, _in_order(seen.events))) for seen in pods]
    found.sort(key=_key)
    blocks = [_block(list(group)) for _, group in groupby(found, _key)]
    blocks += [_refusal(event) for event in refused]
    if not blocks:
        return "No pod of these releases was seen that is not ready."
    return "\n\n".join(["Pods that are not ready:", *blocks])


def _key(found: _Found) -> tuple[int, str, str]:
    reason = found.diagnosis.reason
    return _ORDER.index(reason) if reason in _ORDER else len(_ORDER), reason, found.seen.owner


def _block(group: list[_Found]) -> str:
    shown = max(group, key=lambda found: len(found.seen.logs))
    seen, diagnosis = shown
    events = _in_order(seen.events)
    others = [found.seen.name for found in group if found is not shown]
    lines = [f"{seen.name}: {seen.pod['status'].get('phase', 'Unknown')}, {diagnosis.reason}"]
    lines += [f"  {_short(diagnosis.message)}"] if diagnosis.message else []
    lines += [f"  Likewise: {', '.join(others)}"] if others else []
    told = [event for event in events if event.get("type") == "Warning"] or events
    lines += ["  Last events:", *(f"    {_event(event)}" for event in told[-EVENTS:])] if told else []
    lines += _logs(seen.logs)
    step = diagnosis.next_step(event.get("message", "") for event in events)
    return "\n".join([*lines, f"  Next step: {step}"])


def _logs(logs: dict[str, list[str]]) -> Iterator[str]:
    for container, lines in logs.items():
        yield f"  Last log lines of container {container}:"
        yield from (f"    {_printable(line)}" for line in lines)


def _refusal(event: Json) -> str:
    owner = event["involvedObject"]
    diagnosis = Diagnosis("FailedCreate", event.get("message", ""))
    name = f"{event['metadata']['namespace']}/{owner['name']}"
    head = f"{name}: {owner['kind']}, FailedCreate: no pod could be made"
    return f"{head}\n    {_event(event)}\n  Next step: {diagnosis.next_step(())}"


def _event(event: Json) -> str:
    count = (event.get("series") or {}).get("count") or event.get("count") or 1
    times = f" ({count} times)" if count > 1 else ""
    message = _short(" ".join((event.get("message") or "").split()))
    return f"{_time(event)[11:19]} {event.get('type', '')} {event.get('reason', '')}{times}: {message}"


def _in_order(events: list[Json]) -> list[Json]:
    return sorted(events, key=_time)


def _time(event: Json) -> str:
    """When it last happened, in UTC."""
    last = (event.get("series") or {}).get("lastObservedTime") or event.get("lastTimestamp")
    return str(last or event.get("eventTime") or event["metadata"].get("creationTimestamp") or "")


def _short(text: str) -> str:
    text = _printable(text)
    return text if len(text) <= _HEAD + _TAIL else f"{text[:_HEAD]} … {text[-_TAIL:]}"


def _printable(text: str) -> str:
    """Without what would control the terminal."""
    return "".join(character if character.isprintable() or character == "\t" else "�" for character in text)
