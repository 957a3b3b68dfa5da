"""Moves the messages of a dead-letter queue back into the service's queue, where they are received again."""

import time
from collections.abc import Callable
from typing import Any, NamedTuple

from botocore.exceptions import BotoCoreError, ClientError

from modules import terminal
from modules.design import adopted
from modules.doctor.account import Account, AwsAnswered
from modules.doctor.finding import NotChecked
from modules.errors import CommandError
from modules.facts import messages
from modules.operate.cluster import say
from modules.permissions.sqs import SqsOptions
from modules.spec.model import Spec
from modules.spec.problem import valid_values

# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_StartMessageMoveTask.html, read 2026-11-26.
MOST_A_SECOND = 500
_EVERY = 2.0
_SECONDS = 3600
"""For so long the end is waited for; SQS itself goes on for up to messages.MOVE_HOURS."""
_MISSING = ("QueueDoesNotExist", "NonExistentQueue")

Json = dict[str, Any]


class DeadLetters(NamedTuple):
    """The dead-letter queue of a service, and the queue that its messages go back to."""

    name: str
    arn: str
    queue: str
    queue_arn: str
    waiting: int


def find(spec: Spec, service: str, account: Account, command: str) -> DeadLetters:
    """Raises CommandError where the service has no queue of its own, or AWS does not say."""
    options = spec.services[service].permissions.get("sqs")
    if not isinstance(options, SqsOptions) or options.owner is not None:
        owners = [name for name, one in spec.services.items() if one.owns("sqs")]
        step = valid_values(owners) if owners else "Messages need `sqs` under `aws:` of a service."
        raise CommandError(command, f"{service} has no queue of its own.", step)
    name, queue = adopted.dead_letters(spec, service), adopted.queue(spec, service)
    try:
        dead, own = (_attributes(one, account) for one in (name, queue))
    except AwsAnswered as answer:
        if answer.code.endswith(_MISSING):
            step = f"Deploy it first: make deploy STACK={spec.names.stack(service)}."
            raise CommandError(command, f"The queue of {service} is not there yet.", step) from None
        raise CommandError(command, answer.finding.what, answer.finding.next_step) from None
    except NotChecked as reason:
        raise CommandError(command, reason.finding.what, reason.finding.next_step) from None
    waiting = int(dead["ApproximateNumberOfMessages"])
    return DeadLetters(name, dead["QueueArn"], queue, own["QueueArn"], waiting)


def _attributes(name: str, account: Account) -> dict[str, str]:
    url = account.ask("sqs", "get_queue_url", QueueName=name)["QueueUrl"]
    wanted = ["QueueArn", "ApproximateNumberOfMessages"]
    say("aws", "sqs", "get-queue-attributes", "--queue-url", url, "--attribute-names", *wanted)
    return dict(account.ask("sqs", "get_queue_attributes", QueueUrl=url, AttributeNames=wanted)["Attributes"])


def move(letters: DeadLetters, account: Account, command: str, rate: int | None, told: Callable[[Json], None]) -> Json:
    """Starts the task, and returns it when it has ended; `told` gets it each time that it is looked at.

    Raises CommandError where SQS refuses, or has not ended within an hour.
    """
    limit = {} if rate is None else {"MaxNumberOfMessagesPerSecond": rate}
    words = ("--max-number-of-messages-per-second", str(rate)) if limit else ()
    ends = ("--source-arn", letters.arn, "--destination-arn", letters.queue_arn)
    say("aws", "sqs", "start-message-move-task", *ends, *words)
    try:
        account.client("sqs").start_message_move_task(SourceArn=letters.arn, DestinationArn=letters.queue_arn, **limit)
    except (ClientError, BotoCoreError) as error:
        step = "Wait for a task that runs, or ask who administers the account to allow sqs:StartMessageMoveTask to you."
        raise CommandError(command, f"SQS does not move the messages of {letters.name}: {error}", step) from None
    say("aws", "sqs", "list-message-move-tasks", "--source-arn", letters.arn)
    return _ended(letters, account, command, told)


def _ended(letters: DeadLetters, account: Account, command: str, told: Callable[[Json], None]) -> Json:
    end = time.monotonic() + _SECONDS
    with terminal.Waiting(f"Moving messages of {letters.name}"):
        while time.monotonic() < end:
            try:
                found = account.ask("sqs", "list_message_move_tasks", SourceArn=letters.arn, MaxResults=1)["Results"]
            except NotChecked as reason:
                raise CommandError(command, reason.finding.what, reason.finding.next_step) from None
            task: Json = found[0] if found else {"Status": "RUNNING"}
            told(task)
            if task["Status"] not in ("RUNNING", "CANCELLING"):
                return task
            time.sleep(_EVERY)
    what = f"SQS has not moved all messages of {letters.name} within {_SECONDS // 60} minutes"
    what += f"; it goes on for up to {messages.MOVE_HOURS} hours."
    raise CommandError(command, what, f"Look: aws sqs list-message-move-tasks --source-arn {letters.arn}.")
