"""The bucket to which the load balancer writes a line per request."""

from modules.constructs.component import Component
from modules.constructs.stack import Stack
from modules.constructs.storage.private_bucket import PrivateBucket
from modules.facts import load_balancer
from modules.iam.statement import Statement, service_principal


class AccessLogs(Component):
    """A bucket that Elastic Load Balancing of this region may write this account's logs into; `ready` once it may.

    A KMS key is refused there, so S3 encrypts it: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html.
    """

    def __init__(self, scope: Stack) -> None:
        super().__init__(scope, "access-logs")
        stack = self.stack
        bucket = PrivateBucket(
            self,
            "access-logs",
            name=("access-logs",),
            protected=stack.spec.protection,
            logs=stack.read("network", "bucket_logs_name"),
            expire_days=stack.spec.log_days,
        )
        # No condition on the source: the delivery does not always carry one, and would be refused. The path is enough,
        # a load balancer of another account writes under that account's id.
        write = Statement("Write", ("s3:PutObject",), (f"{bucket.arn}/AWSLogs/{stack.account_id}/*",), self._writers())
        self.name = bucket.name
        self.ready = bucket.allow([write])

    def _writers(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        writers = service_principal(load_balancer.LOG_PRINCIPAL)
        if account := load_balancer.LOG_ACCOUNTS.get(self.stack.region):
            writers += (("AWS", (f"arn:{self.stack.partition}:iam::{account}:root",)),)
        return writers
