"""FIFO, delays and filters: what fits together, and what is said of the rest."""

import pytest

from modules.design import adopted, bucket_events, filters
from modules.facts.messages import FILTER_COMBINATIONS
from modules.permissions.sqs import SqsOptions
from tests.unit.conftest import Check, mistakes

TOPIC = "a: {aws: sns}\n"
FIFO_TOPIC = "a: {aws: {sns: {fifo: true}}}\n"


def _queue(options: str, topic: str = TOPIC) -> str:
    return f"{topic}b: {{aws: {{sqs: {{{options}}}}}}}"


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ("fifo: true, subscribe: a", ("services.b.aws.sqs.subscribe", "that of a is none", "sns: {fifo: true}")),
        ("content_based_deduplication: true", ("is for FIFO only.", "Add `fifo: true`, or remove it.")),
        ("filter: {a: {c: d}}", ("The queue is not subscribed to a.", "Add `subscribe: [a]`.")),
        ("subscribe: a, filter: {b: {c: d}}", ("The queue is not subscribed to b.", "Valid values: a.")),
        ("filter_on: body", ("`filter_on` without `filter` has no effect.", "Remove it.")),
        ("subscribe: a, filter: {a: {}}", ("It filters nothing.", "Name an attribute")),
        ("subscribe: a, filter: {a: {c: []}}", ("services.b.aws.sqs.filter.a.c",)),
        (
            "subscribe: a, filter: {a: {c: d, e: d, f: d, g: d, h: d, i: d}}",
            ("A filter has at most 5 attributes, and this has 6.",),
        ),
        ("from: {s3: c}", ("services.b.aws.sqs.from[0].s3", 'There is no service "c".')),
        ("from: {s3: a}", ("services.b.aws.sqs.from[0].s3", "a has no s3 of its own.", "Add `s3` under `aws:` of a")),
        ("from: [{s3: b}]", ("b refers to itself.",)),
        ("from: [{}]", ("services.b.aws.sqs.from[0].s3", '"s3" is missing.')),
        ("delay: 16m", ("services.b.aws.sqs.delay", "900")),
        (
            "delay: 1m, adopt: {url: https://sqs.eu-west-1.amazonaws.com/111122223333/orders}",
            ("`delay` can't be set together with `adopt`: what is there keeps its own.",),
        ),
    ],
)
def test_what_does_not_fit_is_a_mistake(system: Check, options: str, words: tuple[str, ...]) -> None:
    said = mistakes(system(_queue(options)))
    assert all(word in said for word in words), said


BUCKET = "a: {aws: s3}\n"


@pytest.mark.parametrize(
    ("options", "bucket", "words"),
    [
        ("fifo: true, from: {s3: a}", BUCKET, ("a FIFO queue can't listen to it.", "Remove `fifo`")),
        ("from: [{s3: a}, {s3: a}]", BUCKET, ("services.b.aws.sqs.from[1]", "It is listed twice.")),
        (
            "from: {s3: a}",
            "a: {aws: {s3: {adopt: {name: files}}}}\n",
            ("The bucket of a is adopted, and keeps the notifications that it has.",),
        ),
        ("of: a, from: {s3: a}", "a: {aws: [s3, sqs]}\n", ("`from` can't be set together with `of`",)),
    ],
)
def test_what_does_not_fit_a_bucket_is_a_mistake(
    system: Check, options: str, bucket: str, words: tuple[str, ...]
) -> None:
    said = mistakes(system(_queue(options, bucket)))
    assert all(word in said for word in words), said


def test_a_queue_hears_of_the_objects_under_its_prefixes_or_of_all(system: Check) -> None:
    spec = system(_queue("from: [{s3: a, prefix: x/}, {s3: a, prefix: y/}]", BUCKET)).spec
    assert spec
    assert spec.buckets_with_listeners == {"a"}
    options = spec.services["b"].permissions["sqs"]
    assert isinstance(options, SqsOptions)
    found = bucket_events.pattern(options, "a", "files")
    assert (found["source"], found["detail-type"]) == (["aws.s3"], ["Object Created"])
    keys = {"key": [{"prefix": "x/"}, {"prefix": "y/"}]}
    assert found["detail"] == {"bucket": {"name": ["files"]}, "object": keys}
    every = SqsOptions.model_validate({"from": ({"s3": "a"}, {"s3": "a", "prefix": "x/"})})
    assert bucket_events.pattern(every, "a", "files")["detail"] == {"bucket": {"name": ["files"]}}


def test_combinations_of_a_filter_have_a_limit(system: Check) -> None:
    texts = f"[{', '.join(f't{number}' for number in range(13))}]"
    said = mistakes(system(_queue(f"subscribe: a, filter: {{a: {{c: {texts}, d: {texts}}}}}")))
    assert f"SNS takes {FILTER_COMBINATIONS} combinations of texts, and this has 169." in said


def test_a_fifo_topic_fills_queues_of_both_kinds(system: Check) -> None:
    for options in ("subscribe: a", "subscribe: a, fifo: true"):
        assert system(_queue(options, FIFO_TOPIC)).spec is not None


@pytest.mark.parametrize("service", ["b", "b" * 40])
def test_names_of_fifo_queues_end_so_and_fit(system: Check, service: str) -> None:
    project = "project-with-a-long1"
    spec = system(f"{service}: {{aws: {{sqs: {{fifo: true}}}}}}").spec
    assert spec
    names = [name(spec, service) for name in (adopted.queue, adopted.dead_letters)]
    assert names == [f"shop-{service}.fifo", f"shop-{service}-dead-letters.fifo"]
    longest = type(spec.names)(project, "e" * 20).dead_letters(service, ".fifo")
    assert longest.endswith(".fifo")
    assert len(longest) <= 80


def test_a_filter_is_a_policy_of_texts_and_of_how_they_begin() -> None:
    options = SqsOptions(subscribe=("a", "b"), filter={"a": {"event": ("paid", "order-*"), "kind": ("x",)}})
    assert filters.policy(options, "a") == {"event": ["paid", {"prefix": "order-"}], "kind": ["x"]}
    assert filters.policy(options, "b") == {}
