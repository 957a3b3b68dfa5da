"""The watcher of jobs: who has some, what it puts into CloudWatch, and its release's values."""

from typing import Any

from modules.design import images
from modules.design.metrics import Metric
from modules.facts import fargate
from modules.facts.charts import AWS_CLI
from modules.naming import Names
from modules.spec.model import Service, Spec

NAME = "job-watcher"
FILE = f"{NAME}.values.yaml"
ENDPOINTS = ("sts", "monitoring")
EVERY_SECONDS = 60
FAILED, SECONDS_LATE = "Failed", "SecondsLate"
SINCE_SUCCESS, SINCE_FAILURE = "SecondsSinceSuccess", "SecondsSinceFailure"
# charts/job-watcher/files/watch-jobs.py puts these of each job, and how many jobs it has seen.
OF_A_JOB = (FAILED, SECONDS_LATE, SINCE_SUCCESS, SINCE_FAILURE)
COUNT = "Jobs"


def users(spec: Spec) -> list[str]:
    """Services with jobs; one without an image has none yet."""
    return sorted(name for name, service in spec.services.items() if service.jobs)


def namespace(names: Names) -> str:
    """Of its metrics; no service writes there, as its own has its name."""
    return f"{names.prefix}/{NAME}"


def of_job(names: Names, service: str, job: str, name: str) -> Metric:
    """A metric of one job."""
    dimensions = (("Service", service), ("Job", Names.cron_job(service, job)))
    return Metric(namespace(names), name, "Maximum", dimensions)


def looks(names: Names) -> Metric:
    """How often it has put all that it should."""
    return Metric(namespace(names), COUNT, "SampleCount", ())


def metrics(services: dict[str, Service]) -> int:
    """How many it puts."""
    jobs = sum(len(service.jobs) for service in services.values())
    return len(OF_A_JOB) * jobs + 1 if jobs else 0


def values(spec: Spec) -> dict[str, Any]:
    """One pod of the smallest size."""
    return {
        "image": images.mirrored(spec, AWS_CLI),
        "serviceAccount": NAME,
        "region": spec.region,
        "metricsNamespace": namespace(spec.names),
        "everySeconds": EVERY_SECONDS,
        **fargate.SMALLEST,
        "namespaces": users(spec),
    }
