"""`sns`: a topic to publish to; other services' queues subscribe to it with `sqs: {subscribe: […]}`."""

from dataclasses import dataclass
from typing import Literal

from pydantic import Field

from modules.iam.statement import Statement
from modules.permissions.adopt import AdoptTopic
from modules.permissions.kind import GrantContext, PermissionKind, SharedOptions


class SnsOptions(SharedOptions):
    """Options of `sns`."""

    access: Literal["write"] = "write"
    """What is allowed on the other service's topic: to publish; a queue receives with `sqs: {subscribe: […]}`."""

    fifo: bool = False
    """Whether queues get the messages of a group in their order, and each once; it can't be changed later. Queues of
    both kinds can subscribe to it."""

    content_based_deduplication: bool = False
    """With `fifo`: whether a message with the same content as one of the last five minutes is left out. Without it, who
    publishes says which messages are the same."""

    adopt: AdoptTopic | None = Field(None)
    """A topic that is there already, instead of a new one; `make adopt` writes it."""


@dataclass(frozen=True)
class Topic:
    topic_arn: str
    stores_key_arn: str


def grants(topic: Topic, context: GrantContext) -> tuple[Statement, ...]:
    """Publishing to the topic."""
    # https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html: a publisher needs both.
    return (
        Statement("Topic", ("sns:Publish",), (topic.topic_arn,)),
        context.via_service("sns", "TopicKey", topic.stores_key_arn, "kms:Decrypt", "kms:GenerateDataKey"),
    )


def environment(topic: Topic) -> dict[str, str]:
    return {"TOPIC_ARN": topic.topic_arn}


KIND = PermissionKind(
    "sns",
    "SNS",
    SnsOptions,
    ("sns",),
    Topic,
    grants,
    environment,
    makes="a topic",
)
