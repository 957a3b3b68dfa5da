"""parliament, which knows IAM's actions and their resource types, finds nothing in the policies of a system."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from modules.gate.accepted import left
from modules.gate.finding import Finding
from modules.synth.build import build
from tests.support.every_permission import every_kind
from tests.support.random_specs import System
from tests.support.run_synth import shipped
from tests.support.security import parliament
from tests.synth.conftest import Built, spec_of


def _build(system: System, folder: Path) -> Path:
    built: Built = build(spec_of(system, folder))
    for path, content in built.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    return folder


def _findings(generated: Path) -> list[Finding]:
    scan = parliament.of_policies({"": generated})
    return left(scan.findings, {})


def _secrets() -> System:
    """Values of secrets of its own, of another service, and of two that are made elsewhere."""
    mail = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:mail-AbCdEf"
    reader = {"A": "own", "B": {"of": "orders"}, "C": "shared/sentry", "D": {"from": mail, "key": "password"}}
    services = {"orders": {"aws": ["secrets"]}, "reader": {"secrets": reader}}
    return {"project": "shop", "region": "eu-west-1", "services": services}


@pytest.mark.parametrize("system", [shipped, every_kind, _secrets])
def test_parliament_finds_nothing(system: Callable[[], System], tmp_path: Path) -> None:
    assert _findings(_build(system(), tmp_path)) == []


@pytest.mark.parametrize(
    ("sid", "change", "finding"),
    [
        ("Queue", {"actions": ["sqs:Foo"]}, "Unknown action sqs:Foo"),
        ("Topic", {"resources": ["${aws_sqs_queue.orders_queue.arn}"]}, "RESOURCE_MISMATCH"),
        ("Table", {"resources": ["*", "${aws_dynamodb_table.orders.arn}"]}, "RESOURCE_STAR"),
    ],
)
def test_parliament_sees_what_is_wrong(sid: str, change: System, finding: str, tmp_path: Path) -> None:
    generated = _build(every_kind(), tmp_path)
    file = generated / "stacks" / "orders" / "cdk.tf.json"
    stack = json.loads(file.read_text())
    document = stack["data"]["aws_iam_policy_document"]["orders_permissions"]
    document["statement"] = [one | change if one["sid"] == sid else one for one in document["statement"]]
    file.write_text(json.dumps(stack))
    assert any(finding in (one.check, one.said) for one in _findings(generated))
