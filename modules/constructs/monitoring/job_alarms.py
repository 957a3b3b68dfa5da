"""Alarms of a service's jobs, on what the watcher of stack `platform` puts into CloudWatch."""

from modules.constructs.component import Component
from modules.constructs.monitoring.alarm import Alarm
from modules.constructs.stack import Stack
from modules.design import job_watcher, jobs

# Of our choosing: a Job is made within seconds of its time, and is left out an hour after it.
_LATE_SECONDS = 900


class JobAlarms(Component):
    """Two for each: its last run failed, and it has not run. While the watcher is silent they stay as they are."""

    def __init__(self, scope: Stack, service: str, *, topic_arn: str) -> None:
        super().__init__(scope, "job-alarms")
        self.service, self.topic_arn = service, topic_arn
        for job in jobs.jobs(self.stack.spec.services[service]):
            self._failed(job)
            self._late(job)

    def _failed(self, job: str) -> None:
        self._alarm(
            job,
            "failed",
            metric=job_watcher.FAILED,
            why=f"The last run of job {job} of {self.service} has failed",
            threshold=0,
            minutes=1,
        )

    def _late(self, job: str) -> None:
        minutes = _LATE_SECONDS // 60
        self._alarm(
            job,
            "late",
            metric=job_watcher.SECONDS_LATE,
            why=f"Job {job} of {self.service} has not run, {minutes} minutes after its time",
            threshold=_LATE_SECONDS,
            minutes=3,
        )

    def _alarm(self, job: str, kind: str, *, metric: str, why: str, threshold: int, minutes: int) -> None:
        Alarm(
            self,
            self.service,
            # No service's name has two hyphens in a row: a-b of web is not b of web-a.
            f"-{job}",
            kind,
            topic_arn=self.topic_arn,
            why=why,
            page=f"job-{kind}",
            metric=job_watcher.of_job(self.stack.names, self.service, job, metric),
            comparison=">",
            threshold=threshold,
            minutes=minutes,
            missing="missing",
        )
