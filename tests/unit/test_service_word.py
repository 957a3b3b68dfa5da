"""A key of a service, or a word under its `aws:`, is written into services.yaml in each form that the file can have."""

import pytest

from modules.scaffold.service_word import write
from modules.scaffold.services_text import NotEditableError

HEAD = "project: shop # ours\nservices:\n  web: {path: /}\n"
TAIL = "  last:\n    pods: 1\n"
TABLE = {"adopt": {"name": "orders"}, "partition_key": {"name": "id", "type": "S"}}
FLOW = "{adopt: {name: orders}, partition_key: {name: id, type: S}}"

BLOCK = "        adopt: {name: orders}\n        partition_key: {name: id, type: S}\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("  a:\n", f"  a:\n    aws: {{dynamodb: {FLOW}}}\n"),
        ("  a: {}\n", f"  a: {{aws: {{dynamodb: {FLOW}}}}}\n"),
        ("  a: {pods: 1}\n", f"  a: {{pods: 1, aws: {{dynamodb: {FLOW}}}}}\n"),
        ("  a:\n    pods: 1 # one\n", f"  a:\n    pods: 1 # one\n    aws: {{dynamodb: {FLOW}}}\n"),
        ("  a:\n    aws: # none\n    pods: 1\n", f"  a:\n    aws: {{dynamodb: {FLOW}}} # none\n    pods: 1\n"),
        ("  a:\n    aws: dynamodb # it\n", f"  a:\n    aws: {{dynamodb: {FLOW}}} # it\n"),
        ("  a:\n    aws: s3\n", f"  a:\n    aws: [s3, {{dynamodb: {FLOW}}}]\n"),
        ("  a:\n    aws: [s3, dynamodb] # both\n", f"  a:\n    aws: [s3, {{dynamodb: {FLOW}}}] # both\n"),
        ("  a:\n    aws: [s3, sqs]\n", f"  a:\n    aws: [s3, sqs, {{dynamodb: {FLOW}}}]\n"),
        ("  a:\n    aws: []\n", f"  a:\n    aws: [{{dynamodb: {FLOW}}}]\n"),
        ("  a:\n    aws: [s3, dynamodb: {ttl: x}]\n", f"  a:\n    aws: [s3, dynamodb: {{ttl: x, {FLOW[1:]}]\n"),
        (
            "  a:\n    aws:\n      - s3 # files\n      - dynamodb # rows\n",
            f"  a:\n    aws:\n      - s3 # files\n      - dynamodb: {FLOW} # rows\n",
        ),
        (
            "  a:\n    aws:\n      - s3 # files\n    pods: 1\n",
            f"  a:\n    aws:\n      - s3 # files\n      - dynamodb: {FLOW}\n    pods: 1\n",
        ),
        ("  a:\n    aws: {s3: {}, dynamodb: {}}\n", f"  a:\n    aws: {{s3: {{}}, dynamodb: {FLOW}}}\n"),
        ("  a:\n    aws: {s3: {}}\n", f"  a:\n    aws: {{s3: {{}}, dynamodb: {FLOW}}}\n"),
        (
            "  a:\n    aws:\n      dynamodb: {ttl: gone} # rows\n      s3:\n",
            f"  a:\n    aws:\n      dynamodb: {{ttl: gone, {FLOW[1:]} # rows\n      s3:\n",
        ),
        (
            "  a:\n    aws:\n      dynamodb:\n        ttl: gone # late\n      s3:\n",
            f"  a:\n    aws:\n      dynamodb:\n        ttl: gone # late\n{BLOCK}      s3:\n",
        ),
        ("  a:\n    aws:\n      s3:\n      dynamodb:\n", f"  a:\n    aws:\n      s3:\n      dynamodb: {FLOW}\n"),
        ("  a:\n    aws:\n      s3: # files\n", f"  a:\n    aws:\n      s3: # files\n      dynamodb: {FLOW}\n"),
    ],
)
def test_a_word_gets_its_options_and_all_other_text_stays(before: str, after: str) -> None:
    assert write(HEAD + before + TAIL, "a", ("aws", "dynamodb"), TABLE) == HEAD + after + TAIL


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("  a:\n    pods: 1\n", "  a:\n    pods: 1\n    repository: {adopt: {name: a/b}}\n"),
        ("  a:\n    repository: {}\n", "  a:\n    repository: {adopt: {name: a/b}}\n"),
    ],
)
def test_a_key_of_the_service_is_written_likewise(before: str, after: str) -> None:
    text = write(HEAD + before + TAIL, "a", ("repository",), {"adopt": {"name": "a/b"}})
    assert text == HEAD + after + TAIL


def test_line_breaks_of_windows_stay() -> None:
    text = (HEAD + "  a:\n    pods: 1\n").replace("\n", "\r\n")
    assert write(text, "a", ("aws", "s3"), {"adopt": {"name": "b"}}).endswith("aws: {s3: {adopt: {name: b}}}\r\n")


def test_what_yaml_would_read_otherwise_is_in_quotes() -> None:
    options = {"adopt": {"arn": "arn:aws:sns:eu-west-1:111122223333:a", "id": "1e5", "no": "no", "on": True, "n": 3}}
    assert write(f"{HEAD}  a:\n", "a", ("aws", "sns"), options).endswith(
        'sns: {adopt: {arn: "arn:aws:sns:eu-west-1:111122223333:a", id: "1e5", no: "no", on: true, n: 3}}}\n'
    )


@pytest.mark.parametrize(
    ("service", "words"),
    [
        ("  a:\n    aws: {dynamodb: {adopt: {name: x}}}\n", '"dynamodb" has "adopt" already, on line 5.'),
        ("  a:\n    aws:\n      dynamodb: [x]\n", '"dynamodb" is a list.'),
        ("  a:\n    aws: [s3, # files\n      sqs]\n", "There is a comment between the braces."),
    ],
)
def test_what_can_not_be_written_is_said(service: str, words: str) -> None:
    with pytest.raises(NotEditableError, match=words.replace(".", r"\.")):
        write(HEAD + service + TAIL, "a", ("aws", "dynamodb"), TABLE)
