"""Flow logs of the VPC, into a log group of ours."""

from modules.bindings.aws import FlowLog
from modules.constructs.component import Component
from modules.constructs.iam.role import Role, aws_service_trust
from modules.constructs.monitoring.log_group import LogGroup
from modules.constructs.stack import Stack
from modules.iam.statement import Condition, Statement
from modules.iam.unscoped import GROUPS, unscoped


class FlowLogs(Component):
    """Every connection that was accepted or refused in the VPC."""

    def __init__(self, scope: Stack, *, vpc_id: str, logs_key_arn: str) -> None:
        super().__init__(scope, "flow-logs")
        names = self.stack.names
        group = LogGroup(self, "flow-logs", name=names.log_group("flow-logs"), logs_key_arn=logs_key_arn)
        # https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-role.html
        find = unscoped("Find", GROUPS, self.stack.region)
        write = Statement(
            "Write",
            ("logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"),
            (f"{group.arn}:*",),
        )
        role = Role(
            self,
            "flow-logs",
            name=names.role("flow-logs"),
            description="Writes the flow logs of the VPC",
            trust=aws_service_trust(
                "vpc-flow-logs.amazonaws.com",
                Condition("StringEquals", "aws:SourceAccount", (self.stack.account_id,)),
            ),
            grants=[find, write],
        )
        log = FlowLog(
            self,
            "log",
            vpc_id=vpc_id,
            traffic_type="ALL",
            log_destination=group.arn,
            iam_role_arn=role.arn,
            max_aggregation_interval=60,
            tags={"Name": names.prefix},
            depends_on=role.policies,
        )
        self.set_address(log, "vpc")
