"""How many messages are in the queue of a service, and in its dead-letter queue."""

from typing import Any

from modules.design import adopted
from modules.doctor.account import Account, AwsAnswered
from modules.doctor.finding import NotChecked
from modules.operate.cluster import say
from modules.permissions.sqs import SqsOptions
from modules.spec.model import Spec

# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_GetQueueAttributes.html: approximate, and
# right about a minute after the last message.
_COUNTS = {
    "waiting": "ApproximateNumberOfMessages",
    "in_hand": "ApproximateNumberOfMessagesNotVisible",
    "delayed": "ApproximateNumberOfMessagesDelayed",
}

Json = dict[str, Any]


def owns_queue(spec: Spec, service: str) -> bool:
    """Whether the service has a queue of its own."""
    options = spec.services[service].permissions.get("sqs")
    return isinstance(options, SqsOptions) and options.owner is None


def depths(spec: Spec, service: str, account: Account) -> list[Json]:
    """Of each of its queues; where AWS does not say, the `problem` says why."""
    if not owns_queue(spec, service):
        return []
    names = {adopted.queue(spec, service): False, adopted.dead_letters(spec, service): True}
    return [{"queue": name, "dead_letters": dead, **_depth(name, account)} for name, dead in names.items()]


def _depth(name: str, account: Account) -> Json:
    try:
        url = account.ask("sqs", "get_queue_url", QueueName=name)["QueueUrl"]
        wanted = list(_COUNTS.values())
        say("aws", "sqs", "get-queue-attributes", "--queue-url", url, "--attribute-names", *wanted)
        found = account.ask("sqs", "get_queue_attributes", QueueUrl=url, AttributeNames=wanted)["Attributes"]
    except AwsAnswered as answer:
        is_missing = answer.code.endswith(("QueueDoesNotExist", "NonExistentQueue"))
        return {"problem": "There is no queue of this name yet." if is_missing else answer.finding.what}
    except NotChecked as reason:
        return {"problem": reason.finding.what}
    return {key: int(found[name]) for key, name in _COUNTS.items()}
