"""`sqs`: a queue with its dead-letter queue, subscribed to other services' topics if asked."""

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from modules.iam.statement import Statement
from modules.permissions.adopt import AdoptQueue
from modules.permissions.kind import Access, GrantContext, PermissionKind, SharedOptions
from modules.schema.base import OneOrMany, Seconds, ServiceName, Unit


class SqsOptions(SharedOptions):
    """Options of `sqs`."""

    access: Literal["read", "write"] = "read"
    """What is allowed on the other service's queue: `read` receives from it, `write` sends to it."""

    subscribe: Annotated[tuple[ServiceName, ...], OneOrMany()] = ()
    """Services whose topics deliver into this queue."""

    # The limits are SQS's own: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-queues.html.
    visibility_timeout: Seconds = Field(30, ge=0, le=43200)
    """How long a received message is hidden from other receivers: seconds, or a time such as `90s` or `5m`."""

    max_receives: Annotated[int, Unit("receives")] = Field(5, ge=1, le=1000)
    """How often a message is received before it goes to the dead-letter queue."""

    adopt: AdoptQueue | None = Field(None)
    """A queue that is there already, instead of a new one; `make adopt` writes it."""

    @property
    def others(self) -> tuple[str, ...]:
        return (*super().others, *self.subscribe)

    @property
    def subscriptions(self) -> tuple[str, ...]:
        return self.subscribe


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
