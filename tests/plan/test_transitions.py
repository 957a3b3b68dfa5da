"""Real Terraform reads the file of transitions, in JSON and in HCL, beside a configuration that it applied before.

The resources are Terraform's own `terraform_data`, so that no provider and no AWS is needed.
"""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from modules.design.transitions import Imported, Kept, Moved, Transition
from modules.synth import transitions
from tests.support.go_tools import binary
from tests.support.terraform_workspace import terraform_environment

TRANSITIONS: list[Transition] = [
    Moved("terraform_data.before", "terraform_data.after"),
    Kept("terraform_data.kept"),
    Imported("terraform_data.found", "1234abcd"),
]


class Folder:
    def __init__(self, path: Path, program: str) -> None:
        self.path, self.program = path, program
        self.environment = terraform_environment(path)

    def declare(self, *names: str) -> None:
        resources: dict[str, dict[str, Any]] = {"terraform_data": {name: {} for name in names}}
        (self.path / "cdk.tf.json").write_text(json.dumps({"resource": resources}))

    def run(self, *arguments: str) -> str:
        done = subprocess.run(
            [self.program, *arguments],
            cwd=self.path,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stdout
        return done.stdout


@pytest.fixture(params=["terraform", pytest.param("tofu", marks=pytest.mark.nightly(minutes=1))])
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Folder:
    program = "terraform" if request.param == "terraform" else str(binary("tofu"))
    return Folder(tmp_path, program)


@pytest.mark.parametrize("as_hcl", [False, True], ids=["json", "hcl"])
def test_a_resource_moves_another_is_kept_and_a_third_is_taken_over(folder: Folder, as_hcl: bool) -> None:
    folder.declare("before", "kept")
    folder.run("init")
    folder.run("apply", "-auto-approve")
    folder.declare("after", "found")
    for name, content in transitions.files(TRANSITIONS, as_hcl=as_hcl).items():
        (folder.path / name).write_bytes(content)
    folder.run("validate")
    said = folder.run("apply", "-auto-approve")
    assert "0 added, 0 changed, 0 destroyed" in said
    assert folder.run("state", "list").split() == ["terraform_data.after", "terraform_data.found"]
    assert "No changes" in folder.run("plan")
