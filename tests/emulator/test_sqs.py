"""SQS: messages move from a dead-letter queue, as SQS moves them and as `make redrive` asks for it."""

import json
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from modules.cli import command_line
from tests.emulator.conftest import Client
from tests.support.emulator import REGION


def _queues(client: Client, name: str, messages: int, *, fifo: bool = False) -> tuple[str, str]:
    """URLs of the queue of a service of `shop` and of its dead-letter queue, which has so many messages."""
    sqs, end = client("sqs"), ".fifo" if fifo else ""
    attributes = {"FifoQueue": "true", "ContentBasedDeduplication": "true"} if fifo else {}
    dead = sqs.create_queue(QueueName=f"shop-{name}-dead-letters{end}", Attributes=attributes)["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    policy = {"RedrivePolicy": json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": 1})}
    queue = sqs.create_queue(QueueName=f"shop-{name}{end}", Attributes=policy | attributes)["QueueUrl"]
    for number in range(messages):
        group = {"MessageGroupId": "one"} if fifo else {}
        sqs.send_message(QueueUrl=dead, MessageBody=f"message {number}", **group)
    return queue, dead


def _arn(client: Client, url: str) -> str:
    found = client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
    return str(found["Attributes"]["QueueArn"])


def _bodies(client: Client, url: str) -> list[str]:
    found = client("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
    return [one["Body"] for one in found]


@pytest.fixture
def login(environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)


def _redrive(tmp_path: Path, service: str, *words: str) -> int:
    file = tmp_path / "services.yaml"
    services = f"  {service}: {{image: v1, aws: [sqs]}}\n  other: {{aws: {{sqs: {{of: {service}, access: write}}}}}}\n"
    file.write_text(f"project: shop\nregion: {REGION}\naccept: [private-api]\nservices:\n{services}")
    return command_line.main(["redrive", f"--file={file}", *(words or [service])])


def test_redrive_moves_all_messages_back_and_says_how_many(
    client: Client, login: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    queue, dead = _queues(client, "mails", 12)
    assert _redrive(tmp_path, "mails") == 0
    printed = capsys.readouterr()
    assert printed.out.splitlines() == [
        "About 12 messages of shop-mails-dead-letters to shop-mails: the service receives them again.",
        "One that fails again comes back after as many receives as `max_receives` says.",
        "Moved 12 messages.",
    ]
    assert "10 of about 12 moved.\n12 of about 12 moved.\n" in printed.err
    ends = f"--source-arn {_arn(client, dead)} --destination-arn {_arn(client, queue)}"
    assert f"$ aws sqs start-message-move-task {ends}\n" in printed.err
    assert _bodies(client, queue) == [f"message {number}" for number in range(10)]
    assert _bodies(client, dead) == []
    assert _redrive(tmp_path, "mails") == 0
    assert capsys.readouterr().out == "shop-mails-dead-letters is empty; nothing was moved.\n"


def test_a_rate_is_passed_on(client: Client, login: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _queues(client, "slow", 2)
    assert _redrive(tmp_path, "slow", "slow", "--rate", "1") == 0
    said = capsys.readouterr().err
    assert "--max-number-of-messages-per-second 1\n" in said
    assert "1 of about 2 moved.\n2 of about 2 moved.\n" in said


def test_what_stands_in_the_way_is_one_mistake(
    client: Client, login: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = []
    for words in (["absent"], ["other"], ["absen"]):
        assert _redrive(tmp_path, "absent", *words) == 1
        said.append(" ".join(capsys.readouterr().err.split()))
    assert "The queue of absent is not there yet." in said[0]
    assert "make deploy STACK=absent" in said[0]
    assert "other has no queue of its own. Valid values: absent." in said[1]
    assert 'There is no service "absen". Did you mean "absent"?' in said[2]


def test_a_task_that_runs_is_the_only_one_of_its_queue(
    client: Client, login: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    queue, dead = _queues(client, "busy", 1)
    ends = {"SourceArn": _arn(client, dead), "DestinationArn": _arn(client, queue)}
    client("sqs").start_message_move_task(**ends)
    assert _redrive(tmp_path, "busy") == 1
    said = " ".join(capsys.readouterr().err.split())
    assert "SQS does not move the messages of shop-busy-dead-letters" in said
    assert "There is already a task running." in said


def test_only_a_dead_letter_queue_is_a_source_and_fifo_goes_to_fifo(client: Client) -> None:
    sqs = client("sqs")
    queue, dead = (_arn(client, url) for url in _queues(client, "plain", 0))
    ordered, ordered_dead = (_arn(client, url) for url in _queues(client, "ordered", 2, fifo=True))
    with pytest.raises(ClientError, match="Source queue must be configured as a Dead Letter Queue"):
        sqs.start_message_move_task(SourceArn=queue, DestinationArn=dead)
    with pytest.raises(ClientError, match="must be of the same type"):
        sqs.start_message_move_task(SourceArn=dead, DestinationArn=ordered)
    sqs.start_message_move_task(SourceArn=ordered_dead, DestinationArn=ordered)
    (task,) = sqs.list_message_move_tasks(SourceArn=ordered_dead)["Results"]
    assert (task["Status"], task["ApproximateNumberOfMessagesMoved"]) == ("COMPLETED", 2)
