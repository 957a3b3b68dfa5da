"""Alarms on what a load balancer answers before a pod could: its own errors, and requests that WAF blocks."""

from modules.constructs.component import Component
from modules.constructs.monitoring.alarm import Alarm
from modules.constructs.stack import Stack
from modules.design import metrics
from modules.facts import waf
from modules.naming import load_balancer


class EdgeAlarms(Component):
    """Tells when the load balancer itself answers with 5xx: a service without a healthy pod counts no errors."""

    def __init__(self, scope: Stack, balancer: str | None, arn_suffix: str, *, topic_arn: str) -> None:
        super().__init__(scope, "-".join(("alarms", *load_balancer(balancer))))
        Alarm(
            self,
            *load_balancer(balancer),
            "errors",
            topic_arn=topic_arn,
            why="The load balancer itself returns 5xx: a service has no healthy pod, or its pods do not answer in time",
            page="load-balancer-errors",
            metric=metrics.load_balancer(arn_suffix, "HTTPCode_ELB_5XX_Count", "Sum"),
            comparison=">",
            # A single one can be a pod that was just replaced.
            threshold=10,
            minutes=5,
            missing="notBreaching",
        )


class WafAlarms(Component):
    """Tells when many requests are blocked: an attack, or a rule that hits the system's own clients."""

    def __init__(self, scope: Stack, balancer: str | None, web_acl: str, *, topic_arn: str) -> None:
        parts = ("waf",) if balancer is None else (*load_balancer(balancer), "waf")
        super().__init__(scope, "-".join(("alarms-waf", *load_balancer(balancer))))
        Alarm(
            self,
            *parts,
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
