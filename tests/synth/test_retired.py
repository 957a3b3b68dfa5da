"""What `retired:` makes of generated/, and the commands around it."""

import copy
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from modules.cli import command_line
from modules.synth import transitions
from tests.support import made_up_states
from tests.support.random_specs import System
from tests.support.run_synth import shipped
from tests.synth.test_cli import Run, run

__all__ = ["run"]

COMMENTED = """\
project: shop # the shop
region: eu-west-1
accept: [nat-traffic, http-only, private-api, fargate-vcpu-quota]

services:
  web: # answers
    path: /

  # Keeps the books.
  ledger:
    aws: [s3, sqs] # both hold data

  mails: {aws: [secrets]}
"""


def without_words() -> System:
    system = shipped()
    system["services"]["order-service"]["aws"] = ["sns"]
    return system


@pytest.fixture
def deployed(run: Run, tmp_path: Path) -> Run:
    assert run(shipped()).returncode == 0
    made_up_states.apply(tmp_path / "generated")
    return run


def read(folder: Path, stack: str, name: str) -> Any:
    return json.loads((folder / "generated" / "stacks" / stack / name).read_text())


def test_words_that_are_retired_may_go_and_a_second_run_changes_nothing(deployed: Run, tmp_path: Path) -> None:
    system = without_words() | {"retired": {"order-service": {"sqs": "keep", "dynamodb": "destroy"}}}
    assert deployed(system).returncode == 0
    removed = [one["from"] for one in read(tmp_path, "order-service", transitions.JSON)["removed"]]
    assert "aws_sqs_queue.order_service_queue" in removed
    table = read(tmp_path, "order-service", "retired.json")["resource"]["aws_dynamodb_table"]["order_service"]
    assert table["deletion_protection_enabled"] is False
    again = deployed(system)
    assert (again.returncode, again.stdout) == (0, "")
    assert deployed(system, "--check").returncode == 0
    options = ["--file", str(tmp_path / "services.yaml"), "--out", str(tmp_path / "generated")]
    assert command_line.main(["check-services", *options]) == 0


def test_in_hcl_too(deployed: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SYNTH_HCL_OUTPUT", "true")
    system = without_words() | {"retired": {"order-service": {"sqs": "keep", "dynamodb": "keep"}}}
    for _ in range(2):
        monkeypatch.setenv("SYNTH_HCL_OUTPUT", "true")
        assert deployed(system).returncode == 0
        text = (tmp_path / "generated" / "stacks" / "order-service" / transitions.HCL).read_text()
        assert "removed {\n  from = aws_sqs_queue.order_service_queue\n" in text


def test_an_entry_may_go_once_nothing_of_it_is_in_the_state(deployed: Run, tmp_path: Path) -> None:
    ways = {"retired": {"order-service": {"sqs": "keep", "dynamodb": "keep"}}}
    assert deployed(without_words() | ways).returncode == 0
    done = deployed(without_words())
    assert done.returncode == 1
    assert "Its stack's state still holds what retired.order-service kept: " in done.stderr
    assert "Terraform would delete it now." in done.stderr
    made_up_states.apply(tmp_path / "generated", "order-service")  # as after the apply
    assert deployed(without_words()).returncode == 0


def test_a_retired_service_keeps_a_stack_with_backend_providers_and_reads_alone(deployed: Run, tmp_path: Path) -> None:
    system = shipped() | {"retired": {"payment-service": "destroy"}}
    del system["services"]["payment-service"]
    assert deployed(system).returncode == 0
    content = read(tmp_path, "payment-service", "cdk.tf.json")
    assert content.keys() - {"//"} == {"data", "provider", "terraform"}
    assert content["data"].keys() == {"terraform_remote_state"}
    assert content["provider"].keys() == {"aws", "helm", "kubernetes"}
    manifest = json.loads((tmp_path / "generated" / "manifest.json").read_text())
    assert manifest["stacks"]["payment-service"]["dependencies"] == ["cluster"]
    gone = copy.deepcopy(system)
    del gone["retired"]
    refused = deployed(gone)
    assert refused.returncode == 1
    assert "make retire SERVICE=payment-service" in refused.stderr
    made_up_states.apply(tmp_path / "generated", "payment-service")  # as after the apply
    assert deployed(gone).returncode == 0
    assert not (tmp_path / "generated" / "stacks" / "payment-service").exists()


def test_a_store_of_a_retired_service_that_is_not_named_is_a_mistake(deployed: Run) -> None:
    system = shipped() | {"retired": {"payment-service": {"kms": "keep", "repository": "destroy"}}}
    del system["services"]["payment-service"]
    said = deployed(system).stderr
    assert '"secrets" is gone, and with it the stack payment-service, which is applied, would lose its secret' in said
    assert "Say what becomes of it: `retired: {payment-service: {secrets: keep}}`, or destroy." in said


# --- make retire


@pytest.fixture
def retire(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    def run(name: str, *_: str) -> subprocess.CompletedProcess[str]:
        options = ["--file", str(tmp_path / "services.yaml"), "--out", str(tmp_path / "generated")]
        code = command_line.main(["retire", name, *options])
        out, err = capsys.readouterr()
        return subprocess.CompletedProcess([], code, out, err)

    return run


def test_a_service_is_retired_and_all_other_text_stays(run: Run, retire: Run, tmp_path: Path) -> None:
    assert run(COMMENTED).returncode == 0
    made_up_states.apply(tmp_path / "generated")
    done = retire("ledger")
    assert done.returncode == 0
    assert "s3: bucket aws_s3_bucket.ledger holds its objects, with all their versions\n" in done.stderr
    text = (tmp_path / "services.yaml").read_text()
    block = "  # Keeps the books.\n  ledger:\n    aws: [s3, sqs] # both hold data\n\n"
    entry = "retired: {ledger: {repository: keep, s3: keep, sqs: keep}}\n\n"
    comment = "# What becomes of the data of what is gone: keep, or destroy. An entry may go once it is applied.\n"
    assert text == COMMENTED.replace(block, "").replace("services:\n", f"{comment}{entry}services:\n")
    assert run(text).returncode == 0


def test_the_last_service_leaves_no_blank_lines_and_the_only_one_braces(run: Run, retire: Run, tmp_path: Path) -> None:
    run(COMMENTED)
    retire("mails")
    assert (tmp_path / "services.yaml").read_text().endswith("    aws: [s3, sqs] # both hold data\n")
    run("project: shop\nregion: eu-west-1\nservices:\n  web: {}\n")
    retire("web")
    assert (tmp_path / "services.yaml").read_text().endswith("services: {}\n")


def test_words_that_are_gone_are_retired_and_the_service_stays(run: Run, retire: Run, tmp_path: Path) -> None:
    run(COMMENTED)
    made_up_states.apply(tmp_path / "generated")
    (tmp_path / "services.yaml").write_text(COMMENTED.replace("[s3, sqs]", "[s3]"))
    retire("ledger")
    text = (tmp_path / "services.yaml").read_text()
    assert "retired: {ledger: {sqs: keep}}" in text
    assert "  ledger:\n    aws: [s3] # both hold data\n" in text
    assert run(text).returncode == 0


def test_a_service_that_others_name_is_not_retired_before_them(run: Run, retire: Run, tmp_path: Path) -> None:
    text = COMMENTED.replace("    path: /\n", "    path: /\n    calls: [ledger]\n")
    run(text)
    done = retire("ledger")
    assert done.returncode == 1
    assert 'There is no service "ledger".' in done.stderr
    assert "1 mistake in services.yaml once ledger is gone; nothing was changed." in done.stderr
    assert (tmp_path / "services.yaml").read_text() == text


def test_a_service_that_nobody_knows_is_answered_with_the_nearest(run: Run, retire: Run) -> None:
    run(COMMENTED)
    done = retire("leger")
    assert done.returncode == 1
    assert "generated/ knows a service of this name." in done.stderr
    assert 'Did you mean "ledger"?' in done.stderr
