"""Queues and topics that fit together: FIFO, filters, and what an adopted one has of its own."""

import math
from collections.abc import Iterator

from modules.facts.messages import FILTER_ATTRIBUTES, FILTER_COMBINATIONS
from modules.permissions.s3 import S3Options
from modules.permissions.sns import SnsOptions
from modules.permissions.sqs import SqsOptions
from modules.spec.model import Spec
from modules.spec.problem import Path, Problem, did_you_mean, remove, valid_values


def _queues(spec: Spec) -> Iterator[tuple[SqsOptions, Path]]:
    for name, service in spec.services.items():
        options = service.permissions.get("sqs")
        if isinstance(options, SqsOptions):
            yield options, ("services", name, "aws", "sqs")


def fifo_queues_have_fifo_topics(spec: Spec) -> Iterator[Problem]:
    """https://docs.aws.amazon.com/sns/latest/dg/fifo-message-delivery.html: a FIFO topic fills queues of both kinds, a
    standard one only standard queues."""
    for options, place in _queues(spec):
        for index, other in enumerate(options.subscribe if options.fifo else ()):
            topic = spec.services[other].permissions.get("sns") if other in spec.services else None
            if isinstance(topic, SnsOptions) and not topic.fifo:
                what = f"A FIFO queue gets messages of FIFO topics only, and that of {other} is none."
                step = f"Write `sns: {{fifo: true}}` under `aws:` of {other}, or remove `fifo` here."
                also = (("services", other, "aws", "sns"),)
                yield Problem((*place, "subscribe", index), what, step, also=also)


def deduplication_is_of_fifo(spec: Spec) -> Iterator[Problem]:
    """SQS and SNS refuse it for others."""
    for name, service in spec.services.items():
        for word, options in service.permissions.items():
            if (
                isinstance(options, SqsOptions | SnsOptions)
                and options.content_based_deduplication
                and not options.fifo
            ):
                place: Path = ("services", name, "aws", word, "content_based_deduplication")
                what = "`content_based_deduplication` is for FIFO only."
                yield Problem(place, what, "Add `fifo: true`, or remove it.")


def filters_are_of_subscriptions(spec: Spec) -> Iterator[Problem]:
    """A filter belongs to the subscription of one topic."""
    for options, place in _queues(spec):
        for other in options.filter:
            if other not in options.subscribe:
                what = f"The queue is not subscribed to {other}."
                step = did_you_mean(other, options.subscribe) if options.subscribe else f"Add `subscribe: [{other}]`."
                yield Problem((*place, "filter", other), what, step, also=((*place, "subscribe"),))
        if not options.filter and "filter_on" in options.model_fields_set:
            there = (*place, "filter_on")
            yield Problem(there, "`filter_on` without `filter` has no effect.", "Remove it.", edit=remove(there))


def filters_fit(spec: Spec) -> Iterator[Problem]:
    """SNS has limits of a filter policy."""
    for options, place in _queues(spec):
        for other, attributes in options.filter.items():
            there = (*place, "filter", other)
            if not attributes:
                yield Problem(there, "It filters nothing.", "Name an attribute with its texts, or remove it.")
            if len(attributes) > FILTER_ATTRIBUTES:
                what = f"A filter has at most {FILTER_ATTRIBUTES} attributes, and this has {len(attributes)}."
                yield Problem(there, what, "Filter on fewer.")
            combinations = math.prod(map(len, attributes.values()))
            if combinations > FILTER_COMBINATIONS:
                what = f"SNS takes {FILTER_COMBINATIONS} combinations of texts, and this has {combinations}."
                yield Problem(there, what, "List fewer texts; `order-*` is every text that begins so.")


def buckets_are_heard_by_standard_queues(spec: Spec) -> Iterator[Problem]:
    """EventBridge names no group of messages by itself, and a bucket has one notification configuration."""
    for options, place in _queues(spec):
        if options.fifo and options.sources:
            what = "What happens in a bucket has no order, so a FIFO queue can't listen to it."
            yield Problem((*place, "from"), what, "Remove `fifo`, or give another service the queue.")
        seen: dict[tuple[str, str], Path] = {}
        for index, one in enumerate(options.sources):
            there: Path = (*place, "from", index)
            if (first := seen.setdefault((one.s3, one.prefix), there)) != there:
                yield Problem(there, "It is listed twice.", "Remove this one.", also=(first,), edit=remove(there))
            bucket = spec.services[one.s3].permissions.get("s3") if one.s3 in spec.services else None
            if isinstance(bucket, S3Options) and bucket.adopt:
                what = f"The bucket of {one.s3} is adopted, and keeps the notifications that it has."
                step = (
                    "Let its owner send events to EventBridge, with a rule of their own; or listen to another bucket."
                )
                yield Problem((*there, "s3"), what, step, also=(("services", one.s3, "aws", "s3", "adopt"),))


def adopted_queues_and_topics_keep_their_kind(spec: Spec) -> Iterator[Problem]:
    """What is adopted has its delay of its own, and no FIFO one can be adopted."""
    for name, service in spec.services.items():
        for word, options in service.permissions.items():
            if isinstance(options, SqsOptions | SnsOptions) and options.adopt is not None:
                place: Path = ("services", name, "aws", word)
                for key in sorted(options.model_fields_set & {"delay", "fifo"}):
                    what = f"`{key}` can't be set together with `adopt`: what is there keeps its own."
                    yield Problem((*place, key), what, valid_values(()), edit=remove((*place, key)))
