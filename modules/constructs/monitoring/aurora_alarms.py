"""Alarms of the Aurora cluster."""

from modules.constructs.component import Component
from modules.constructs.monitoring.alarm import Alarm
from modules.constructs.stack import Stack
from modules.design import database, metrics
from modules.facts import aurora
from modules.spec.model import Database

# Capacity is what the instances have scaled up to, as a part of max_acu; above this, little is left to scale.
_CAPACITY_PERCENT = 90
_CONNECTIONS_SHARE = 0.8
# FreeableMemory is what would be free at max_acu, so this is the least that a full-grown instance should have:
# https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-serverless-v2.setting-capacity.html.
_MEMORY_SHARE = 0.05


class AuroraAlarms(Component):
    """For the writer, and for the readers where there are any."""

    def __init__(self, scope: Stack, settings: Database, *, topic_arn: str) -> None:
        super().__init__(scope, "aurora-alarms")
        self.settings, self.topic_arn = settings, topic_arn
        roles = ("writer", "reader") if settings.instances > 1 else ("writer",)
        for role in roles:
            self._capacity(role)
            self._connections(role)
            self._memory(role)

    def _metric(self, role: str, name: str, statistic: str) -> metrics.Metric:
        return metrics.aurora(self.stack.names.aurora, role.upper(), name, statistic)

    def _capacity(self, role: str) -> None:
        Alarm(
            self,
            "aurora",
            role,
            "capacity",
            topic_arn=self.topic_arn,
            why=f"The Aurora {role} is close to database.max_acu",
            page="aurora-capacity",
            metric=self._metric(role, "ACUUtilization", "Maximum"),
            comparison=">=",
            threshold=_CAPACITY_PERCENT,
            minutes=15,
            missing="missing",
        )

    def _connections(self, role: str) -> None:
        Alarm(
            self,
            "aurora",
            role,
            "connections",
            topic_arn=self.topic_arn,
            why=f"The Aurora {role} uses most of its connections",
            page="aurora-connections",
            metric=self._metric(role, "DatabaseConnections", "Maximum"),
            comparison=">=",
            threshold=int(_CONNECTIONS_SHARE * database.max_connections(self.settings)),
            minutes=5,
            missing="missing",
        )

    def _memory(self, role: str) -> None:
        Alarm(
            self,
            "aurora",
            role,
            "memory",
            topic_arn=self.topic_arn,
            why=f"The Aurora {role} would have almost no free memory at database.max_acu",
            page="aurora-memory",
            metric=self._metric(role, "FreeableMemory", "Minimum"),
            comparison="<",
            threshold=int(_MEMORY_SHARE * aurora.ACU_BYTES * self.settings.max_acu),
            minutes=10,
            missing="missing",
        )
