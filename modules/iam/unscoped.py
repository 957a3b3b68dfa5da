"""The only statements on resource "*": actions for which IAM has no resource, each bound by a condition instead."""

from dataclasses import dataclass

from modules.iam.statement import Condition, Statement


@dataclass(frozen=True)
class Unscoped:
    """Why actions have no resource, and the condition key that bounds them."""

    actions: tuple[str, ...]
    variable: str
    reason: str


# https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatch.html
METRICS = Unscoped(
    ("cloudwatch:PutMetricData",), "cloudwatch:namespace", "A metric has no ARN; it is written in one namespace only."
)
# https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonredshiftdataapi.html
STATEMENTS = Unscoped(
    ("redshift-data:DescribeStatement", "redshift-data:GetStatementResult", "redshift-data:CancelStatement"),
    "redshift-data:statement-owner-iam-userid",
    "A running SQL statement has no ARN; only whoever started it sees it.",
)

# https://docs.aws.amazon.com/service-authorization/latest/reference/list_awselasticloadbalancingv2.html, EC2's page
LOOKS = Unscoped(
    (
        "ec2:DescribeAvailabilityZones",
        # For every binding, also one that leaves groups alone: without it none is ever deleted (networking_manager.go).
        "ec2:DescribeSecurityGroups",
        "ec2:DescribeVpcs",
        "elasticloadbalancing:DescribeTargetGroups",
        "elasticloadbalancing:DescribeTargetHealth",
    ),
    "aws:RequestedRegion",
    "Calls that describe have no resource; the load balancer controller looks in its own region only.",
)

# https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatch.html, read 2026-11-26
METRIC_DATA = Unscoped(
    ("cloudwatch:GetMetricData",),
    "aws:RequestedRegion",
    "A metric has no ARN; KEDA reads those of its own region only.",
)

# https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-role.html
GROUPS = Unscoped(
    ("logs:DescribeLogGroups",),
    "aws:RequestedRegion",
    "A list of all log groups is of none of them; one region's only.",
)

EXCEPTIONS = (METRICS, STATEMENTS, LOOKS, METRIC_DATA, GROUPS)


def unscoped(sid: str, exception: Unscoped, value: str) -> Statement:
    """The statement of an exception, bound to one value of its condition key."""
    condition = Condition("StringEquals", exception.variable, (value,))
    return Statement(sid, exception.actions, ("*",), conditions=(condition,))
