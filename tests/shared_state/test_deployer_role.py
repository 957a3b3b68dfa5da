"""The real Terraform assumes `deployer_role:` for each thing that it asks AWS: the state, others' states, resources."""

import json
import subprocess
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from tests.shared_state.conftest import SYSTEM, keys, state
from tests.support.run_synth import synthesise
from tests.support.terraform_workspace import Workspace, require_aws_provider

DEPLOYS = "300000000001"  # the account of the system; the login is of another
ROLE = f"arn:aws:iam::{DEPLOYS}:role/shop-deployer"
BUCKET = "shop-states"


@pytest.fixture(scope="module")
def workspace(
    environment: dict[str, str], login: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Workspace:
    folder = tmp_path_factory.mktemp("system")
    system = {**SYSTEM, "account": DEPLOYS, "deployer_role": ROLE, "state": {"s3": {"bucket": BUCKET}}}
    there = environment | login | {"AWS_S3_USE_PATH_STYLE": "true"}
    (folder / "terraform").mkdir()
    return Workspace(synthesise(system, folder), folder / "terraform", there)


@pytest.fixture(scope="module", autouse=True)
def bucket(environment: dict[str, str], workspace: Workspace) -> None:
    made = keys(environment, DEPLOYS)
    s3 = boto3.client(
        "s3",
        region_name="eu-west-1",
        endpoint_url=environment["AWS_ENDPOINT_URL"],
        aws_access_key_id=made["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=made["AWS_SECRET_ACCESS_KEY"],
        aws_session_token=made["AWS_SESSION_TOKEN"],
    )
    s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    s3.put_object(Bucket=BUCKET, Key="shop/network.tfstate", Body=state("network", resources=0))


@pytest.fixture
def refused(environment: dict[str, str]) -> Iterator[None]:
    """Nobody can assume a role."""

    def tell(*rules: dict[str, Any]) -> None:
        address = f"{environment['AWS_ENDPOINT_URL']}/faults"
        request = urllib.request.Request(address, json.dumps(rules).encode(), method="PUT")
        urllib.request.urlopen(request, timeout=30).close()

    tell({"answer": "refuse", "calls": ["AssumeRole"]})
    yield
    tell()


def _folder(workspace: Workspace, name: str, content: dict[str, Any]) -> Path:
    folder = workspace.generated.parent / name
    folder.mkdir(exist_ok=True)
    (folder / "main.tf.json").write_text(json.dumps(content))
    return folder


def _said(workspace: Workspace, folder: Path, *arguments: str) -> tuple[int, str]:
    done = workspace.run_in(folder, *arguments)
    return done.returncode, " ".join(done.stdout.replace("│", "").split())


def _only_reading(workspace: Workspace) -> Path:
    """A folder with nothing but the read of `network` that the stack `cluster` has."""
    reads = {"network": workspace.whole["cluster"]["data"]["terraform_remote_state"]["network"]}
    return _folder(workspace, "reading", {"data": {"terraform_remote_state": reads}})


def _only_state(workspace: Workspace) -> Path:
    """A folder with nothing but the backend of `network`."""
    backend = workspace.whole["network"]["terraform"]["backend"]
    return _folder(workspace, "state", {"terraform": {"backend": backend}})


def test_the_state_is_read_as_the_role(workspace: Workspace) -> None:
    folder = _only_state(workspace)
    assert _said(workspace, folder, "init", "-reconfigure")[0] == 0
    assert json.loads(workspace.run_in(folder, "state", "pull").stdout)["lineage"] == "network"


def test_without_the_role_there_is_no_state(workspace: Workspace, refused: None) -> None:
    code, said = _said(workspace, _only_state(workspace), "init", "-reconfigure")
    assert code == 1
    assert f"IAM Role ({ROLE}) cannot be assumed." in said


def test_the_states_of_other_stacks_are_read_as_the_role(workspace: Workspace) -> None:
    folder = _only_reading(workspace)
    assert _said(workspace, folder, "init")[0] == 0
    code, said = _said(workspace, folder, "plan")
    assert (code, "No changes." in said) == (0, True), said


def test_without_the_role_no_state_of_another_stack_is_read(workspace: Workspace, refused: None) -> None:
    folder = _only_reading(workspace)
    assert _said(workspace, folder, "init")[0] == 0
    code, said = _said(workspace, folder, "plan")
    assert code == 1
    assert f"IAM Role ({ROLE}) cannot be assumed." in said


def test_resources_are_those_of_the_role(workspace: Workspace) -> None:
    whole = workspace.whole["network"]
    terraform = {"required_providers": {"aws": whole["terraform"]["required_providers"]["aws"]}}
    content = {
        "terraform": terraform,
        "provider": {"aws": whole["provider"]["aws"]},
        "data": {"aws_caller_identity": {"current": {}}},
        "output": {"arn": {"value": "${data.aws_caller_identity.current.arn}"}},
    }
    folder = _folder(workspace, "identity", content)
    begun = workspace.run_in(folder, "init")
    require_aws_provider(begun.stdout)
    assert begun.returncode == 0, begun.stdout
    assert _said(workspace, folder, "apply", "-auto-approve")[0] == 0
    arn = json.loads(workspace.run_in(folder, "output", "-json").stdout)["arn"]["value"]
    assert arn.startswith(f"arn:aws:sts::{DEPLOYS}:assumed-role/shop-deployer/")


def test_a_role_that_is_new_is_no_new_place_of_the_state(workspace: Workspace, tmp_path: Path) -> None:
    system = {**SYSTEM, "account": DEPLOYS, "state": {"s3": {"bucket": BUCKET}}}
    without = synthesise(system, tmp_path) / "stacks" / "network"
    environment = workspace.environment | keys(workspace.environment, DEPLOYS)
    line = ["terraform", f"-chdir={without}", "init", "-input=false"]
    begun = subprocess.run(line, env=environment, capture_output=True, text=True, timeout=300, check=False)
    require_aws_provider(begun.stderr)
    assert begun.returncode == 0, begun.stderr
    assert (without / ".terraform" / "terraform.tfstate").exists()
    synthesise({**system, "deployer_role": ROLE}, tmp_path)
    done = subprocess.run(line, env=workspace.environment, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    synthesise({**system, "deployer_role": ROLE}, tmp_path)
    assert (without / ".terraform" / "terraform.tfstate").exists()


def test_another_place_is_still_asked_for(workspace: Workspace, tmp_path: Path) -> None:
    system = {**SYSTEM, "account": DEPLOYS, "state": {"s3": {"bucket": BUCKET}}}
    remembered = synthesise(system, tmp_path) / "stacks" / "network" / ".terraform" / "terraform.tfstate"
    remembered.parent.mkdir()
    backend = json.loads((remembered.parents[1] / "cdk.tf.json").read_text())["terraform"]["backend"]["s3"]
    remembered.write_text(json.dumps({"version": 3, "backend": {"type": "s3", "config": {**backend, "acl": None}}}))
    synthesise({**system, "deployer_role": ROLE, "state": {"s3": {"bucket": "another-bucket"}}}, tmp_path)
    assert remembered.exists()
    synthesise({**system, "deployer_role": ROLE}, tmp_path)
    assert not remembered.exists()
