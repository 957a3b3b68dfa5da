"""CloudWatch metrics as values, for alarms and the dashboard: their names and dimensions."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Metric:
    """One series of numbers; `dimensions` are (name, value)."""

    namespace: str
    name: str
    statistic: str
    dimensions: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Percentage:
    """A metric as a part of another, in percent."""

    part: Metric
    whole: Metric


def aurora(cluster: str, role: str, name: str, statistic: str) -> Metric:
    """Of all instances in a role, WRITER or READER: which instance is the writer changes at a failover."""
    return Metric("AWS/RDS", name, statistic, (("DBClusterIdentifier", cluster), ("Role", role)))


def redis(node: str, name: str, statistic: str) -> Metric:
    """Of one node of a replication group."""
    return Metric("AWS/ElastiCache", name, statistic, (("CacheClusterId", node),))


def load_balancer(load_balancer: str, name: str, statistic: str) -> Metric:
    """Metrics of the load balancer itself, independent of a service."""
    return Metric("AWS/ApplicationELB", name, statistic, (("LoadBalancer", load_balancer),))


def web_acl(web_acl: str, region: str, name: str, statistic: str) -> Metric:
    """Of all rules of a web ACL: https://docs.aws.amazon.com/waf/latest/developerguide/waf-metrics.html."""
    return Metric("AWS/WAFV2", name, statistic, (("WebACL", web_acl), ("Region", region), ("Rule", "ALL")))


def target_group(load_balancer: str, target_group: str, name: str, statistic: str) -> Metric:
    """Of the targets of one service; both are ARN suffixes."""
    dimensions = (("LoadBalancer", load_balancer), ("TargetGroup", target_group))
    return Metric("AWS/ApplicationELB", name, statistic, dimensions)


def queue(queue: str, name: str, statistic: str) -> Metric:
    """Of one SQS queue."""
    return Metric("AWS/SQS", name, statistic, (("QueueName", queue),))


def nat_gateway(identifier: str, name: str, statistic: str) -> Metric:
    """Of one NAT gateway."""
    return Metric("AWS/NATGateway", name, statistic, (("NatGatewayId", identifier),))


def log_group(group: str, name: str, statistic: str) -> Metric:
    """Of one log group: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CloudWatch-Logs-Monitoring-CloudWatch-Metrics.html."""
    return Metric("AWS/Logs", name, statistic, (("LogGroupName", group),))
