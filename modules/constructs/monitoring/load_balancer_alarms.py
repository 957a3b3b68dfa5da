"""Alarms on what the load balancer answers before a pod could: its own errors, and requests that WAF blocks."""

from modules.constructs.component import Component
from modules.constructs.monitoring.alarm import Alarm
from modules.constructs.stack import Stack
from modules.design import metrics
from modules.facts import waf


class EdgeAlarms(Component):
    """Tells when the load balancer itself answers with 5xx: a service without a healthy pod counts no errors."""

    def __init__(self, scope: Stack, load_balancer: str, *, topic_arn: str) -> None:
        super().__init__(scope, "edge-alarms")
        Alarm(
            self,
            "load-balancer",
            "errors",
            topic_arn=topic_arn,
            why="The load balancer itself returns 5xx: a service has no healthy pod, or its pods do not answer in time",
            page="load-balancer-errors",
            metric=metrics.load_balancer(load_balancer, "HTTPCode_ELB_5XX_Count", "Sum"),
            comparison=">",
            # A single one can be a pod that was just replaced.
            threshold=10,
            minutes=5,
            missing="notBreaching",
        )


class WafAlarms(Component):
    """Tells when many requests are blocked: an attack, or a rule that hits the system's own clients."""

    def __init__(self, scope: Stack, web_acl: str, *, topic_arn: str) -> None:
        super().__init__(scope, "waf-alarms")
        Alarm(
            self,
            "waf",
            "blocked",
            topic_arn=topic_arn,
            why="WAF blocks many requests: an attack, or a rule that hits your own clients",
            page="waf-blocked",
            metric=metrics.web_acl(web_acl, self.stack.region, "BlockedRequests", "Sum"),
            comparison=">",
            threshold=waf.BLOCKED_ALARM,
            minutes=5,
            missing="notBreaching",
        )
