"""A scanner finds what is planted, and says so where it could read nothing."""

import json
from pathlib import Path
from typing import Any

import pytest

from modules.gate.finding import Finding
from tests.support.security import checkov, kube_score, leaks
from tests.support.security.scan import NothingChecked, Scan

PLANTED: dict[str, Any] = {
    "aws_security_group": {
        "open": {"description": "a", "ingress": [{"from_port": 22, "to_port": 22, "cidr_blocks": ["0.0.0.0/0"]}]}
    },
    "aws_db_instance": {"main": {"engine": "postgres", "publicly_accessible": True, "storage_encrypted": False}},
    "aws_sqs_queue": {"good": {"name": "a", "kms_master_key_id": "alias/a"}},
}
# What every one of these checks has to say of them.
FOUND = {("CKV_AWS_24", "open"), ("CKV_AWS_16", "main"), ("CKV_AWS_17", "main")}
POD = """
apiVersion: v1
kind: Pod
metadata: {name: a, namespace: b}
spec:
  hostNetwork: true
  containers: [{name: a, image: "a:latest", securityContext: {privileged: true}}]
"""


def _stack(folder: Path, content: object, name: str = "cdk.tf.json") -> dict[str, Path]:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(json.dumps(content))
    return {folder.name: folder}


def _found(scan: Scan) -> set[tuple[str, str]]:
    return {(finding.check, finding.place.rpartition(".")[2]) for finding in scan.findings}


def test_checkov_finds_an_open_port_and_an_unencrypted_database(tmp_path: Path) -> None:
    scan = checkov.of_stacks(_stack(tmp_path / "planted", {"resource": PLANTED}))
    assert _found(scan) >= FOUND
    assert {finding.place.split(" ")[0] for finding in scan.findings} == {"planted"}


def test_checkov_finds_a_privileged_pod() -> None:
    found = {finding.check for finding in checkov.of_charts({"planted": POD}).findings}
    assert found >= {"CKV_K8S_16", "CKV_K8S_19"}


def test_kube_score_finds_a_privileged_pod_without_limits() -> None:
    found = {finding.check for finding in kube_score.of_charts({"planted": POD}).findings}
    assert found >= {"container-security-context-privileged", "container-resources"}


def test_a_stack_that_checkov_can_not_parse_is_said(tmp_path: Path) -> None:
    moved = [{"from": "aws_sqs_queue.a", "to": "aws_sqs_queue.good"}]
    stacks = _stack(tmp_path / "good", {"resource": PLANTED})
    stacks |= _stack(tmp_path / "moved", {"resource": PLANTED, "moved": moved})
    with pytest.raises(NothingChecked, match=r"checkov \(JSON\) could not parse .*moved/cdk\.tf\.json"):
        checkov.of_stacks(stacks)


def test_a_stack_in_which_checkov_makes_no_check_is_said(tmp_path: Path) -> None:
    stacks = _stack(tmp_path / "good", {"resource": PLANTED}) | _stack(tmp_path / "empty", {"resource": {}})
    with pytest.raises(NothingChecked, match=r"checkov \(JSON\) made no check in empty\."):
        checkov.of_stacks(stacks)


def test_a_resource_in_a_file_that_checkov_is_not_given_is_said(tmp_path: Path) -> None:
    stacks = _stack(tmp_path / "a", {"resource": PLANTED})
    _stack(tmp_path / "a", {"moved": [], "resource": PLANTED}, "transitions.tf.json")
    with pytest.raises(NothingChecked, match=r"transitions\.tf\.json has resource, which checkov would not read"):
        checkov.of_stacks(stacks)


def test_a_scanner_of_which_no_check_passed_has_read_nothing() -> None:
    finding = Finding("checkov", "CKV_AWS_2", "edge aws_lb.main", "Ensure ALB protocol is HTTPS")
    for checked, findings in ((0, ()), (1, (finding,))):
        with pytest.raises(NothingChecked, match=f"made {checked} checks, of which none passed: it read nothing"):
            Scan("checkov", "JSON", checked, findings)


def test_gitleaks_finds_a_key_whatever_a_comment_says(tmp_path: Path) -> None:
    (tmp_path / "notes.md").write_text("Nothing in here.\n" * 100)
    # Put together here, so that the scan of this repository does not find it.
    (tmp_path / "leak.py").write_text(f'KEY = "{"AKIA" + "Q3EGRZ7LXW5TVN2D"}"  # gitleaks:allow\n')
    scan = leaks.of_files(tmp_path, [Path("notes.md"), Path("leak.py")])
    assert [finding[:3] for finding in scan.findings] == [("gitleaks", "aws-access-token", "leak.py 1")]


def test_files_that_gitleaks_did_not_read_are_said(tmp_path: Path) -> None:
    (tmp_path / "picture.png").write_bytes(b"\x89PNG" + bytes(10_000))
    with pytest.raises(NothingChecked, match="gitleaks did not read 10004 bytes"):
        leaks.of_files(tmp_path, [Path("picture.png")])
