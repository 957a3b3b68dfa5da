"""No stack is dropped while Terraform may still hold resources in its state."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from modules.state import record
from modules.state.generated import stacks_of
from modules.state.orphaned_stacks import OrphanedStack, find_orphaned


def managed(instances: int) -> dict[str, Any]:
    return {"mode": "managed", "type": "aws_sqs_queue", "name": "orders", "instances": [{}] * instances}


DATA = {"mode": "data", "type": "aws_iam_policy_document", "name": "orders", "instances": [{}]}
LOCAL = {"local": {"path": "../../../state/orders.tfstate"}}
S3 = {"s3": {"bucket": "shop-state", "key": "orders.tfstate", "region": "eu-west-1", "use_lockfile": True}}


class Project:
    """A project whose generated/ holds the stacks `network` and `orders`; `orders` is about to go."""

    def __init__(self, root: Path) -> None:
        self.generated = root / "generated"
        self.folder = self.generated / "stacks/orders"
        self.state = root / "state/orders.tfstate"
        self.state.parent.mkdir()
        self.put("manifest.json", {"version": "0.21.0", "stacks": {"network": {}, "orders": {}}})
        self.backend(LOCAL)

    def put(self, path: str, content: Any) -> None:
        self.save(self.generated / path, content)

    def save(self, file: Path, content: Any) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(content))

    def backend(self, backend: Any) -> None:
        self.put("stacks/orders/cdk.tf.json", {"terraform": {"backend": backend}})

    def initialised(self, kind: str, config: dict[str, Any]) -> None:
        backend = {"type": kind, "config": config, "hash": 1}
        self.put("stacks/orders/.terraform/terraform.tfstate", {"version": 3, "backend": backend})

    def holds(self, *resources: Any, file: Path | None = None) -> None:
        self.save(file or self.state, {"version": 4, "serial": 3, "outputs": {}, "resources": resources})

    def problems(self, *destroyed: str) -> list[OrphanedStack]:
        return find_orphaned(record.read(self.generated, "lifelong.json", destroyed), ["network"])

    def problem(self, *destroyed: str) -> OrphanedStack:
        (problem,) = self.problems(*destroyed)
        assert problem.stack == "orders"
        assert problem.what.startswith("The stack orders would be removed from generated/, but ")
        return problem


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    monkeypatch.chdir(tmp_path)
    return Project(tmp_path)


# --- a new stack that `git add -N` and `git checkout` have emptied: its state is where the others are


def empty(project: Project, backend: Any) -> None:
    project.put("stacks/network/cdk.tf.json", {"terraform": {"backend": backend}})
    (project.folder / "cdk.tf.json").write_text("")


def test_an_emptied_stack_that_was_never_applied_may_go(project: Project) -> None:
    empty(project, {"local": {"path": "../../../state/network.tfstate"}})
    assert project.problems() == []


def test_an_emptied_stack_whose_state_holds_resources_may_not(project: Project) -> None:
    empty(project, {"local": {"path": "../../../state/network.tfstate"}})
    project.holds(managed(2))
    assert project.problem().resources == 2


def test_an_emptied_stack_beside_others_in_s3_may_hold_resources(project: Project) -> None:
    empty(project, S3)
    assert "it is in the s3 backend" in project.problem().what
    assert project.problems("orders") == []


# --- which stacks there were


def test_the_previous_stacks_come_from_the_manifest_in_its_order(project: Project) -> None:
    project.put("manifest.json", {"stacks": {"network": {}, "cluster": {}, "orders": {}}})
    assert stacks_of(project.generated) == ["network", "cluster", "orders"]


@pytest.mark.parametrize("damaged", ["", "{", "[]", "{}", '{"stacks": []}', '{"stacks": null}', "[" * 100_000, "\0"])
def test_a_damaged_manifest_hides_no_stack_that_generated_holds(damaged: str, project: Project) -> None:
    (project.generated / "manifest.json").write_text(damaged)
    assert stacks_of(project.generated) == ["orders"]


def test_a_missing_manifest_hides_no_stack_and_no_folder_means_no_stacks(project: Project) -> None:
    (project.generated / "manifest.json").unlink()
    assert stacks_of(project.generated) == ["orders"]
    assert stacks_of(project.generated / "elsewhere") == []


def test_a_folder_that_only_terraform_left_is_no_stack(project: Project) -> None:
    project.put("stacks/left/.terraform/environment", "")
    assert stacks_of(project.generated) == ["network", "orders"]


# --- local state


def test_a_stack_whose_state_holds_resources_may_not_vanish(project: Project) -> None:
    project.holds(managed(1), managed(3), DATA)
    problem = project.problem()
    assert problem.resources == 4
    assert "its state still contains 4 resources: state/orders.tfstate." in problem.what
    assert problem.next_step == (
        "Put its block back into services.yaml; or say what becomes of its data: `make retire SERVICE=orders`. "
        "If the service has another name now, write `renamed_from: orders` into its block."
    )


def test_one_resource_is_enough(project: Project) -> None:
    project.holds(managed(1))
    assert "still contains 1 resource: " in project.problem().what


def test_a_stack_that_stays_is_not_asked_about(project: Project) -> None:
    project.holds(managed(1))
    assert find_orphaned(record.read(project.generated, "lifelong.json"), ["network", "orders"]) == []


def test_every_stack_that_would_vanish_is_named(project: Project) -> None:
    project.holds(managed(1))
    shutil.copytree(project.folder, project.generated / "stacks/network")
    problems = find_orphaned(record.read(project.generated, "lifelong.json"), [])
    assert [problem.stack for problem in problems] == ["network", "orders"]


def test_a_stack_that_was_never_applied_may_vanish(project: Project) -> None:
    assert project.problems() == []


def test_a_stack_that_was_destroyed_may_vanish(project: Project) -> None:
    project.holds()
    project.save(project.state.with_name("orders.tfstate.backup"), {"version": 4, "resources": [managed(9)]})
    assert project.problems() == []


def test_data_sources_do_not_keep_a_stack(project: Project) -> None:
    project.holds(DATA)
    assert project.problems() == []


def test_the_empty_file_that_terraform_makes_before_its_first_write_holds_nothing(project: Project) -> None:
    project.state.touch()
    assert project.problems() == []


def test_the_word_destroyed_is_not_believed_against_a_state_that_can_be_read(project: Project) -> None:
    project.holds(managed(2))
    assert project.problem("orders").resources == 2


@pytest.mark.parametrize(
    "damaged",
    [
        '{"version": 4, "resources": [{"mode": "man',
        "[]",
        '{"version": 4}',
        '{"version": 4, "resources": null}',
        '{"version": 4, "resources": ["orders"]}',
        '{"version": 4, "resources": [{"mode": "managed"}]}',
        '{"version": 4, "resources": [{"mode": "managed", "type": "a", "name": "b", "instances": [5]}]}',
        '{"version": true, "resources": []}',
        "[" * 100_000,
        '{"version": 3, "modules": [], "resources": []}',
        '{"version": 5, "resources": []}',
        '{"encrypted_data": "", "encryption_version": "v0"}',
    ],
)
def test_a_state_that_cannot_be_read_keeps_its_stack_until_the_user_vouches_for_it(
    damaged: str, project: Project
) -> None:
    project.state.write_text(damaged)
    problem = project.problem()
    assert problem.resources is None
    assert "state/orders.tfstate can't be read, so it may still contain resources." in problem.what
    assert "Restore that file" in problem.next_step
    assert "run `.venv/bin/python main.py --never-applied orders`." in problem.next_step
    assert project.problem("network") == problem
    assert project.problems("orders") == []


def test_a_folder_in_the_place_of_a_state_is_a_state_that_cannot_be_read(project: Project) -> None:
    (project.state / "inside").mkdir(parents=True)
    assert "can't be read" in project.problem().what


def test_a_stack_that_terraform_is_working_on_may_not_vanish(project: Project) -> None:
    project.state.touch()
    project.state.with_name(".orders.tfstate.lock.info").write_text('{"Operation": "OperationTypeApply"}')
    problem = project.problem("orders")
    assert problem.resources is None
    assert "Terraform is running on it: state/.orders.tfstate.lock.info exists." in problem.what
    assert "Wait for it to end; if it was killed, delete that file." in problem.next_step


def test_the_lock_of_another_stack_does_not_count(project: Project) -> None:
    project.state.with_name(".network.tfstate.lock.info").touch()
    assert project.problems() == []


def test_resources_in_a_workspace_count(project: Project) -> None:
    workspace = project.folder / "terraform.tfstate.d/dev/terraform.tfstate"
    project.holds(managed(1))
    project.holds(managed(2), file=workspace)
    problem = project.problem()
    assert problem.resources == 3
    held = "generated/stacks/orders/terraform.tfstate.d/dev/terraform.tfstate"
    assert f"its state still contains 3 resources: state/orders.tfstate and {held}." in problem.what
    assert problem.next_step.endswith(f" Delete {held} if it is out of date.")
    workspace.with_name(".terraform.tfstate.lock.info").touch()
    assert "Terraform is running on it" in project.problem().what


def test_a_workspace_that_was_destroyed_does_not_count(project: Project) -> None:
    project.holds(file=project.folder / "terraform.tfstate.d/dev/terraform.tfstate")
    assert project.problems() == []


def test_resources_that_terraform_could_not_save_count(project: Project) -> None:
    project.backend(S3)
    project.holds(managed(2), file=project.folder / "errored.tfstate")
    problem = project.problem("orders")
    assert "still contains 2 resources: generated/stacks/orders/errored.tfstate." in problem.what
    assert problem.next_step.endswith("Delete generated/stacks/orders/errored.tfstate if it is out of date.")


def test_the_state_is_found_where_terraform_finds_it_if_generated_is_a_link(tmp_path: Path) -> None:
    elsewhere = tmp_path / "disk"
    elsewhere.mkdir()
    project = Project(elsewhere)
    project.holds(managed(1))
    project.generated = tmp_path / "generated"
    project.generated.symlink_to(elsewhere / "generated")
    assert project.problem().resources == 1


# --- state that is kept elsewhere


def test_a_stack_with_state_in_s3_may_vanish_only_once_the_user_says_that_it_is_destroyed(project: Project) -> None:
    project.backend(S3)
    problem = project.problem()
    assert problem.resources is None
    assert "its state can't be read here: it is in the s3 backend." in problem.what
    assert problem.next_step.endswith(
        "If nothing of it is applied, never or no longer, run `.venv/bin/python main.py --never-applied orders`."
    )
    assert project.problems("orders") == []


def test_a_stack_that_moved_to_s3_only_on_paper_still_has_its_local_state(project: Project) -> None:
    project.initialised("local", {"path": LOCAL["local"]["path"], "workspace_dir": None})
    project.backend(S3)
    project.holds(managed(1))
    assert project.problem("orders").resources == 1


def test_a_stack_that_left_s3_only_on_paper_still_has_its_state_there(project: Project) -> None:
    project.initialised("s3", S3["s3"])
    assert "it is in the s3 backend" in project.problem().what


def test_a_backend_of_another_time_does_not_hide_the_state_of_this_one(project: Project) -> None:
    project.initialised("local", {"path": None, "workspace_dir": None})
    project.holds(managed(1))
    project.holds(managed(2), file=project.folder / "terraform.tfstate")
    assert project.problem().resources == 3


@pytest.mark.parametrize("content", [{}, {"terraform": {}}, {"terraform": {"backend": ["local"]}}, "damaged"])
def test_a_configuration_that_does_not_name_its_backend_keeps_its_stack(content: Any, project: Project) -> None:
    project.put("stacks/orders/cdk.tf.json", content)
    assert "its state can't be read here: generated/stacks/orders does not say where it is." in project.problem().what
    assert project.problems("orders") == []


def test_a_stack_whose_folder_was_deleted_by_hand_keeps_its_place(project: Project) -> None:
    shutil.rmtree(project.folder)
    assert "does not say where it is" in project.problem().what


@pytest.mark.parametrize(
    ("stack", "step"),
    [
        (
            "edge",
            "Take `load_balancer: none` out of services.yaml, run `make destroy STACK=edge`, then write it again.",
        ),
        (
            "deployer",
            "Put `deployer:` back into services.yaml, run `make destroy STACK=deployer`, then take it out again.",
        ),
    ],
)
def test_a_stack_of_a_key_comes_back_by_it(project: Project, stack: str, step: str) -> None:
    project.put("manifest.json", {"stacks": {"network": {}, stack: {}}})
    shutil.rmtree(project.folder)
    backend = {"local": {"path": f"../../../state/{stack}.tfstate"}}
    project.put(f"stacks/{stack}/cdk.tf.json", {"terraform": {"backend": backend}})
    project.holds(managed(2), file=project.state.with_name(f"{stack}.tfstate"))
    (problem,) = project.problems()
    assert problem.next_step.endswith(step)
