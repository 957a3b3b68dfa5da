"""Alarms of one service: what its callers see, and what it could not process."""

from modules.constructs.component import Component
from modules.constructs.monitoring.alarm import Alarm
from modules.constructs.stack import Stack
from modules.design import metrics

# Of our choosing: the share of requests that fail, how long all but the slowest twentieth may take, and how long a
# message may wait for a pod: a machine and a slow start take less than half of it.
_FAILED_PERCENT = 5
_SLOW_SECONDS = 1
_WAITING_SECONDS = 900


class ServiceAlarms(Component):
    """`load_balancer` and `target_group` are ARN suffixes, None for an internal service; `dead_letters` is a queue.

    `queue` is the queue by which the service scales.
    """

    def __init__(
        self,
        scope: Stack,
        service: str,
        *,
        topic_arn: str,
        load_balancer: str | None = None,
        target_group: str | None = None,
        dead_letters: str | None = None,
        queue: str | None = None,
    ) -> None:
        super().__init__(scope, "alarms")
        self.service = service
        self.topic_arn = topic_arn
        if load_balancer and target_group:
            self._errors(load_balancer, target_group)
            self._latency(load_balancer, target_group)
            self._unhealthy(load_balancer, target_group)
        if dead_letters:
            self._dead_letters(dead_letters)
        if queue:
            self._waiting(queue)

    def _errors(self, load_balancer: str, target_group: str) -> None:
        failed = metrics.target_group(load_balancer, target_group, "HTTPCode_Target_5XX_Count", "Sum")
        requests = metrics.target_group(load_balancer, target_group, "RequestCount", "Sum")
        Alarm(
            self,
            self.service,
            "errors",
            topic_arn=self.topic_arn,
            why=f"{self.service} returns 5xx for more than {_FAILED_PERCENT}% of its requests",
            page="service-errors",
            metric=metrics.Percentage(failed, requests),
            comparison=">",
            threshold=_FAILED_PERCENT,
            minutes=5,
            missing="notBreaching",
        )

    def _latency(self, load_balancer: str, target_group: str) -> None:
        Alarm(
            self,
            self.service,
            "latency",
            topic_arn=self.topic_arn,
            why=f"The 95th percentile latency of {self.service} is above {_SLOW_SECONDS} s",
            page="service-latency",
            metric=metrics.target_group(load_balancer, target_group, "TargetResponseTime", "p95"),
            comparison=">",
            threshold=_SLOW_SECONDS,
            minutes=5,
            missing="notBreaching",
        )

    def _unhealthy(self, load_balancer: str, target_group: str) -> None:
        Alarm(
            self,
            self.service,
            "unhealthy",
            topic_arn=self.topic_arn,
            why=f"Pods of {self.service} fail their health check, or no pod is registered",
            page="service-unhealthy",
            metric=metrics.target_group(load_balancer, target_group, "UnHealthyHostCount", "Maximum"),
            comparison=">",
            threshold=0,
            minutes=5,
            missing="breaching",
        )

    def _dead_letters(self, queue: str) -> None:
        Alarm(
            self,
            self.service,
            "dead-letters",
            topic_arn=self.topic_arn,
            why=f"{queue} holds messages that {self.service} could not process",
            page="service-dead-letters",
            metric=metrics.queue(queue, "ApproximateNumberOfMessagesVisible", "Maximum"),
            comparison=">",
            threshold=0,
            minutes=1,
            missing="notBreaching",
        )

    def _waiting(self, queue: str) -> None:
        """With `pods: 0` nothing else tells that no pod starts: KEDA is away, or a pod's image is."""
        Alarm(
            self,
            self.service,
            "waiting",
            topic_arn=self.topic_arn,
            why=f"A message of {queue} has waited for {self.service} for more than {_WAITING_SECONDS // 60} minutes",
            page="service-waiting",
            metric=metrics.queue(queue, "ApproximateAgeOfOldestMessage", "Maximum"),
            comparison=">",
            threshold=_WAITING_SECONDS,
            minutes=5,
            missing="notBreaching",
        )
