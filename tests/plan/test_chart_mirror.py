"""Real Terraform compares a chart in the folder of `chart_mirror:` with what was published, before Helm sees it.

The release's own precondition, on Terraform's own `terraform_data`, so that no provider is needed.
"""

import json
import subprocess
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest

from modules.facts import charts
from tests.support.run_synth import synthesise
from tests.support.terraform_workspace import terraform_environment

PUBLISHED = b"as it was published"
Plan = Callable[[], subprocess.CompletedProcess[str]]


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    system = {"project": "shop", "region": "eu-west-1", "chart_mirror": "mirror/charts", "services": {}}
    generated = synthesise(system, tmp_path)
    stack = json.loads((generated / "stacks" / "platform" / "cdk.tf.json").read_text())
    releases = stack["resource"]["helm_release"].values()
    release = next(one for one in releases if one["name"] == charts.CONTROLLER.name)
    text = json.dumps({"resource": {"terraform_data": {"release": {"lifecycle": release["lifecycle"]}}}})
    assert charts.CONTROLLER.sha256 in text
    folder = generated / "stacks" / "chart"
    folder.mkdir()
    # With the digest of a file that a test can make.
    (folder / "main.tf.json").write_text(text.replace(charts.CONTROLLER.sha256, sha256(PUBLISHED).hexdigest()))
    environment = terraform_environment(tmp_path)

    def run(*command: str) -> subprocess.CompletedProcess[str]:
        line = ["terraform", *(command or ("plan",)), "-input=false"]
        return subprocess.run(
            line, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=120
        )

    assert run("init").returncode == 0
    return run


def test_what_was_published_is_installed_and_anything_else_ends_the_plan(plan: Plan, tmp_path: Path) -> None:
    assert _is_refused(plan())
    folder = tmp_path / "mirror" / "charts"
    folder.mkdir(parents=True)
    (folder / charts.CONTROLLER.file).write_bytes(b"something else")
    assert _is_refused(plan())
    (folder / charts.CONTROLLER.file).write_bytes(PUBLISHED)
    right = plan()
    assert right.returncode == 0, right.stderr


def _is_refused(planned: subprocess.CompletedProcess[str]) -> bool:
    assert planned.returncode == 1
    return "is not there, or another. Run `make charts`." in " ".join(planned.stderr.replace("│", " ").split())
