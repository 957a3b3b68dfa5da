"""A private bucket: encrypted, versioned, closed to the public, reached by TLS only."""

from collections.abc import Iterable
from typing import TypeVar

from modules.bindings.aws import (
    S3Bucket,
    S3BucketLifecycleConfiguration,
    S3BucketLifecycleConfigurationRule,
    S3BucketLoggingA,
    S3BucketOwnershipControls,
    S3BucketOwnershipControlsRule,
    S3BucketPolicy,
    S3BucketPublicAccessBlock,
    S3BucketServerSideEncryptionConfigurationA,
    S3BucketServerSideEncryptionConfigurationRuleA,
    S3BucketVersioningA,
    S3BucketVersioningVersioningConfiguration,
)
from modules.bindings.cdktf import TerraformResource
from modules.constructs.adoption import adopt
from modules.constructs.component import Component
from modules.constructs.iam.policy_document import policy_json
from modules.constructs.stack import Stack
from modules.iam.statement import Statement, tls_only
from modules.permissions.adopt import AdoptBucket, BucketPart

# An overwritten or deleted object can be brought back for so long; an upload that was broken off is dropped.
_OLD_VERSION_DAYS, _UPLOAD_DAYS = 30, 7

Part = TypeVar("Part", bound=TerraformResource)


class PrivateBucket(Component):
    """The bucket at the address `key`; without a key of ours it is encrypted with S3's (AES256).

    Whoever calls it is written into the bucket `logs`; that one alone has none.
    """

    def __init__(
        self,
        scope: Stack | Component,
        key: str,
        *,
        name: tuple[str, ...],
        protected: bool,
        logs: str | None,
        key_arn: str | None = None,
        expire_days: int | None = None,
        adopted: AdoptBucket | None = None,
    ) -> None:
        super().__init__(scope, f"{key}-bucket")
        self.key = key
        self.adopted = adopted
        made = self.stack.names.bucket(*name, account_id=self.stack.account_id, region=self.stack.region)
        full_name = adopted.name if adopted else made
        bucket = S3Bucket(self, "bucket", bucket=full_name, force_destroy=not protected)
        self.name, self.arn = self.set_address(bucket, key, expendable=not protected).id, bucket.arn
        if adopted:
            adopt(self.stack, bucket, adopted.name, keeps=("tags",))
        self._keep_private()
        self._encrypt(key_arn)
        self._keep_versions(expire_days)
        if logs:
            below = f"{self.stack.names.of(*name)}/"
            logging = S3BucketLoggingA(self, "logging", bucket=self.name, target_bucket=logs, target_prefix=below)
            self._part("logging", logging)

    def allow(self, statements: Iterable[Statement] = ()) -> S3BucketPolicy:
        """Gives the bucket its policy: these statements, and none of them without TLS."""
        tls = tls_only("s3:*", self.arn, f"{self.arn}/*")
        document = policy_json(self, (self.key, "bucket"), (*statements, tls))
        # S3 refuses a policy while it changes the block of public access.
        policy = S3BucketPolicy(self, "policy", bucket=self.name, policy=document, depends_on=[self.block])
        return self._part("policy", policy)

    def _part(self, part: BucketPart, element: Part) -> Part:
        """What belongs to the bucket; where an adopted one has it already, that stays."""
        self.set_address(element, self.key)
        if self.adopted and part in self.adopted.attached:
            adopt(self.stack, element, self.adopted.name)
        return element

    def _keep_private(self) -> None:
        self.block = S3BucketPublicAccessBlock(
            self,
            "public-access",
            bucket=self.name,
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
        )
        self._part("public_access", self.block)
        rule = S3BucketOwnershipControlsRule(object_ownership="BucketOwnerEnforced")
        self._part("ownership", S3BucketOwnershipControls(self, "ownership", bucket=self.name, rule=rule))

    def _encrypt(self, key_arn: str | None) -> None:
        algorithm = "aws:kms" if key_arn else "AES256"
        rule = S3BucketServerSideEncryptionConfigurationRuleA(
            apply_server_side_encryption_by_default={"sse_algorithm": algorithm, "kms_master_key_id": key_arn},
            bucket_key_enabled=key_arn is not None,
        )
        encryption = S3BucketServerSideEncryptionConfigurationA(self, "encryption", bucket=self.name, rule=[rule])
        self._part("encryption", encryption)

    def _keep_versions(self, expire_days: int | None) -> None:
        enabled = S3BucketVersioningVersioningConfiguration(status="Enabled")
        versioning = S3BucketVersioningA(self, "versioning", bucket=self.name, versioning_configuration=enabled)
        self._part("versioning", versioning)
        rule = S3BucketLifecycleConfigurationRule(
            id="keep",
            status="Enabled",
            filter=[{}],
            expiration=[{"days": expire_days}] if expire_days else None,
            noncurrent_version_expiration=[{"noncurrent_days": _OLD_VERSION_DAYS}],
            abort_incomplete_multipart_upload=[{"days_after_initiation": _UPLOAD_DAYS}],
        )
        lifecycle = S3BucketLifecycleConfiguration(
            self, "lifecycle", bucket=self.name, rule=[rule], depends_on=[versioning]
        )
        self._part("lifecycle", lifecycle)
