"""S3: a bucket sends its events to EventBridge, whose rules bring them into queues, and says so."""

import json
import time

from tests.emulator.conftest import Client
from tests.support.emulator import REGION


def test_new_objects_under_the_prefix_become_messages_of_the_queue(client: Client) -> None:
    s3, sqs, events = client("s3"), client("sqs"), client("events")
    s3.create_bucket(Bucket="heard", CreateBucketConfiguration={"LocationConstraint": REGION})
    assert "EventBridgeConfiguration" not in s3.get_bucket_notification_configuration(Bucket="heard")
    wanted: dict[str, dict[str, str]] = {"EventBridgeConfiguration": {}}
    s3.put_bucket_notification_configuration(Bucket="heard", NotificationConfiguration=wanted)
    assert s3.get_bucket_notification_configuration(Bucket="heard")["EventBridgeConfiguration"] == {}
    url = sqs.create_queue(QueueName="listener")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    detail = {"bucket": {"name": ["heard"]}, "object": {"key": [{"prefix": "uploads/"}]}}
    pattern = {"source": ["aws.s3"], "detail-type": ["Object Created"], "detail": detail}
    events.put_rule(Name="listener", EventPattern=json.dumps(pattern))
    events.put_targets(Rule="listener", Targets=[{"Id": "queue", "Arn": arn}])
    for key in ("uploads/a.png", "others/b.png"):
        s3.put_object(Bucket="heard", Key=key, Body=b"x")
    messages: list[dict[str, str]] = []
    end = time.monotonic() + 10
    while not messages and time.monotonic() < end:
        messages = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
    assert [json.loads(one["Body"])["detail"]["object"]["key"] for one in messages] == ["uploads/a.png"]
