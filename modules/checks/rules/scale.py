"""What the number of a service's pods follows."""

from collections.abc import Iterator

from modules.design import queues
from modules.facts import time_zones
from modules.spec import schedule
from modules.spec.model import Spec
from modules.spec.problem import Edit, Path, Problem, did_you_mean, nearest
from modules.spec.scale import Times

# KEDA takes five fields and none of these words: https://github.com/kedacore/keda/blob/v2.20.2/pkg/scalers/cron_scaler.go.
_MACROS = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
}


def queues_are_read(spec: Spec) -> Iterator[Problem]:
    """The messages are counted of the queue that the service receives from."""
    for name, service in spec.services.items():
        if service.scale.queue is not None and queues.scaled_by(spec, name) is None:
            what = f"`queue` counts the messages of the queue that {name} reads, and it reads none."
            step = "Write `sqs` under its `aws:`; or `sqs: {of: …}`, for another service's queue."
            yield Problem(("services", name, "scale", "queue"), what, step)


def requests_are_counted(spec: Spec) -> Iterator[Problem]:
    """The load balancer counts requests, of a target group each."""
    for name, service in spec.services.items():
        if service.scale.requests is not None and not service.path:
            what = f"`requests` are counted by the load balancer, and {name} has no `path`."
            step = "Write its `path`, or scale by `cpu`."
            yield Problem(("services", name, "scale", "requests"), what, step)


def servers_have_a_pod(spec: Spec) -> Iterator[Problem]:
    """Messages wait for a pod to start; requests don't."""
    for name, service in spec.services.items():
        if service.pods == 0 and service.has_pods and service.port is not None:
            place: Path = ("services", name, "pods")
            what = f"With `pods: 0` nothing would answer on port {service.port} of {name} while its queue is empty."
            step = "Write `pods: 1` or more; or `port: none` where it is a worker, which nothing connects to."
            yield Problem(place, what, step, also=((*place[:-1], "scale", "queue"),))


def times_have_a_schedule(spec: Spec) -> Iterator[Problem]:
    """Five fields each, and an end that is not the start."""
    for place, times in _times(spec):
        for key, text in (("start", times.start), ("end", times.end)):
            if text in _MACROS:
                what = f'"{text}" is a schedule of Kubernetes; KEDA takes five fields.'
                edit = Edit((*place, key), f'"{_MACROS[text]}"')
                yield Problem((*place, key), what, f'Write "{_MACROS[text]}".', edit=edit)
            elif wrong := schedule.mistake(text):
                change = Edit((*place, key), f'"{wrong.fixed}"') if wrong.fixed else None
                yield Problem((*place, key), wrong.what, wrong.step, edit=change)
        if times.start.split() == times.end.split():
            step = "Write when it ends."
            yield Problem((*place, "end"), "It ends when it starts.", step, also=((*place, "start"),))


def times_have_a_time_zone(spec: Spec) -> Iterator[Problem]:
    """One of the IANA database."""
    for place, times in _times(spec):
        if times.time_zone not in time_zones.names():
            what = f'"{times.time_zone}" is not a time zone of the IANA database, such as Europe/Berlin.'
            near = nearest(times.time_zone, time_zones.names())
            step = did_you_mean(times.time_zone, time_zones.names()) if near else "Write a name from its list."
            where = (*place, "time_zone")
            yield Problem(where, what, step, edit=Edit(where, near) if near else None)


def times_fit_the_most_pods(spec: Spec) -> Iterator[Problem]:
    """No autoscaler runs more than `max_pods`."""
    for place, times in _times(spec):
        service = spec.services[str(place[1])]
        if service.has_pods and times.pods > service.max_replicas:
            written = "" if service.max_pods is not None else ", three times `pods`"
            what = f"{times.pods} pods are more than max_pods, {service.max_replicas}{written}."
            also: Path = (*place[:2], "max_pods" if service.max_pods is not None else "pods")
            yield Problem((*place, "pods"), what, f"Write `max_pods: {times.pods}` or more.", also=(also,))


def _times(spec: Spec) -> Iterator[tuple[Path, Times]]:
    for name, service in spec.services.items():
        for index, times in enumerate(service.scale.times):
            yield ("services", name, "scale", "times", index), times
