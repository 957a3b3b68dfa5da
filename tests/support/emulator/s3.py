"""S3: a bucket says whose it is and where, and its policy refuses only what its conditions name.

moto knows no expected owner, answers for a bucket from every region, and takes a statement of a policy without its
conditions. What comes to the emulator counts as sent by TLS.
"""

import json
from typing import Any

from moto.iam.access_control import IAMPolicy
from moto.s3.models import FakeBucket, s3_backends
from moto.s3.responses import S3Response

Response = tuple[int, dict[str, Any], str]
_head_bucket = S3Response.head_bucket


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


def _permission(self: FakeBucket, action: str, resource: str) -> Any:
    policy = json.loads(self.policy) if self.policy else {"Statement": []}
    policy["Statement"] = [one for one in policy["Statement"] if not _asks_for_tls(one)]
    return IAMPolicy(json.dumps(policy)).is_action_permitted(action, resource)


def _asks_for_tls(statement: dict[str, Any]) -> bool:
    return bool(statement.get("Condition") == {"Bool": {"aws:SecureTransport": "false"}})


def install() -> None:
    S3Response.head_bucket = _head
    FakeBucket.get_permission = _permission
