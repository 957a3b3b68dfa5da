"""Calls to S3 that read and write: what AWS refuses them with becomes a sentence with a next step."""

from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from modules.doctor import credentials
from modules.doctor.account import Account
from modules.errors import CommandError

# Codes, and statuses of answers without a body: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
_ELSEWHERE = ("301", "PermanentRedirect", "AuthorizationHeaderMalformed", "IllegalLocationConstraintException")
_DENIED = ("403", "AccessDenied", "AllAccessDisabled")
_NOT_THERE = ("404", "NoSuchBucket")
_OTHERS = ("BucketAlreadyExists",)


class Answered(Exception):
    """S3 answered with a code that the caller asked to be told."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class S3:
    """S3 in one region, for one account."""

    def __init__(self, account: Account, region: str) -> None:
        self.account, self.region = account, region

    def call(self, operation: str, *, tell: tuple[str, ...] = (), **parameters: Any) -> dict[str, Any]:
        """The answer to a call. Raises Answered for the codes in `tell`, and CommandError for all others."""
        bucket = parameters["Bucket"]
        try:
            answer: dict[str, Any] = getattr(self.account.client("s3", self.region), operation)(**parameters)
        except (BotoCoreError, ClientError) as error:
            if finding := credentials.refused(error):
                raise CommandError(f"s3://{bucket}", finding.what, finding.next_step) from None
            if isinstance(error, BotoCoreError):
                step = "Check the network and the proxy, and run this again; it goes on where it was."
                raise CommandError(f"s3://{bucket}", f"AWS did not answer: {error}".rstrip(".") + ".", step) from None
            code, message = str(error.response["Error"]["Code"]), error.response["Error"].get("Message", "")
            if code in tell:
                raise Answered(code) from None
            what, step = self._explain(code, message, error.operation_name, bucket)
            raise CommandError(f"s3://{bucket}", what, step) from None
        return answer

    def _explain(self, code: str, message: str, operation: str, bucket: str) -> tuple[str, str]:
        if code in _ELSEWHERE:
            step = f"Write its region: `state: {{s3: {{bucket: {bucket}, region: …}}}}`."
            return f"The bucket is not in {self.region}, but in another region.", f"{step} {_WHICH.format(bucket)}"
        if code in _OTHERS:
            return (
                "A bucket of this name exists, and belongs to another account: names of buckets are global.",
                "Choose another name: write `state: {s3: {bucket: …}}` into services.yaml, and run this again.",
            )
        if code in _DENIED:
            who, action = f"you (account {self.account.id})", operation.replace("HeadBucket", "ListBucket")
            return (
                f"AWS refuses {operation} to {who}: the bucket belongs to another account, or you lack a permission.",
                f"If it is another's, write another name into `state:`. Otherwise {_ASK.format(action)}",
            )
        if code in _NOT_THERE:
            return (
                "There is no such bucket.",
                "Correct the name, or make the bucket: `make bootstrap` makes the one that services.yaml names.",
            )
        return f"{operation} failed with {code}: {message}".rstrip(
            "."
        ) + ".", "Run this again; it goes on where it was."


_ASK = "ask who administers the account to allow s3:{} on it to you."
_WHICH = "`aws s3api get-bucket-location --bucket {}` says which that is."
