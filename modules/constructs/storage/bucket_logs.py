"""The bucket to which S3 writes a line for each call of another bucket of the system."""

from modules.constructs.component import Component
from modules.constructs.stack import Stack
from modules.constructs.storage.private_bucket import PrivateBucket
from modules.iam.statement import Condition, Statement, service_principal

_WRITER = "logging.s3.amazonaws.com"


class BucketLogs(Component):
    """A bucket that S3 may write logs of this account's buckets into.

    S3 delivers to no bucket with a KMS key: https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html.
    """

    def __init__(self, scope: Stack) -> None:
        super().__init__(scope, "bucket-logs")
        stack = self.stack
        bucket = PrivateBucket(
            self,
            "bucket-logs",
            name=("bucket-logs",),
            protected=stack.spec.protection,
            logs=None,
            expire_days=stack.spec.log_days,
        )
        # What comes after the project may be shortened in a bucket's name.
        sources = stack.arn("s3", f"{stack.names.project}-*", region=False, account=False)
        ours = Condition("StringEquals", "aws:SourceAccount", (stack.account_id,))
        of_the_system = Condition("ArnLike", "aws:SourceArn", (sources,))
        writer = service_principal(_WRITER)
        write = Statement("Write", ("s3:PutObject",), (f"{bucket.arn}/*",), writer, (ours, of_the_system))
        bucket.allow([write])
        self.name = bucket.name
