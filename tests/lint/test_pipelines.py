"""What `make pipelines` writes is what the engines and their checkers accept, and its steps do what they say."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from modules.cli.command_line import main
from modules.paths import ROOT
from modules.synth.build import build
from tests.support import pipeline_checkers
from tests.support.random_specs import DEPLOYERS
from tests.synth.conftest import spec_of

STATE = {"s3": {"bucket": "shop-terraform-state"}}
SERVICES = {"orders": {"aws": ["sns"]}, "mails": {"aws": {"sqs": {"subscribe": ["orders"]}}}}
SYSTEM: dict[str, Any] = {"project": "shop", "region": "eu-west-1", "state": STATE, "services": SERVICES}
ENVIRONMENTS = {"environments": {"dev": {}, "staging-eu": {"region": "eu-central-1"}}}
CHECKERS = {
    "github": pipeline_checkers.github,
    "gitlab": pipeline_checkers.gitlab,
    "atlantis": pipeline_checkers.atlantis,
}
Written = Callable[..., Path]


@pytest.fixture
def written(tmp_path: Path) -> Written:
    """Writes the files of an engine beside a system; returns the folder."""

    def run(engine: str, system: dict[str, Any] = SYSTEM) -> Path:
        for path, content in build(spec_of(system, tmp_path)).items():
            (tmp_path / "generated" / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / "generated" / path).write_bytes(content)
        assert main(_command(tmp_path, engine)) == 0
        return tmp_path

    return run


def _command(folder: Path, engine: str, *more: str) -> list[str]:
    place = ["--file", str(folder / "services.yaml"), "--out", str(folder / "generated")]
    return ["pipelines", *place, "--engine", engine, *more]


def _yaml(file: Path) -> Any:
    return YAML(typ="safe").load(file.read_text())


@pytest.mark.parametrize("engine", CHECKERS)
@pytest.mark.parametrize("more", [{}, ENVIRONMENTS], ids=["one", "environments"])
def test_the_checkers_of_an_engine_find_nothing(engine: str, more: dict[str, Any], written: Written) -> None:
    assert CHECKERS[engine](written(engine, SYSTEM | more)) == []


def test_the_roles_of_pipelines_are_named_and_their_stack_is_no_project(
    written: Written, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = written("atlantis", SYSTEM | {"deployer": DEPLOYERS[0]})
    projects = [one["name"] for one in _yaml(folder / "atlantis.yaml")["projects"]]
    assert "network" in projects
    assert "deployer" not in projects
    said = "Stack deployer has the roles: its outputs plan_role_arn and apply_role_arn are their ARNs."
    assert said in capsys.readouterr().err
    assert pipeline_checkers.atlantis(folder) == []


def test_a_workflow_logs_in_to_hcp_terraform_by_a_secret_of_its_environment(written: Written) -> None:
    folder = written("github", SYSTEM | ENVIRONMENTS | {"state": {"hcp": {"organization": "acme"}}})
    assert pipeline_checkers.github(folder) == []
    for workflow, end in (("plan", "-plan"), ("deploy", "")):
        jobs = _yaml(folder / f".github/workflows/{workflow}.yml")["jobs"]
        tokens = [
            (job["environment"], step["with"]["cli_config_credentials_token"])
            for job in jobs.values()
            for step in job["steps"]
            if "cli_config_credentials_token" in step.get("with", {})
        ]
        assert tokens == [(f"{one}{end}", "${{ secrets.HCP_TOKEN }}") for one in ("base", "dev", "staging-eu")]


def test_a_workflow_on_runners_of_ones_own_is_accepted_and_forks_stay_off_them(written: Written) -> None:
    folder = written("github", SYSTEM | {"runner": ["self-hosted", "shop-vpc"]})
    assert pipeline_checkers.github(folder, own_runner=True) == []
    jobs = _yaml(folder / ".github/workflows/plan.yml")["jobs"]
    assert jobs["plan-base"]["runs-on"] == ["self-hosted", "shop-vpc"]
    for job in jobs.values():
        is_kept_from_forks = "head.repo.full_name == github.repository" in job.get("if", "")
        assert is_kept_from_forks or (job["runs-on"] == ["ubuntu-24.04"] and "id-token" not in job["permissions"])


@pytest.mark.parametrize(
    ("engine", "file", "was", "becomes", "said"),
    [
        ("github", ".github/workflows/plan.yml", "steps.plan.outputs.code", "steps.plans.outputs.code", "actionlint"),
        ("github", ".github/workflows/plan.yml", "permissions: {}", "permissions: write-all", "zizmor"),
        ("github", ".github/workflows/deploy.yml", "runs-on:", "runs_on:", "check-jsonschema"),
        ("gitlab", ".gitlab-ci.yml", "resource_group:", "resource_groups:", "check-jsonschema"),
        ("atlantis", "atlantis.yaml", "depends_on:", "depends-on:", "check-jsonschema"),
    ],
)
def test_a_checker_sees_what_is_wrong(
    engine: str, file: str, was: str, becomes: str, said: str, written: Written
) -> None:
    folder = written(engine)
    text = (folder / file).read_text()
    assert was in text
    (folder / file).write_text(text.replace(was, becomes))
    assert any(one.startswith(said) for one in CHECKERS[engine](folder))


def test_no_action_is_named_by_a_tag_and_no_key_is_in_a_file(written: Written) -> None:
    for engine in CHECKERS:
        written(engine)
    folder = written("github")
    for file in (folder / ".github").rglob("*.yml"):
        for job in _yaml(file)["jobs"].values():
            used = [step["uses"] for step in job["steps"] if "uses" in step]
            assert all(len(one.partition("@")[2]) == 40 for one in used)
    text = "".join(file.read_text() for file in [folder / ".gitlab-ci.yml", *(folder / ".github").rglob("*.yml")])
    assert "secrets." not in text
    assert "AWS_SECRET_ACCESS_KEY" not in text


def test_atlantis_applies_a_stack_after_those_that_it_reads(written: Written) -> None:
    projects = {one["name"]: one for one in _yaml(written("atlantis") / "atlantis.yaml")["projects"]}
    assert projects["mails"]["depends_on"] == ["cluster", "platform", "network", "orders"]
    for one in projects.values():
        assert all(projects[other]["execution_order_group"] < one["execution_order_group"] for other in _upstream(one))
        assert (ROOT / "generated").name == one["dir"].split("/")[0]


def _upstream(project: dict[str, Any]) -> list[str]:
    found: list[str] = project.get("depends_on", [])
    return found


def test_each_environment_has_its_own_login_runner_and_turn(written: Written) -> None:
    more = {"environments": {"dev": {"runner": "dev-vpc"}, "staging-eu": {"region": "eu-central-1"}}}
    folder = written("github", SYSTEM | more)
    jobs = _yaml(folder / ".github/workflows/deploy.yml")["jobs"]
    assert list(jobs) == ["deploy-base", "deploy-dev", "deploy-staging-eu"]
    assert [job["environment"] for job in jobs.values()] == ["base", "dev", "staging-eu"]
    assert len({job["concurrency"]["group"] for job in jobs.values()}) == 3
    assert jobs["deploy-dev"]["runs-on"] == ["dev-vpc"]
    login = jobs["deploy-staging-eu"]["steps"][1]["with"]
    assert login == {"role-to-assume": "${{ vars.AWS_DEPLOY_ROLE_STAGING_EU }}", "aws-region": "eu-central-1"}


@pytest.mark.parametrize(("code", "ends"), [(0, 0), (1, 1), (2, 0), (3, 0), (130, 130)])
def test_the_step_of_the_plan_passes_on_what_it_found(code: int, ends: int, written: Written) -> None:
    """The next step stops where data is at risk, after the comment."""
    folder = written("github")
    steps = _yaml(folder / ".github/workflows/plan.yml")["jobs"]["plan-base"]["steps"]
    assert steps[-1]["if"] == "steps.plan.outputs.code == '3'"
    done = _run(folder, next(one for one in steps if one.get("id") == "plan")["run"], code)
    assert done.returncode == ends
    assert (folder / "output").read_text() == f"code={code}\n"
    assert (folder / "summary").read_text() == "plan --env base --markdown\n"


@pytest.mark.parametrize("code", [0, 1, 10])
def test_the_step_of_a_deployment_ends_as_it_does_and_leaves_its_summary(code: int, written: Written) -> None:
    folder = written("github")
    steps = _yaml(folder / ".github/workflows/deploy.yml")["jobs"]["deploy-base"]["steps"]
    assert _run(folder, steps[-1]["run"], code).returncode == code
    assert (folder / "summary").read_text() == "deploy --env base --auto-approve --markdown\n"


def test_the_comment_is_written_once_and_then_changed(written: Written) -> None:
    folder = written("github")
    steps = _yaml(folder / ".github/workflows/plan.yml")["jobs"]["plan-base"]["steps"]
    comment = next(one for one in steps if one.get("name") == "Comment")["run"]
    (folder / "plan.md").write_text("é" * 40_000)
    assert _run(folder, comment).returncode == 0
    said = (folder / "gh").read_text().splitlines()
    assert "--method POST repos/acme/shop/issues/7/comments" in said[1]
    written_text = (folder / "comment.md").read_bytes()
    assert written_text.startswith(b"<!-- plan of base -->\n## base\n")
    assert len(written_text) < 65_536
    (folder / "earlier").write_text("https://api.github.com/comments/1\n")
    assert _run(folder, comment).returncode == 0
    assert "--method PATCH https://api.github.com/comments/1" in (folder / "gh").read_text().splitlines()[3]


def _run(folder: Path, script: str, code: int = 0) -> subprocess.CompletedProcess[str]:
    """As GitHub runs it, with programs that note what they are called with: https://docs.github.com/actions (shell)."""
    programs = {
        ".venv/bin/python": f'shift; echo "$*"; exit {code}',
        "bin/gh": f'echo "$*" >> {folder}/gh; cat {folder}/earlier 2>/dev/null || true',
    }
    for path, text in programs.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(f"#!/bin/sh\n{text}\n")
        (folder / path).chmod(0o755)
    environment = {
        "GITHUB_OUTPUT": f"{folder}/output",
        "GITHUB_REPOSITORY": "acme/shop",
        "GITHUB_STEP_SUMMARY": f"{folder}/summary",
        "NUMBER": "7",
        "PATH": f"{folder}/bin:{os.environ['PATH']}",
    }
    command = ["bash", "-e", "-c", script]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=30, check=False)


def test_states_on_one_machine_are_no_ground_for_a_pipeline(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spec_of({key: value for key, value in SYSTEM.items() if key != "state"}, tmp_path)
    assert main(_command(tmp_path, "github")) == 1
    said = capsys.readouterr().err
    assert "The Terraform states are files on one machine" in said
    assert "Run make bootstrap first" in said


def test_files_that_are_out_of_date_are_named(written: Written, capsys: pytest.CaptureFixture[str]) -> None:
    folder = written("gitlab")
    assert main(_command(folder, "gitlab", "--check")) == 0
    spec_of(SYSTEM | ENVIRONMENTS, folder)
    before = (folder / ".gitlab-ci.yml").read_text()
    capsys.readouterr()
    assert main(_command(folder, "gitlab", "--check")) == 1
    assert capsys.readouterr().out == ".gitlab-ci.yml\n"
    assert (folder / ".gitlab-ci.yml").read_text() == before


def test_a_private_api_and_a_runner_outside_of_the_vpc_are_spoken_of(
    written: Written, capsys: pytest.CaptureFixture[str]
) -> None:
    written("github")
    assert "name runners of your own in the VPC under `runner:`" in capsys.readouterr().err
    written("github", SYSTEM | {"runner": "shop-vpc"})
    assert "runners of your own" not in capsys.readouterr().err
