"""Alarms of the Redis nodes."""

from modules.constructs.component import Component
from modules.constructs.monitoring.alarm import Alarm
from modules.constructs.stack import Stack
from modules.design import metrics
from modules.spec.model import Cache

# Above, Redis soon evicts or refuses writes; AWS asks for room beside the data for snapshots and replication:
# https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/BestPractices.BGSAVE.html.
_MEMORY_PERCENT = 80
# Redis works on one core: https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/CacheMetrics.WhichShouldIMonitor.html.
_ENGINE_CPU_PERCENT = 90


class RedisAlarms(Component):
    """For each node: any of them can become the primary."""

    def __init__(self, scope: Stack, settings: Cache, *, topic_arn: str) -> None:
        super().__init__(scope, "redis-alarms")
        self.topic_arn = topic_arn
        names = self.stack.names
        for node in names.redis_nodes(settings.nodes):
            self._node(node, "node-" + node.removeprefix(f"{names.redis}-"))

    def _node(self, node: str, key: str) -> None:
        Alarm(
            self,
            "redis",
            key,
            "memory",
            topic_arn=self.topic_arn,
            why=f"Redis node {node} is nearly full",
            page="redis-memory",
            metric=metrics.redis(node, "DatabaseMemoryUsagePercentage", "Maximum"),
            comparison=">=",
            threshold=_MEMORY_PERCENT,
            minutes=5,
            missing="missing",
        )
        Alarm(
            self,
            "redis",
            key,
            "cpu",
            topic_arn=self.topic_arn,
            why=f"Redis node {node} is at its CPU limit, so commands queue",
            page="redis-cpu",
            metric=metrics.redis(node, "EngineCPUUtilization", "Average"),
            comparison=">=",
            threshold=_ENGINE_CPU_PERCENT,
            minutes=5,
            missing="missing",
        )
        Alarm(
            self,
            "redis",
            key,
            "evictions",
            topic_arn=self.topic_arn,
            why=f"Redis node {node} has evicted keys for 15 minutes",
            page="redis-evictions",
            metric=metrics.redis(node, "Evictions", "Sum"),
            comparison=">",
            threshold=0,
            minutes=15,
            missing="notBreaching",
        )
