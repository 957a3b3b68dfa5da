"""What a service runs at times."""

from collections.abc import Iterator

from modules.facts import time_zones
from modules.spec import schedule
from modules.spec.model import Service, Spec
from modules.spec.problem import Edit, Path, Problem, did_you_mean, nearest

# Keys of pods that run all the time.
_OF_PODS = ("path", "ports", "protocol", "drain", "sticky", "health", "sidecars", "max_pods", "scale")


def jobs_have_a_schedule(spec: Spec) -> Iterator[Problem]:
    """Kubernetes' five fields, which it has a time for; those of AWS are answered with the same in them."""
    for name, service in spec.services.items():
        for key, job in service.jobs.items():
            if wrong := schedule.mistake(job.schedule):
                place: Path = ("services", name, "jobs", key, "schedule")
                edit = Edit(place, f'"{wrong.fixed}"') if wrong.fixed else None
                yield Problem(place, wrong.what, wrong.step, edit=edit)


def jobs_have_a_time_zone(spec: Spec) -> Iterator[Problem]:
    """One that Kubernetes finds in its list."""
    for name, service in spec.services.items():
        for key, job in service.jobs.items():
            if job.time_zone not in time_zones.names():
                place: Path = ("services", name, "jobs", key, "time_zone")
                what = f'"{job.time_zone}" is not a time zone of the IANA database, such as Europe/Berlin.'
                near = nearest(job.time_zone, time_zones.names())
                step = did_you_mean(job.time_zone, time_zones.names()) if near else "Write a name from its list."
                yield Problem(place, what, step, edit=Edit(place, near) if near else None)


def jobs_run_something_of_their_own(spec: Spec) -> Iterator[Problem]:
    """Without a command a job would run what the pods run, which does not end."""
    for name, service in spec.services.items():
        for key, job in service.jobs.items():
            if service.has_pods and not job.command:
                what = f"{key} has no command, so it would run what the pods of {name} run, which does not end."
                step = "Write its command, such as `command: [/app/remind]`."
                yield Problem(("services", name, "jobs", key), what, step)


def services_run_something(spec: Spec) -> Iterator[Problem]:
    """Without pods there are jobs."""
    for name, service in spec.services.items():
        if not service.has_pods and not service.jobs:
            step = "Write `pods: 1` or more; 0 is for a service that has `jobs:` only, or `scale: {queue: …}`."
            yield Problem(("services", name, "pods"), f"pods is 0, and {name} has no jobs: nothing would run.", step)


def services_of_jobs_have_no_servers(spec: Spec) -> Iterator[Problem]:
    """What is said of pods that run all the time has nobody to hear it."""
    for name, service in spec.services.items():
        if service.has_pods or not service.jobs:
            continue
        for key in _of_pods(service):
            place: Path = ("services", name, key)
            what = f"`{key}` is for pods that run all the time, and {name} has none: it has `pods: 0`."
            step = f"Remove `{key}`, or write `pods: 1` or more."
            yield Problem(place, what, step, also=((*place[:-1], "pods"),))


def _of_pods(service: Service) -> list[str]:
    keys = [key for key in _OF_PODS if key in service.model_fields_set]
    return [*keys, *(["port"] if "port" in service.model_fields_set and service.port is not None else [])]
