"""What a service runs at times, a CronJob each, and before its new pods, a Job, as the chart takes them."""

from collections.abc import Iterator
from typing import Any

from modules.design import containers
from modules.facts import fargate
from modules.naming import Names
from modules.spec.job import Job
from modules.spec.model import Service


def jobs(service: Service) -> dict[str, Job]:
    """Its jobs; a placeholder, which never ends, runs none."""
    return service.jobs if service.image is not None else {}


def before_deploy(service: Service) -> dict[str, Any] | None:
    """What runs before new pods, as the chart takes it but for the quotes; a placeholder has nothing to prepare."""
    declared, size = service.before_deploy, containers.pod(service)
    if declared is None or service.image is None:
        return None
    return {
        "command": list(declared.command),
        "timeoutSeconds": before_deploy_seconds(service),
        "cpu": f"{size.millis}m",
        "memory": f"{size.mib}Mi",
    }


def before_deploy_seconds(service: Service) -> int:
    """Seconds that its Job has, with the start of its pod; 0 without one."""
    declared = service.before_deploy
    return 0 if declared is None or service.image is None else fargate.START_SECONDS + declared.timeout


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
