"""`cloudwatch`: metrics in the namespace of the service, and its own log group."""

from dataclasses import dataclass

from modules.iam.statement import Statement
from modules.iam.unscoped import METRICS, unscoped
from modules.permissions.kind import GrantContext, Options, PermissionKind

_WRITE = ("logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents")


@dataclass(frozen=True)
class Metrics:
    metrics_namespace: str
    log_group_arn: str
    log_group_name: str


def grants(metrics: Metrics, _: GrantContext) -> tuple[Statement, ...]:
    """Metrics of one namespace, and the streams of one log group."""
    return (
        unscoped("Metrics", METRICS, metrics.metrics_namespace),
        Statement("Logs", _WRITE, (f"{metrics.log_group_arn}:*",)),
    )


def environment(metrics: Metrics) -> dict[str, str]:
    return {"METRICS_NAMESPACE": metrics.metrics_namespace, "LOG_GROUP": metrics.log_group_name}


KIND = PermissionKind(
    "cloudwatch",
    "CloudWatch",
    Options,
    ("monitoring", "logs"),
    Metrics,
    grants,
    environment,
    makes="the right to write metrics in the service's namespace, and to write to its log group",
)
