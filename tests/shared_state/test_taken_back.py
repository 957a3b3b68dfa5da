"""A rename that somebody takes back, such as by `git revert`, where the states are in S3."""

import json
from pathlib import Path
from typing import Any

import pytest

from modules.cli import command_line
from tests.shared_state.conftest import SYSTEM, state
from tests.support.run_synth import synthesise

STATES = "taken-back"
HELD = {
    "mode": "managed",
    "type": "aws_sqs_queue",
    "name": "purchases_queue",
    "instances": [{"attributes": {"id": "q"}}],
}


def test_it_is_refused_before_anything_is_applied_and_names_what_would_be_lost(
    account: str, s3: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    services = {"orders": {"aws": ["sqs"]}, "basket": {}}
    generated = synthesise({**SYSTEM, "services": services, "state": {"s3": {"bucket": STATES}}}, tmp_path)
    s3.create_bucket(Bucket=STATES, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    line = ["passes", f"--file={tmp_path / 'services.yaml'}", f"--out={generated}"]
    assert command_line.main(line) == 0, "nothing was ever applied"
    renamed = json.loads(state("orders")) | {"resources": [HELD]}
    s3.put_object(Bucket=STATES, Key="shop/orders.tfstate", Body=json.dumps(renamed).encode())
    capsys.readouterr()
    assert command_line.main(line) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert "Its state holds aws_sqs_queue.purchases_queue, made under another name: this would delete it." in said.err
    assert "Write that name again: a rename is not taken back" in said.err
