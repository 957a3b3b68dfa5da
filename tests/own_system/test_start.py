"""`main.py start`: from somebody else's system to one's own, with nothing lost."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from modules.cli import command_line
from modules.paths import ROOT
from tests.support.run_synth import shipped, synthesise

NAMED = ["--project", "cafe", "--region", "eu-central-1"]


@pytest.fixture(scope="module")
def synthesised(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the shipped system in it."""
    return synthesise(shipped(), tmp_path_factory.mktemp("shipped")).parent


@pytest.fixture
def there(synthesised: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    return shutil.copytree(synthesised, tmp_path, dirs_exist_ok=True)


def start(folder: Path, *options: str) -> int:
    file, out = folder / "services.yaml", folder / "generated"
    return command_line.main(["start", f"--file={file}", f"--out={out}", *options])


def stacks(folder: Path) -> set[str]:
    return {file.parent.name for file in (folder / "generated" / "stacks").glob("*/cdk.tf.json")}


def test_it_leaves_a_system_of_one_service_that_check_services_accepts(
    there: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert start(there, *NAMED) == 0
    assert stacks(there) == {"network", "cluster", "edge", "platform", "web"}
    assert "run make synth after each edit" in capsys.readouterr().err
    assert (there / "services.yaml").read_text().splitlines()[3].startswith("project: cafe #")
    options = [f"--file={there / 'services.yaml'}", f"--out={there / 'generated'}"]
    assert command_line.main(["check-services", *options]) == 0
    assert capsys.readouterr().err.endswith("files as committed.\n")


def test_it_writes_zones_where_they_have_no_default(there: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert start(there, "--project", "cafe", "--region", "us-west-1") == 0
    line = (there / "services.yaml").read_text().splitlines()[5]
    listing = "aws ec2 describe-availability-zones --region us-west-1"
    assert line == f"zones: [a, c] # likewise; two of those that `{listing}` lists"
    assert "mistake" not in capsys.readouterr().err


def test_it_asks_for_what_is_not_named(tmp_path: Path) -> None:
    line = [sys.executable, "main.py", "start", f"--file={tmp_path / 's.yaml'}", f"--out={tmp_path / 'generated'}"]
    done = subprocess.run(line, cwd=ROOT, input="\ncafe\n\n", capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert "AWS region [eu-west-1]: " in done.stderr
    assert "region: eu-west-1 #" in (tmp_path / "s.yaml").read_text()


def test_where_nobody_answers_it_says_how_to_name_them(tmp_path: Path) -> None:
    line = [sys.executable, "main.py", "start", f"--file={tmp_path / 's.yaml'}", f"--out={tmp_path / 'generated'}"]
    done = subprocess.run(line, cwd=ROOT, input="", capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert "Name both: make start PROJECT=shop REGION=eu-west-1" in done.stderr
    assert not list(tmp_path.iterdir())


def test_a_bad_name_changes_nothing(there: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = (there / "services.yaml").read_bytes()
    assert start(there, "--project", "Cafe!", "--region", "eu-central-1") == 1
    said = capsys.readouterr().err
    assert "services.yaml:4 project" in said
    assert said.endswith("Nothing was changed.\n")
    assert (there / "services.yaml").read_bytes() == before
    assert "user-service" in stacks(there)


def test_a_file_that_is_not_committed_is_kept_beside_the_new_one(there: Path) -> None:
    first = (there / "services.yaml").read_bytes()
    assert start(there, *NAMED) == 0
    assert start(there, *NAMED) == 0
    assert (there / "services.yaml.before-start").read_bytes() == first
    assert "project: cafe" in (there / "services.yaml.before-start-2").read_text()


def test_a_committed_file_is_replaced_since_git_has_it(there: Path) -> None:
    identity = ["-c", "user.name=a", "-c", "user.email=a@example.com"]
    for command in (["init", "--quiet"], ["add", "services.yaml"], [*identity, "commit", "--quiet", "-m", "first"]):
        subprocess.run(["git", *command], cwd=there, check=True, capture_output=True)
    assert start(there, *NAMED) == 0
    assert not list(there.glob("services.yaml.*"))


def test_a_deployed_system_is_not_replaced(there: Path, capsys: pytest.CaptureFixture[str]) -> None:
    state = there / "state" / "network.tfstate"
    state.parent.mkdir()
    vpc = {"mode": "managed", "type": "aws_vpc", "name": "main", "instances": [{}]}
    state.write_text(json.dumps({"version": 4, "resources": [vpc]}))
    before = (there / "services.yaml").read_bytes()
    assert start(there, *NAMED) == 1
    said = capsys.readouterr().err
    assert "generated/ belongs to a system that is deployed, or whose state can't be read here: network." in said
    assert "clone the repository into another folder" in said
    assert (there / "services.yaml").read_bytes() == before
    assert "user-service" in stacks(there)


def test_a_file_that_can_not_be_written_is_named_with_what_to_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "nowhere" / "services.yaml"
    assert command_line.main(["start", f"--file={file}", f"--out={tmp_path / 'generated'}", *NAMED]) == 1
    said = capsys.readouterr().err
    assert f"{file}\n  error: It can't be written: No such file or directory.\n  Name a file that can (--file)" in said
    assert not (tmp_path / "generated").exists()
