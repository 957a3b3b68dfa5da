"""An AWS account that somebody is logged in to: calls that only read, each with a bound in time.

Every command that asks AWS does it here, so that a missing permission is the same sentence everywhere.
"""

import base64
import threading
from collections.abc import Callable
from functools import cached_property
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.signers import RequestSigner

from modules import terminal
from modules.doctor import assumed_role, credentials
from modules.doctor.finding import NotChecked
from modules.state.json_file import MAX_BYTES

# Seconds; with the retries, a call ends within two minutes whatever the network does.
_CONFIG = Config(connect_timeout=5, read_timeout=20, retries={"mode": "standard", "total_max_attempts": 3})
ASSUME = "AssumeRole"  # which any call of a role's session may do first
_READS = ("describe_", "filter_", "get_", "list_")
# Codes with which services refuse a caller who lacks a permission:
# https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html and each service's common errors.
DENIED = ("AccessDenied", "AccessDeniedException", "AuthorizationError", "UnauthorizedOperation", "Forbidden", "403")
# IAM's names, where they are not those of the API: https://docs.aws.amazon.com/service-authorization/latest/reference/.
_PREFIXES = {
    "sesv2": "ses",
    "elbv2": "elasticloadbalancing",
    "service-quotas": "servicequotas",
    "resourcegroupstaggingapi": "tag",
}
_ACTIONS = {"s3:ListBuckets": "s3:ListAllMyBuckets"}


class AwsAnswered(NotChecked):
    """AWS answered with an error other than a denial; `code` is its name."""

    def __init__(self, call: str, code: str, message: str) -> None:
        what = f"{call} failed with {code}: {message}".rstrip(".") + "."
        super().__init__(what, "Run this again; if it stays, check this by hand.")
        self.code = code


class Account:
    """The account behind the credentials of this machine, in one region; `role` is an ARN that they assume."""

    def __init__(self, region: str, role: str | None = None) -> None:
        self.region, self.role = region, role
        self.id = ""  # known after the login
        self._clients: dict[tuple[str, str], Any] = {}
        self._making = threading.Lock()  # a session is for one thread at a time; a client is for any

    @cached_property
    def _session(self) -> boto3.Session:
        if self.role:
            return assumed_role.session(self.role, self.region, _CONFIG)
        return boto3.Session(region_name=self.region)

    def client(self, service: str, region: str | None = None) -> Any:
        """A client of the service, made once.

        Raises a BotoCoreError where the profile that AWS_PROFILE names does not exist.
        """
        key = (service, region or self.region)
        with self._making:
            if key not in self._clients:
                self._clients[key] = self._session.client(service, region_name=key[1], config=_CONFIG)
            return self._clients[key]

    def ask(self, service: str, operation: str, region: str | None = None, **parameters: Any) -> dict[str, Any]:
        """The answer to one call.

        Raises NotChecked where a permission is missing, the login has ended or AWS can't be reached, AwsAnswered for
        AWS's other errors, and ValueError for an operation that does more than read.
        """
        answer: dict[str, Any] = self._guarded(
            service, operation, lambda: getattr(self.client(service, region), operation)(**parameters)
        )
        return answer

    def pages(self, service: str, operation: str, key: str, **parameters: Any) -> list[Any]:
        """The items under `key` of all pages of an answer. Raises as `ask` does."""
        pages = self.client(service).get_paginator(operation).paginate
        items: list[Any] = self._guarded(
            service, operation, lambda: [item for page in pages(**parameters) for item in page.get(key, ())]
        )
        return items

    def content(self, bucket: str, key: str, region: str | None) -> bytes:
        """An object of S3, of at most MAX_BYTES. Raises as `ask` does, and NotChecked where it is larger."""

        def read() -> bytes:
            body = self.client("s3", region).get_object(Bucket=bucket, Key=key)["Body"]
            return bytes(body.read(MAX_BYTES + 1))

        content: bytes = self._guarded("s3", "get_object", read)
        if len(content) > MAX_BYTES:
            raise NotChecked(f"s3://{bucket}/{key} is larger than {MAX_BYTES} bytes.", "Check this by hand.")
        return content

    def kubernetes_token(self, cluster: str) -> str:
        """A bearer token for the API of an EKS cluster, as `aws eks get-token` makes it: a signed question to STS.

        https://github.com/kubernetes-sigs/aws-iam-authenticator#api-authorization-from-outside-a-cluster. Raises
        NotChecked.
        """
        signed: str = self._guarded("sts", "get_caller_identity", lambda: self._signed_identity(cluster))
        return f"k8s-aws-v1.{base64.urlsafe_b64encode(signed.encode()).decode().rstrip('=')}"

    def _signed_identity(self, cluster: str) -> str:
        sts, session = self.client("sts").meta, self._session
        keys, events = session.get_credentials(), session.events
        signer = RequestSigner(sts.service_model.service_id, self.region, "sts", "v4", keys, events)
        url = f"{sts.endpoint_url}/?Action=GetCallerIdentity&Version=2011-06-15"
        request = {"method": "GET", "url": url, "body": {}, "headers": {"x-k8s-aws-id": cluster}, "context": {}}
        return str(signer.generate_presigned_url(request, "GetCallerIdentity", expires_in=60))

    def _guarded(self, service: str, operation: str, call: Callable[[], Any]) -> Any:
        if not operation.startswith(_READS):
            raise ValueError(f"{service} {operation} does more than read.")
        try:
            with terminal.Waiting(f"Asking AWS ({service} {operation})"):
                return call()
        except (ClientError, BotoCoreError) as error:
            if found := credentials.refused(error):
                raise NotChecked(found.what, found.next_step) from None
            raise self._unanswered(service, error) from None

    def _unanswered(self, service: str, error: Any) -> NotChecked:
        if isinstance(error, ClientError):
            code, message = error.response["Error"]["Code"], error.response["Error"].get("Message", "")
            if code not in DENIED:
                return AwsAnswered(f"{service} {error.operation_name}", code, message)
            permission = _permission("sts" if error.operation_name == ASSUME else service, error.operation_name)
            step = f"Ask who administers the account to allow {permission} to you, or check this by hand."
            return NotChecked(f"It needs the permission {permission}.", step)
        step = "Check the network and the proxy, and run this again."
        return NotChecked(f"AWS did not answer: {error}".rstrip(".") + ".", step)


def _permission(service: str, operation: str) -> str:
    action = f"{_PREFIXES.get(service, service)}:{operation}"
    return _ACTIONS.get(action, action)
