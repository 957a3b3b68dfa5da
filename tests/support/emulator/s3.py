"""S3: a bucket says whose it is and where, and its policy refuses only what its conditions name.

moto knows no expected owner, answers for a bucket from every region, takes a statement of a policy without its
conditions, and does not say that a bucket sends its events to EventBridge. What comes to the emulator counts as sent
by TLS.
"""

import json
from typing import Any

from moto.iam.access_control import IAMPolicy
from moto.s3.models import FakeBucket, s3_backends
from moto.s3.responses import S3Response

Response = tuple[int, dict[str, Any], str]
_head_bucket = S3Response.head_bucket
_get_notification = S3Response.get_bucket_notification
_TO_EVENTBRIDGE = (
    '<NotificationConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><EventBridgeConfiguration/>'
    "</NotificationConfiguration>"
)


def _head(self: S3Response) -> Response:
    answer: Response = _head_bucket(self)
    status, headers, _ = answer
    if status != 200:
        return answer
    owner = s3_backends.bucket_accounts[self.bucket_name][1]
    if self.request.headers.get("x-amz-expected-bucket-owner", owner) != owner:
        return 403, {}, ""
    if headers["x-amz-bucket-region"] != self.region:
        return 301, {"x-amz-bucket-region": headers["x-amz-bucket-region"]}, ""
    return answer


def _notification(self: S3Response) -> Any:
    """Of a bucket that has no other, which is all that is asked for."""
    found = self.backend.get_bucket_notification_configuration(self.bucket_name)
    if found is None or found.event_bridge is None or found.topic or found.queue or found.cloud_function:
        return _get_notification(self)
    return 200, {}, _TO_EVENTBRIDGE


def _permission(self: FakeBucket, action: str, resource: str) -> Any:
    policy = json.loads(self.policy) if self.policy else {"Statement": []}
    policy["Statement"] = [one for one in policy["Statement"] if not _asks_for_tls(one)]
    return IAMPolicy(json.dumps(policy)).is_action_permitted(action, resource)


def _asks_for_tls(statement: dict[str, Any]) -> bool:
    return bool(statement.get("Condition") == {"Bool": {"aws:SecureTransport": "false"}})


def install() -> None:
    S3Response.head_bucket = _head
    S3Response.get_bucket_notification = _notification
    FakeBucket.get_permission = _permission
