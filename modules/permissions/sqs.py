"""`sqs`: a queue with its dead-letter queue, subscribed to other services' topics if asked."""

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from modules.facts import messages
from modules.iam.statement import Statement
from modules.permissions.adopt import AdoptQueue
from modules.permissions.kind import Access, GrantContext, PermissionKind, SharedOptions
from modules.schema.base import Model, OneOrMany, Seconds, ServiceName, Unit


class BucketEvents(Model):
    """New objects of a service's bucket, each of which becomes a message."""

    s3: ServiceName
    """Service whose bucket it is."""

    prefix: str = Field("", max_length=messages.KEY_LENGTH)
    """How the keys of the objects begin; without it, all objects."""


class SqsOptions(SharedOptions):
    """Options of `sqs`."""

    access: Literal["read", "write"] = "read"
    """What is allowed on the other service's queue: `read` receives from it, `write` sends to it."""

    subscribe: Annotated[tuple[ServiceName, ...], OneOrMany()] = ()
    """Services whose topics deliver into this queue."""

    sources: Annotated[tuple[BucketEvents, ...], OneOrMany(dict)] = Field((), alias="from")
    """Buckets whose new objects become messages, as EventBridge writes them."""

    # The limits are SQS's own: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-queues.html.
    visibility_timeout: Seconds = Field(30, ge=0, le=43200)
    """How long a received message is hidden from other receivers: seconds, or a time such as `90s` or `5m`."""

    max_receives: Annotated[int, Unit("receives")] = Field(5, ge=1, le=1000)
    """How often a message is received before it goes to the dead-letter queue."""

    delay: Seconds = Field(0, ge=0, le=messages.MAX_DELAY)
    """How long a new message is hidden at first: seconds, or a time such as `90s` or `5m`."""

    fifo: bool = False
    """Whether messages of a group are received in their order, and each once; it can't be changed later. Who sends
    names the group. The dead-letter queue is of the same kind."""

    content_based_deduplication: bool = False
    """With `fifo`: whether a message with the same content as one of the last five minutes is left out. Without it, who
    sends says which messages are the same."""

    filter: dict[ServiceName, dict[str, Annotated[tuple[str, ...], OneOrMany(), Field(min_length=1)]]] = Field({})
    """Which messages of a topic under `subscribe` are delivered: by the service of the topic, attributes of the message
    with the texts that each may have. `order-*` is every text that begins so."""

    filter_on: Literal["attributes", "body"] = "attributes"
    """What a filter looks at: attributes of the message, or keys of a body that is JSON."""

    adopt: AdoptQueue | None = Field(None)
    """A queue that is there already, instead of a new one; `make adopt` writes it."""

    @property
    def others(self) -> tuple[str, ...]:
        return (*super().others, *self.subscribe, *self.buckets)

    @property
    def subscriptions(self) -> tuple[str, ...]:
        return self.subscribe

    @property
    def buckets(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(one.s3 for one in self.sources))


_FIND = ("sqs:GetQueueUrl", "sqs:GetQueueAttributes")
_RECEIVE = ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility")
_SEND = ("sqs:SendMessage",)
_ACTIONS: dict[Access, tuple[str, ...]] = {
    "own": (*_FIND, *_RECEIVE, *_SEND),
    "read": (*_FIND, *_RECEIVE),
    "write": (*_FIND, *_SEND),
}
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html
_KEY: dict[Access, tuple[str, ...]] = {
    "own": ("kms:Decrypt", "kms:GenerateDataKey"),
    "read": ("kms:Decrypt",),
    "write": ("kms:Decrypt", "kms:GenerateDataKey"),
}


@dataclass(frozen=True)
class Queue:
    queue_arn: str
    queue_url: str
    stores_key_arn: str


def grants(queue: Queue, context: GrantContext) -> tuple[Statement, ...]:
    """Messages of the queue; those of the dead-letter queue are for people."""
    return (
        Statement("Queue", _ACTIONS[context.access], (queue.queue_arn,)),
        context.via_service("sqs", "QueueKey", queue.stores_key_arn, *_KEY[context.access]),
    )


def environment(queue: Queue) -> dict[str, str]:
    return {"QUEUE_URL": queue.queue_url}


KIND = PermissionKind(
    "sqs",
    "SQS",
    SqsOptions,
    ("sqs",),
    Queue,
    grants,
    environment,
    makes="a queue with a dead-letter queue",
    example={"visibility_timeout": 60, "max_receives": 3},
)
