"""`cloudwatch`: where a service writes metrics and logs; neither needs a resource beyond the service's log group."""

from modules.constructs.component import Component
from modules.constructs.permissions.owner import Owner
from modules.permissions import cloudwatch
from modules.permissions.kind import Options


class ServiceMetrics(Component):
    """A namespace exists as soon as a metric is written to it."""

    def __init__(self, owner: Owner, _: Options) -> None:
        super().__init__(owner.stack, "cloudwatch")
        names = owner.stack.names
        group = names.log_group(owner.name)
        self.outputs = cloudwatch.Metrics(
            metrics_namespace=f"{names.prefix}/{names.first(owner.name)}",
            log_group_arn=owner.stack.arn("logs", f"log-group:{group}"),
            log_group_name=group,
        )
