"""Which messages of a topic a queue gets, as SNS writes it."""

from typing import Any

from modules.permissions.sqs import SqsOptions

_ANY_END = "*"


def policy(options: SqsOptions, topic_of: str) -> dict[str, list[Any]]:
    """The filter policy of the subscription to a service's topic; empty where all messages are wanted.

    https://docs.aws.amazon.com/sns/latest/dg/sns-subscription-filter-policies.html
    """
    wanted = options.filter.get(topic_of, {})
    return {attribute: [_condition(text) for text in texts] for attribute, texts in wanted.items()}


def _condition(text: str) -> str | dict[str, str]:
    return {"prefix": text.removesuffix(_ANY_END)} if text.endswith(_ANY_END) else text
