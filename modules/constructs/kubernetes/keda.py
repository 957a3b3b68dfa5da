"""KEDA: it scales services by what waits for them; Kubernetes' own autoscaler knows their pods' CPU and memory only."""

from collections.abc import Iterator

from modules.bindings.cdktf import ITerraformDependable
from modules.constructs.component import Component
from modules.constructs.kubernetes.helm_release import system_release
from modules.constructs.kubernetes.system_account import SystemAccount
from modules.constructs.stack import Stack
from modules.design import helm_values, keda
from modules.facts.charts import KEDA
from modules.iam.statement import Statement
from modules.iam.unscoped import METRIC_DATA, unscoped


class Keda(Component):
    """Helm's release of it, with a role that counts messages and requests.

    `after` is what makes its lines go to the log, and the namespaces in which it has rights.
    """

    def __init__(self, scope: Stack, *, after: list[ITerraformDependable]) -> None:
        super().__init__(scope, keda.NAME)
        stack = self.stack
        account = SystemAccount(
            stack,
            keda.NAME,
            name=keda.ACCOUNT,
            description="Counts messages and requests, to scale services",
            grants=self._grants(),
            asks_kubernetes=True,
        )
        values = helm_values.keda_release(stack.spec)
        after = [*account.resources, *after]
        self.release = system_release(self, KEDA, keda.FILE, values, after=after).resource

    def _grants(self) -> Iterator[Statement]:
        """What its scalers call: pkg/scalers/aws_sqs_queue_scaler.go and aws_cloudwatch_scaler.go, v2.20.2."""
        stack = self.stack
        if queues := keda.queues_of(stack.spec):
            yield Statement("Queues", ("sqs:GetQueueAttributes",), tuple(stack.arn("sqs", queue) for queue in queues))
        if keda.counts_requests(stack.spec):
            yield unscoped("Requests", METRIC_DATA, stack.region)
