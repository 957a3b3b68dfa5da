"""The key that encrypts every log group of the system."""

from modules.constructs.component import Component
from modules.constructs.kms.encryption_key import EncryptionKey
from modules.constructs.stack import Stack
from modules.facts import regions
from modules.iam.statement import Condition, Statement, service_principal


class LogsKey(Component):
    """Usable by CloudWatch Logs of this region, for log groups with this system's names only."""

    def __init__(self, scope: Stack) -> None:
        super().__init__(scope, "logs")
        stack = self.stack
        self.further = {
            name: stack.names.waf_log_group(name) for name, one in stack.spec.load_balancers.items() if one.has_waf
        }
        groups = tuple(
            stack.arn("logs", f"log-group:{pattern}")
            for pattern in (*stack.names.log_group_patterns, *self.further.values())
        )
        # https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
        use = Statement(
            "CloudWatchLogs",
            ("kms:Encrypt*", "kms:Decrypt*", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"),
            ("*",),
            service_principal(f"logs.{stack.region}.{regions.dns_suffix(stack.region)}"),
            (Condition("ArnLike", "kms:EncryptionContext:aws:logs:arn", groups),),
        )
        key = EncryptionKey(
            self, "logs", alias=("logs",), description=f"Log groups of {stack.names.prefix}", users=[use]
        )
        self.arn, self.resource = key.arn, key.resource
