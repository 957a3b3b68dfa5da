"""What a service runs at times, as objects in Kubernetes: a CronJob each."""

from collections.abc import Iterator
from typing import Any

from modules.design import containers
from modules.naming import Names
from modules.spec.job import Job
from modules.spec.model import Service


def jobs(service: Service) -> dict[str, Job]:
    """Its jobs; a placeholder, which never ends, runs none."""
    return service.jobs if service.image is not None else {}


def values(name: str, service: Service) -> Iterator[dict[str, Any]]:
    """As the chart takes them, but for the quotes; each has the whole size of a pod."""
    size = containers.pod(service)
    for key, job in jobs(service).items():
        yield {
            "name": Names.cron_job(name, key),
            "schedule": job.schedule,
            "timeZone": job.time_zone,
            "overlap": job.overlap.title(),
            "deadlineSeconds": job.deadline,
            "retries": job.retries,
            "command": list(job.command),
            "cpu": f"{size.millis}m",
            "memory": f"{size.mib}Mi",
        }
