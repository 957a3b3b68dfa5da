"""`main.py diff`: what files alone tell of a change, against a commit."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from modules.cli import command_line
from modules.plan.file_changes import changes, notes
from modules.plan.page import AT_RISK, CHANGES, NOTHING

LB: dict[str, Any] = {
    "terraform": {"backend": {"local": {"path": "../edge.tfstate"}}},
    "resource": {
        "aws_lb": {"main": {"name": "shop", "internal": False, "enable_deletion_protection": True}},
        "aws_lb_listener": {"http": {"load_balancer_arn": "${aws_lb.main.arn}"}},
    },
    "output": {"listener_arn": {"value": "${aws_lb_listener.http.arn}"}},
    "provider": {"aws": [{"region": "eu-west-1"}]},
}
SERVICE: dict[str, Any] = {
    "data": {
        "aws_iam_policy_document": {"may": {"statement": [{"actions": ["s3:GetObject"], "resources": ["*"]}]}},
        "terraform_remote_state": {"edge": {"backend": "local", "config": {"path": "../edge.tfstate"}}},
    },
    "resource": {
        "aws_iam_role_policy": {"may": {"role": "shop-orders", "policy": "${data.aws_iam_policy_document.may.json}"}},
        "aws_lb_listener_rule": {"a": {"listener_arn": "${data.terraform_remote_state.edge.outputs.listener_arn}"}},
        "aws_s3_bucket": {"a": {"bucket": "shop-a"}},
        "helm_release": {"a": {"values": ['${file("${path.module}/values.yaml")}']}},
    },
}


def _files(edge: Any = LB, orders: Any = SERVICE, values: str = "a: 1") -> dict[str, bytes]:
    found = {"stacks/edge/cdk.tf.json": json.dumps(edge).encode(), "stacks/orders/values.yaml": values.encode()}
    return found | ({"stacks/orders/cdk.tf.json": json.dumps(orders).encode()} if orders else {})


def _with(whole: dict[str, Any], kind: str, address: str, **values: Any) -> dict[str, Any]:
    held = {**whole["resource"], kind: {address: values}}
    return {**whole, "resource": held}


def _told(before: dict[str, bytes], after: dict[str, bytes]) -> dict[str, tuple[str, bool]]:
    return {f"{one.stack} {one.address}": (one.action, one.is_certain) for one in changes(before, after)}


def test_the_same_files_tell_nothing() -> None:
    assert _told(_files(), _files()) == {}


def test_a_replaced_resource_may_change_what_refers_to_it_also_in_other_stacks() -> None:
    changed = _with(LB, "aws_lb", "main", name="shop", internal=True, enable_deletion_protection=True)
    assert _told(_files(), _files(edge=changed)) == {
        "edge aws_lb.main": ("replace", False),
        "edge aws_lb_listener.http": ("update", False),
    }
    listener = _with(LB, "aws_lb_listener", "http", load_balancer_arn="${aws_lb.other.arn}")
    assert _told(_files(), _files(edge=listener)) == {
        "edge aws_lb_listener.http": ("replace", False),
        "orders aws_lb_listener_rule.a": ("update", False),
    }


def test_what_depends_on_changed_data_or_files_may_change() -> None:
    statement = [{"actions": ["s3:GetObject", "s3:PutObject"], "resources": ["*"]}]
    data = {**SERVICE["data"], "aws_iam_policy_document": {"may": {"statement": statement}}}
    assert _told(_files(), _files(orders={**SERVICE, "data": data})) == {
        "orders aws_iam_role_policy.may": ("update", False)
    }
    assert _told(_files(), _files(values="a: 2")) == {"orders helm_release.a": ("update", False)}


def test_a_changed_provider_is_said_of_the_whole_stack() -> None:
    after = _files(edge={**LB, "provider": {"aws": [{"region": "eu-west-2"}]}})
    assert _told(_files(), after) == {}
    assert notes(_files(), after) == {
        "edge": ["settings of the AWS provider differ, such as tags: every resource may change"]
    }


def test_another_role_to_log_in_with_changes_no_resource() -> None:
    assumed = {"aws": [{"region": "eu-west-1", "assume_role": [{"role_arn": "arn:aws:iam::111122223333:role/a"}]}]}
    assert notes(_files(), _files(edge={**LB, "provider": assumed})) == {}


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with a committed generated/."""
    _write(tmp_path, _files())
    stacks = {"edge": {"dependencies": []}, "orders": {"dependencies": ["edge"]}}
    (tmp_path / "generated" / "manifest.json").write_text(json.dumps({"stacks": stacks}))
    services = "project: shop\nregion: eu-west-1\nservices:\n  orders:\n    pods: 1\n"
    (tmp_path / "services.yaml").write_text(services)
    for line in (["init", "-q"], ["add", "."], ["-c", "user.name=a", "-c", "user.email=a", "commit", "-qm", "a"]):
        subprocess.run(["git", *line], cwd=tmp_path, check=True, capture_output=True)
    return tmp_path


def _write(folder: Path, files: dict[str, bytes]) -> None:
    for path, content in files.items():
        file = folder / "generated" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)


def _diff(repository: Path, *arguments: str) -> int:
    places = ["--file", str(repository / "services.yaml"), "--out", str(repository / "generated")]
    return command_line.main(["diff", *arguments, *places])


def test_without_a_change_it_ends_with_0(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _diff(repository) == NOTHING
    assert capsys.readouterr().out == "Nothing to do: 2 stacks compared, and no resource would change.\n"


def test_a_bucket_that_goes_is_data_at_risk(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    without = {**SERVICE, "resource": {kind: held for kind, held in SERVICE["resource"].items() if "s3" not in kind}}
    _write(repository, _files(orders=without))
    assert _diff(repository) == AT_RISK
    assert "Data at risk\n  S3 bucket shop-a (aws_s3_bucket.a) in orders is destroyed." in capsys.readouterr().out


def test_what_terraform_is_to_forget_or_to_take_over_is_neither_destroyed_nor_created(
    repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    resources = {kind: held for kind, held in SERVICE["resource"].items() if "s3" not in kind}
    table = {"aws_dynamodb_table": {"a": {"name": "orders-prod"}}}
    transitions = {
        "import": [{"id": "orders-prod", "to": "aws_dynamodb_table.a"}],
        "removed": [{"from": "aws_s3_bucket.a", "lifecycle": {"destroy": False}}],
    }
    after = _files(orders={**SERVICE, "resource": resources | table})
    _write(repository, after | {"stacks/orders/transitions.tf.json": json.dumps(transitions).encode()})
    assert _diff(repository) == CHANGES
    said = " ".join(capsys.readouterr().out.split())
    assert said.startswith("0 to add, 0 to change, 0 to destroy, 1 to take over, 1 to leave, in 1 of 2 stacks. ")
    assert "left to itself, no longer managed: S3 bucket shop-a (aws_s3_bucket.a)" in said
    assert "taken over: DynamoDB table orders-prod (aws_dynamodb_table.a)" in said


def test_a_new_permission_is_told_and_what_files_can_not_tell(
    repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    statement = [{"actions": ["s3:GetObject", "s3:PutObject"], "resources": ["*"]}]
    data = {**SERVICE["data"], "aws_iam_policy_document": {"may": {"statement": statement}}}
    _write(repository, _files(orders={**SERVICE, "data": data}))
    assert _diff(repository, "--json") == CHANGES
    sections = json.loads(capsys.readouterr().out)["sections"]
    assert sections["Connections and permissions"] == [
        "Role shop-orders may now s3:PutObject on every resource, which covers aws_s3_bucket.a in orders"
    ]
    assert "What AWS holds: files were compared" in sections["Not part of this plan"][0]


def test_a_commit_that_is_not_there_is_named(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _diff(repository, "--base", "nowhere") == 1
    error = capsys.readouterr().err
    assert "BASE=nowhere" in error
    assert "git finds no such commit" in error


def test_a_folder_outside_of_git_is_named(
    repository: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (repository / ".git").rename(repository / "other")
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(repository.parent))
    assert _diff(repository) == 1
    assert "is in no git repository." in capsys.readouterr().err
