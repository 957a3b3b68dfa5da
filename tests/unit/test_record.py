"""What binds a change of generated/: what git has of it, and what the states hold."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from modules.state import record
from modules.state.generated import Configuration
from modules.state.record import MARKER, Record

VALUES = "lifelong.json"
LOCAL = {"local": {"path": "../../../state/orders.tfstate"}}
S3 = {"s3": {"bucket": "shop-state"}}


class Project:
    """A repository of git with a generated/ of one stack, whose queues have these names."""

    def __init__(self, root: Path) -> None:
        self.root, self.generated = root, root / "generated"
        self.git("init", "--quiet")

    def git(self, *arguments: str) -> None:
        who = ["-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false"]
        subprocess.run(["git", *who, *arguments], cwd=self.root, check=True, capture_output=True, timeout=60)

    def write(self, *queues: str, backend: Any = S3, stack: str = "orders", cidr: str = "10.0.0.0/16") -> None:
        folder = self.generated / "stacks" / stack
        folder.mkdir(parents=True, exist_ok=True)
        content = {
            "terraform": {"backend": backend},
            "resource": {"aws_sqs_queue": {name: {"name": name} for name in queues}},
        }
        (folder / "cdk.tf.json").write_text(json.dumps(content))
        (self.generated / VALUES).write_text(json.dumps({"values": {"network.cidr": cidr}}))

    def commit(self) -> None:
        self.git("add", "generated")
        self.git("commit", "--quiet", "--message", "a")

    def applied(self, *queues: str) -> None:
        held = [{"mode": "managed", "type": "aws_sqs_queue", "name": name, "instances": [{}]} for name in queues]
        (self.root / "state").mkdir(exist_ok=True)
        (self.root / "state" / "orders.tfstate").write_text(json.dumps({"version": 4, "resources": held}))

    def record(self, *vouched: str) -> Record:
        return record.read(self.generated, VALUES, vouched)

    def bound(self, *vouched: str) -> set[str]:
        found = self.record(*vouched)
        return {address for stack in found.stacks for address in found.bound(stack)}


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


def test_what_is_committed_binds_where_the_state_is_remote_and_what_is_not_committed_is_free(project: Project) -> None:
    project.write("old")
    project.commit()
    project.write("old", "new")
    project.write("other", stack="new-stack")
    assert project.bound() == {"aws_sqs_queue.old"}
    assert project.record().unread("new-stack") == []


@pytest.mark.parametrize(
    ("terraform", "name"),
    [
        ({"backend": LOCAL}, "orders"),
        ({"backend": {"s3": {"bucket": "b", "key": "x/orders.tfstate"}}}, "orders"),
        ({"cloud": {"organization": "acme", "workspaces": {"name": "shop-orders"}}}, "orders"),
    ],
)
def test_a_state_keeps_its_name_where_it_is_moved_to(terraform: Any, name: str) -> None:
    assert Configuration.model_validate({"terraform": terraform}).state_name("shop") == name


def test_without_a_commit_what_lies_there_binds(project: Project) -> None:
    project.write("old")
    assert project.bound() == {"aws_sqs_queue.old"}
    shutil.rmtree(project.root / ".git")
    assert project.bound() == {"aws_sqs_queue.old"}


def test_a_deleted_folder_hides_nothing_that_is_committed(project: Project) -> None:
    project.write("old")
    project.commit()
    shutil.rmtree(project.generated)
    assert project.record().stacks == ["orders"]
    assert project.bound() == {"aws_sqs_queue.old"}


def test_a_local_state_says_what_binds_of_what_is_committed_and_of_what_is_not(project: Project) -> None:
    project.write("old", "never", backend=LOCAL)
    project.commit()
    project.write("old", "never", "new", "not-yet", backend=LOCAL)
    assert project.bound() == set()
    project.applied("old", "new", "by-hand")
    assert project.bound() == {"aws_sqs_queue.old", "aws_sqs_queue.new"}


def test_a_local_state_is_found_where_the_commit_says_it_is_if_the_folder_is_deleted(project: Project) -> None:
    project.write("old", backend=LOCAL)
    project.commit()
    project.applied("old")
    shutil.rmtree(project.generated)
    assert project.bound() == {"aws_sqs_queue.old"}


def test_who_is_vouched_for_is_remembered_until_the_next_commit(project: Project) -> None:
    project.write("old")
    project.commit()
    assert project.bound("orders") == set()
    assert project.bound() == {"aws_sqs_queue.old"}
    record.remember([project.record("orders")])
    assert project.bound() == set()
    project.write("new")
    project.commit()
    assert project.bound() == {"aws_sqs_queue.new"}


def test_a_state_that_can_be_read_is_believed_before_who_vouches_for_it(project: Project) -> None:
    project.write("old", backend=LOCAL)
    project.commit()
    project.applied("old")
    assert project.bound("orders") == {"aws_sqs_queue.old"}


@pytest.mark.parametrize("text", ["", "{", "[]", '{"tree": 1}'])
def test_a_damaged_note_of_who_was_vouched_for_vouches_for_nobody(project: Project, text: str) -> None:
    project.write("old")
    project.commit()
    (project.generated / MARKER).write_text(text)
    assert project.bound() == {"aws_sqs_queue.old"}


def test_git_does_not_take_the_note() -> None:
    done = subprocess.run(["git", "check-ignore", "--quiet", f"generated/{MARKER}"], timeout=60, check=False)
    assert done.returncode == 0


def test_keys_for_life_are_those_of_the_commit_or_of_what_was_applied_from_here(project: Project) -> None:
    project.write("old", backend=LOCAL)
    project.commit()
    project.write("old", backend=LOCAL, cidr="10.9.0.0/16")
    assert project.record().values_if_applied("orders", "aws_sqs_queue") is None
    project.applied("old")
    assert project.record().values_if_applied("orders", "aws_sqs_queue") == ({"network.cidr": "10.9.0.0/16"}, [])
    project.write("old", cidr="10.9.0.0/16")
    project.applied()
    assert project.record().values_if_applied("orders", None) == ({"network.cidr": "10.0.0.0/16"}, ["orders"])
