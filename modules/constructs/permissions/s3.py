"""`s3`: the bucket of a service."""

from modules.bindings.aws import S3BucketNotification
from modules.constructs.component import Component
from modules.constructs.permissions.owner import Owner
from modules.constructs.storage.private_bucket import PrivateBucket
from modules.permissions import s3


class ServiceBucket(Component):
    """A private bucket, encrypted with the service's key."""

    def __init__(self, owner: Owner, options: s3.S3Options) -> None:
        super().__init__(owner.stack, "s3")
        bucket = PrivateBucket(
            self,
            owner.name,
            name=(owner.name,),
            protected=owner.protection,
            logs=owner.stack.read("network", "bucket_logs_name"),
            key_arn=owner.key_arn,
            adopted=options.adopt,
        )
        bucket.allow()
        if owner.name in owner.stack.spec.buckets_with_listeners:
            # The whole notification configuration of the bucket: rules of the listeners' own stacks say who gets what.
            events = S3BucketNotification(self, "events", bucket=bucket.name, eventbridge=True)
            self.set_address(events, owner.name)
        self.outputs = s3.Bucket(bucket_arn=bucket.arn, bucket_name=bucket.name, stores_key_arn=owner.key_arn)
