"""A CloudWatch log group: kept as long as services.yaml says, encrypted with the `logs` key."""

from modules.bindings.aws import CloudwatchLogGroup
from modules.constructs.component import Component
from modules.constructs.stack import Stack


class LogGroup(Component):
    """The log group at the address `key`; created before its writers, or AWS creates one kept for ever."""

    def __init__(self, scope: Stack | Component, key: str, *, name: str, logs_key_arn: str) -> None:
        super().__init__(scope, f"{key}-logs")
        group = CloudwatchLogGroup(
            self, "group", name=name, retention_in_days=self.stack.spec.log_days, kms_key_id=logs_key_arn
        )
        self.resource = self.set_address(group, key)
        self.arn = group.arn
