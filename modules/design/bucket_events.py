"""What a queue wants to hear of the new objects of a bucket."""

from typing import Any

from modules.permissions.sqs import SqsOptions


def pattern(options: SqsOptions, owner: str, bucket_name: str) -> dict[str, Any]:
    """The events of one bucket that the queue gets.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html
    """
    prefixes = [one.prefix for one in options.sources if one.s3 == owner]
    wanted = {} if "" in prefixes else {"object": {"key": [{"prefix": prefix} for prefix in prefixes]}}
    detail = {"bucket": {"name": [bucket_name]}, **wanted}
    return {"source": ["aws.s3"], "detail-type": ["Object Created"], "detail": detail}
