"""The emulator as a process: its address, its end, and what it says to calls that nobody handles."""

import subprocess
import sys
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from modules.paths import ROOT
from tests.emulator.conftest import Client
from tests.support import child_process

COMMAND = [sys.executable, "-m", "tests.support.emulator"]


def test_the_first_line_is_the_address_and_a_signal_ends_it() -> None:
    process = child_process.start(COMMAND, cwd=ROOT, stdout=subprocess.PIPE)
    assert process.stdout
    assert process.stdout.readline().startswith("http://127.0.0.1:")
    process.terminate()
    assert process.wait(timeout=30) == 0


def test_it_ends_with_who_started_it() -> None:
    command = [*COMMAND, "--with-stdin"]
    process = child_process.start(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdin
    assert process.stdout
    assert process.stdout.readline()
    process.stdin.close()
    assert process.wait(timeout=30) == 0


def test_a_call_that_nobody_handles_is_refused_by_name_and_not_to_be_tried_again(client: Client, log: Path) -> None:
    for service, call, arguments in (
        ("eks", "list_insights", {"clusterName": "a"}),
        ("elasticache", "describe_events", {}),
    ):
        with pytest.raises(ClientError, match=f"NotImplemented.*{call} action has not been implemented") as refusal:
            getattr(client(service), call)(**arguments)
        assert refusal.value.response["ResponseMetadata"]["HTTPStatusCode"] == 501
        assert call in log.read_text()


def test_the_caller_is_an_iam_user_as_eks_wants_it(client: Client) -> None:
    assert client("sts").get_caller_identity()["Arn"] == "arn:aws:iam::123456789012:user/moto"
