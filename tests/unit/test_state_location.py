"""A second system in one checkout never gets the first one's local state; that of generated/ never moves."""

import shutil
import subprocess
from pathlib import Path

import pytest

from modules.design.state_location import state_folder
from tests.support.tool_missing import ToolMissing

STACK = """
terraform {{
  backend "local" {{ path = "{path}/network.tfstate" }}
}}
resource "terraform_data" "one" {{}}
"""


@pytest.mark.parametrize(
    "out", ["generated", "generated/", "dev/generated", "/elsewhere/generated", "dev/../generated"]
)
def test_generated_keeps_its_state_beside_itself(out: str) -> None:
    assert state_folder(Path(out)) == "../../../state"


@pytest.mark.parametrize("out", ["generated-dev", "dev", "generated/dev", "/elsewhere/prod/", "generated/.."])
def test_any_other_folder_keeps_its_state_below_itself(out: str) -> None:
    assert state_folder(Path(out)) == "../../state"


def test_a_link_called_generated_and_a_link_to_generated_are_generated(tmp_path: Path) -> None:
    (tmp_path / "generated").mkdir()
    (tmp_path / "link").symlink_to("generated")
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "generated").symlink_to(tmp_path / "deep")
    assert state_folder(tmp_path / "link") == "../../../state"
    assert state_folder(tmp_path / "deep" / "generated") == "../../../state"


def test_terraform_writes_two_systems_of_a_checkout_into_two_states(tmp_path: Path) -> None:
    if not shutil.which("terraform"):
        raise ToolMissing("terraform is not on PATH: install 1.11 or newer")
    for name in ("generated", "generated-dev"):
        folder = tmp_path / name / "stacks" / "network"
        folder.mkdir(parents=True)
        (folder / "main.tf").write_text(STACK.format(path=state_folder(tmp_path / name)))
        for command in (["init"], ["apply", "-auto-approve"]):
            line = ["terraform", f"-chdir={folder}", *command, "-input=false", "-no-color"]
            done = subprocess.run(line, capture_output=True, text=True, timeout=60, check=False)
            assert done.returncode == 0, f"{done.stdout}{done.stderr}"
        assert "Resources: 1 added, 0 changed, 0 destroyed" in done.stdout
    states = sorted(str(file.relative_to(tmp_path)) for file in tmp_path.rglob("network.tfstate"))
    assert states == ["generated-dev/state/network.tfstate", "state/network.tfstate"]
