"""The bucket of the states: the calls that make it, or give it what it lacks; what it has besides stays."""

import json
import shlex
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from botocore import xform_name

from modules.errors import CommandError
from modules.facts import regions
from modules.shared_state.s3 import S3, Answered

# Of each state the newest versions are kept for ever, older ones for so many days.
OLD_VERSIONS, OLD_VERSION_DAYS, UPLOAD_DAYS = 20, 90, 7
_TLS_ONLY = "OnlyByTls"
_RULE = "old-versions"
_HOME = "us-east-1"  # where a location constraint is refused
Json = dict[str, Any]


@dataclass(frozen=True)
class Call:
    """A call to S3 that changes something."""

    operation: str
    parameters: Json
    region: str

    def line(self) -> str:
        """The same as a command of the AWS CLI."""
        words = ["aws", "s3api", self.operation.replace("_", "-"), "--region", self.region]
        for name, value in self.parameters.items():
            words += [f"--{xform_name(name, '-')}", value if isinstance(value, str) else json.dumps(value)]
        return shlex.join(words)


@dataclass(frozen=True)
class Setting:
    """What a bucket is asked for, the code of an answer without it, and the call that it lacks, if it does."""

    title: str
    question: str
    absent: str
    put: str
    lacks: Callable[[Json, "Bucket"], Json | None]


@dataclass(frozen=True)
class Bucket:
    """A bucket of this name in this region, with these tags besides others."""

    name: str
    region: str
    tags: dict[str, str]

    @property
    def arn(self) -> str:
        """Its ARN."""
        return f"arn:{regions.partition(self.region)}:s3:::{self.name}"


def _ownership(found: Json, _: Bucket) -> Json | None:
    rule = {"ObjectOwnership": "BucketOwnerEnforced"}
    has = found.get("OwnershipControls", {}).get("Rules") == [rule]
    return None if has else {"OwnershipControls": {"Rules": [rule]}}


def _public_access(found: Json, _: Bucket) -> Json | None:
    names = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
    wanted = dict.fromkeys(names, True)
    has = found.get("PublicAccessBlockConfiguration") == wanted
    return None if has else {"PublicAccessBlockConfiguration": wanted}


def _versioning(found: Json, _: Bucket) -> Json | None:
    return None if found.get("Status") == "Enabled" else {"VersioningConfiguration": {"Status": "Enabled"}}


def _encryption(found: Json, _: Bucket) -> Json | None:
    rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
    has = found.get("ServerSideEncryptionConfiguration", {}).get("Rules")
    return None if has else {"ServerSideEncryptionConfiguration": {"Rules": [rule]}}


def _lifecycle(found: Json, _: Bucket) -> Json | None:
    rules = found.get("Rules", [])
    rule = {
        "ID": _RULE,
        "Status": "Enabled",
        "Filter": {"Prefix": ""},
        "Expiration": {"ExpiredObjectDeleteMarker": True},
        "NoncurrentVersionExpiration": {"NoncurrentDays": OLD_VERSION_DAYS, "NewerNoncurrentVersions": OLD_VERSIONS},
        "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": UPLOAD_DAYS},
    }
    has = any(one.get("ID") == _RULE for one in rules)
    return None if has else {"LifecycleConfiguration": {"Rules": [*rules, rule]}}


def _policy(found: Json, bucket: Bucket) -> Json | None:
    policy: Json = json.loads(found["Policy"]) if found else {"Version": "2012-10-17", "Statement": []}
    if any(one.get("Sid") == _TLS_ONLY for one in policy["Statement"]):
        return None
    statement = {
        "Sid": _TLS_ONLY,
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [bucket.arn, f"{bucket.arn}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    return {"Policy": json.dumps({**policy, "Statement": [*policy["Statement"], statement]})}


def _tags(found: Json, bucket: Bucket) -> Json | None:
    has = {tag["Key"]: tag["Value"] for tag in found.get("TagSet", ())}
    if bucket.tags.items() <= has.items():
        return None
    tags = {**has, **bucket.tags}
    return {"Tagging": {"TagSet": [{"Key": key, "Value": value} for key, value in tags.items()]}}


# The block of public access before the policy: S3 refuses a policy while it changes the block.
SETTINGS = (
    Setting(
        "ownership by the account",
        "get_bucket_ownership_controls",
        "OwnershipControlsNotFoundError",
        "put_bucket_ownership_controls",
        _ownership,
    ),
    Setting(
        "a block of public access",
        "get_public_access_block",
        "NoSuchPublicAccessBlockConfiguration",
        "put_public_access_block",
        _public_access,
    ),
    Setting("versioning", "get_bucket_versioning", "", "put_bucket_versioning", _versioning),
    Setting(
        "encryption",
        "get_bucket_encryption",
        "ServerSideEncryptionConfigurationNotFoundError",
        "put_bucket_encryption",
        _encryption,
    ),
    Setting(
        "an end of old versions",
        "get_bucket_lifecycle_configuration",
        "NoSuchLifecycleConfiguration",
        "put_bucket_lifecycle_configuration",
        _lifecycle,
    ),
    Setting("a policy that asks for TLS", "get_bucket_policy", "NoSuchBucketPolicy", "put_bucket_policy", _policy),
    Setting("its tags", "get_bucket_tagging", "NoSuchTagSet", "put_bucket_tagging", _tags),
)


def exists(s3: S3, bucket: Bucket) -> bool:
    """Whether this account has the bucket. Raises CommandError where another has it, or it is in another region."""
    try:
        found = s3.call("head_bucket", tell=("404",), Bucket=bucket.name, ExpectedBucketOwner=s3.account.id)
    except Answered:
        return False
    if (region := found.get("BucketRegion") or bucket.region) != bucket.region:
        step = f"Write its region: `state: {{s3: {{bucket: {bucket.name}, region: {region}}}}}`, and run this again."
        what = f"The bucket is in {region}, and not in {bucket.region}."
        raise CommandError(f"s3://{bucket.name}", what, step)
    return True


def missing(s3: S3, bucket: Bucket, *, is_there: bool) -> Iterator[tuple[Setting, Call]]:
    """The settings that the bucket lacks; for one that is not there yet, all."""
    for setting in SETTINGS:
        parameters = setting.lacks(_asked(s3, bucket, setting) if is_there else {}, bucket)
        if parameters:
            yield setting, Call(setting.put, {"Bucket": bucket.name, **parameters}, bucket.region)


def creation(bucket: Bucket) -> Call:
    """The call that makes it."""
    constraint = {"LocationConstraint": bucket.region}
    where = {} if bucket.region == _HOME else {"CreateBucketConfiguration": constraint}
    return Call(
        "create_bucket", {"Bucket": bucket.name, **where, "ObjectOwnership": "BucketOwnerEnforced"}, bucket.region
    )


def make(s3: S3, call: Call) -> None:
    """Does what the call says. Raises CommandError where AWS refuses it."""
    try:
        s3.call(call.operation, tell=("BucketAlreadyOwnedByYou",), **call.parameters)
    except Answered:
        return  # another run has made it since


def _asked(s3: S3, bucket: Bucket, setting: Setting) -> Json:
    try:
        return s3.call(setting.question, tell=(setting.absent,), Bucket=bucket.name)
    except Answered:
        return {}
