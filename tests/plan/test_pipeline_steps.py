"""The steps of GitHub's workflows, run as scripts in a repository and an emulated AWS, with states in S3.

Not run are the actions of others and the set-up, and `gh` is a program that notes what it is called with.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from ruamel.yaml import YAML

from tests.support import repository_copy
from tests.support.deployed_in_passes import STATES, system
from tests.support.emulator import as_deployer, clients, emulated_aws
from tests.support.random_specs import System, render
from tests.support.terraform_workspace import terraform_environment

pytestmark = pytest.mark.nightly(minutes=5)
SECONDS = 900
SET_UP = ("make .venv/ready", "make .venv/ready node_modules/ready")


def _shop(*words: str, **more: Any) -> System:
    services = {"orders": {"image": "public.ecr.aws/acme/orders:1", "aws": list(words)}}
    state = {"s3": {"bucket": STATES}}
    return system(services, database="none", cache="none", state=state, runner="shop-vpc", **more)


class Job(NamedTuple):
    codes: dict[str, int]  # by the name of the step
    summary: str
    comments: list[str]


class Repository:
    """A copy of this one, and what a runner has."""

    def __init__(self, folder: Path, aws: dict[str, str]) -> None:
        self.folder, self.client = folder / "repository", clients(aws)
        repository_copy.copy(self.folder, "")
        self._program(".venv/bin/python", f'exec "{sys.executable}" -m tests.support.main_in_emulator "$@"')
        self._program("bin/aws", "echo aws-cli/2.31.1")
        terraform = f'exec "{sys.executable}" -m tests.support.terraform_of_aws "{shutil.which("terraform")}" "$@"'
        self._program("bin/terraform", f'PYTHONPATH="{self.folder}" {terraform}')
        self._program("bin/gh", 'case "$*" in *--paginate*) ;; *) { echo "$*"; cat comment.md; } >> comments ;; esac')
        self.environment = terraform_environment(folder) | as_deployer(aws) | {"AWS_S3_USE_PATH_STYLE": "true"}

    def _program(self, path: str, text: str) -> None:
        (self.folder / path).parent.mkdir(parents=True, exist_ok=True)
        (self.folder / path).write_text(f"#!/bin/sh\n{text}\n")
        (self.folder / path).chmod(0o755)

    def commit(self, edited: System) -> None:
        """What a person does before a push: services.yaml, generated/, and the pipelines."""
        (self.folder / "services.yaml").write_text(render(edited))
        for words in (["synth"], ["pipelines", "--engine", "github"]):
            subprocess.run([".venv/bin/python", "main.py", *words], cwd=self.folder, env=self._runner(), check=True)

    def job(self, workflow: str, name: str) -> Job:
        """Its steps as GitHub runs them: https://docs.github.com/actions (shell); `if` as the plan's code asks for."""
        for written in ("output", "summary", "comments"):
            (self.folder / written).write_text("")
        text = (self.folder / f".github/workflows/{workflow}.yml").read_text()
        codes = {}
        for step in YAML(typ="safe").load(text)["jobs"][name]["steps"]:
            if "run" not in step or step["run"] in SET_UP or not self._is_on(step):
                continue
            line = ["bash", "-e", "-c", step["run"]]
            there: dict[str, Any] = {"cwd": self.folder, "env": self._runner(), "timeout": SECONDS}
            done = subprocess.run(line, **there, capture_output=True, text=True, check=False)
            codes[step["name"]] = done.returncode
            if done.returncode:
                print(done.stdout, done.stderr, sep="\n")
                break
        comments = (self.folder / "comments").read_text().split("api --silent ")
        return Job(codes, (self.folder / "summary").read_text(), comments[1:])

    def _is_on(self, step: dict[str, Any]) -> bool:
        code = (self.folder / "output").read_text().strip().removeprefix("code=")
        return step.get("if", "").replace("steps.plan.outputs.code == ", "").strip("'") in ("", code)

    def _runner(self) -> dict[str, str]:
        return self.environment | {
            "GITHUB_OUTPUT": "output",
            "GITHUB_REPOSITORY": "acme/shop",
            "GITHUB_STEP_SUMMARY": "summary",
            "NUMBER": "7",
            "PATH": f"{self.folder}/bin:{os.environ['PATH']}",
        }


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Repository]:
    folder = tmp_path_factory.mktemp("pipeline")
    with emulated_aws(folder / "emulator.log") as aws:
        repository = Repository(folder, aws)
        place = {"LocationConstraint": "eu-west-1"}
        repository.client("s3").create_bucket(Bucket=STATES, CreateBucketConfiguration=place)
        repository.commit(_shop("dynamodb"))
        yield repository


@pytest.fixture(scope="module")
def deployed(repository: Repository) -> Job:
    return repository.job("deploy", "deploy-base")


def test_what_a_person_committed_passes_the_check(repository: Repository) -> None:
    repository.commit(_shop("dynamodb"))
    assert set(repository.job("plan", "check").codes.values()) == {0}


def test_the_deployment_applies_every_stack_and_says_so(repository: Repository, deployed: Job) -> None:
    assert deployed.codes == {"Deploy": 0}
    rows = [line.split(" | ")[:2] for line in deployed.summary.splitlines()[2:]]
    assert rows == [[f"| {stack}", "applied"] for stack in ("network", "cluster", "platform", "orders")]
    assert repository.client("iam").get_role(RoleName="shop-orders")


def test_a_permission_more_is_in_the_comment_and_is_deployed(repository: Repository, deployed: Job) -> None:
    repository.commit(_shop("dynamodb", "sns"))
    planned = repository.job("plan", "plan-base")
    assert planned.codes == {"Plan": 0, "Comment": 0}
    (comment,) = planned.comments
    assert comment.startswith("--method POST repos/acme/shop/issues/7/comments")
    assert "aws_sns_topic.orders" in comment
    assert repository.job("deploy", "deploy-base").codes == {"Deploy": 0}
    assert [one["TopicArn"] for one in repository.client("sns").list_topics()["Topics"]]


def test_a_plan_that_loses_a_table_stops_the_pull_request_after_its_comment(
    repository: Repository, deployed: Job
) -> None:
    repository.commit(_shop("sns", retired={"orders": {"dynamodb": "destroy"}}))
    planned = repository.job("plan", "plan-base")
    assert planned.codes == {"Plan": 0, "Comment": 0, "Stop where data is at risk": 3}
    assert "Data at risk" in planned.comments[0]
