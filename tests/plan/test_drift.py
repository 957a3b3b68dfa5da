"""`main.py drift` and `main.py leftovers` by real Terraform on an emulated AWS."""

import json
import os
import shlex
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from modules.paths import ROOT
from tests.support.emulator import REGION
from tests.support.run_synth import synthesise
from tests.support.terraform_workspace import Workspace, expect

SYSTEM: dict[str, Any] = {
    "project": "shop",
    "region": REGION,
    "zones": ["a", "b"],
    "protection": False,
    "network": {"nat_gateways": "single", "endpoints": ["s3"]},
    "services": {"web": {}},
}
Client = Callable[[str], Any]


@pytest.fixture(scope="module")
def workspace(own_aws: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Stack `network`, applied; the others never were."""
    folder = tmp_path_factory.mktemp("system")
    (folder / "work").mkdir()
    workspace = Workspace(synthesise(SYSTEM, folder), folder / "work", own_aws)
    (folder / "work" / "services.yaml").write_bytes((folder / "services.yaml").read_bytes())
    workspace.init("network")
    workspace.apply("network")
    return workspace


Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def run(workspace: Workspace) -> Run:
    def command(name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        here = {key: value for key, value in os.environ.items() if not key.startswith("AWS_")}
        file = ["--file", str(workspace.generated.parent / "services.yaml")]
        return subprocess.run(
            [sys.executable, ROOT / "main.py", name, *arguments, *file, "--out", workspace.generated],
            env=here | workspace.environment,
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )

    return command


def test_after_an_apply_nothing_differs_and_nothing_is_left_over(run: Run) -> None:
    done = run("drift")
    assert done.returncode == 0, done.stderr
    assert done.stdout == (
        "AWS is as the states say: 1 stack compared.\n\nNot compared\n"
        "  Stacks that hold nothing: cluster, data, edge, platform, web.\n"
    )
    done = run("leftovers")
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    assert done.stderr.endswith("0 resources with the tags of shop in no state; 0 of them in generated/.\n")


def test_a_change_is_said_with_both_values_and_ends_with_2(run: Run, workspace: Workspace, own_client: Client) -> None:
    vpc = workspace.outputs("network")["vpc_id"]
    own_client("ec2").modify_vpc_attribute(VpcId=vpc, EnableDnsHostnames={"Value": False})
    own_client("ec2").create_tags(Resources=[vpc], Tags=[{"Key": "Stack", "Value": "other"}])
    try:
        done = run("drift")
        told = run("drift", "--json", "network")
    finally:
        own_client("ec2").modify_vpc_attribute(VpcId=vpc, EnableDnsHostnames={"Value": True})
        own_client("ec2").create_tags(Resources=[vpc], Tags=[{"Key": "Stack", "Value": "network"}])
    assert done.returncode == told.returncode == 2, done.stderr
    assert done.stdout.startswith(
        "1 difference, in 1 of 1 stack.\n\nBy stack\n"
        '  network: VPC aws_vpc.main: enable_dns_hostnames: true -> false; tags_all.Stack: "network" -> "other"\n'
    )
    (difference,) = json.loads(told.stdout)["differences"]
    assert (difference["stack"], difference["address"], difference["risk"]) == ("network", "aws_vpc.main", None)
    assert difference["attributes"] == ["enable_dns_hostnames", "tags_all"]


@pytest.mark.nightly(minutes=3)
def test_what_no_state_holds_is_found_by_its_tags_and_taken_over_by_the_command(run: Run, workspace: Workspace) -> None:
    gone = [
        "aws_vpc.main",
        "aws_sns_topic.alarms",
        "aws_subnet.private_a",
        "aws_iam_role.flow_logs",
        "aws_kms_key.logs",
    ]
    expect(workspace.run("network", "state", "rm", *gone), 0)
    done = run("leftovers", "--json")
    assert done.returncode == 2, done.stderr
    found = json.loads(done.stdout)["leftovers"]
    assert {one["address"] for one in found} == set(gone)
    assert {one["stack"] for one in found} == {"network"}
    for one in found:
        assert one["import"].startswith(f'import {{\n  to = {one["address"]}\n  id = "')
        *_, address, identifier = shlex.split(one["command"])
        expect(workspace.run("network", "import", address, identifier), 0)
    assert run("leftovers").returncode == 0
    plan = workspace.run("network", "plan", "-detailed-exitcode")
    assert " to destroy" not in plan.stdout or "0 to destroy" in plan.stdout
    assert "0 to add" in plan.stdout or plan.returncode == 0


@pytest.mark.nightly(minutes=3)
def test_a_stack_that_can_not_be_compared_stops_no_other_and_ends_with_1(run: Run, workspace: Workspace) -> None:
    state = workspace.generated.parent / "state" / "cluster.tfstate"
    state.write_text("{", encoding="utf-8")
    try:
        done = run("drift")
    finally:
        state.unlink()
    assert done.returncode == 1
    assert done.stdout.startswith("AWS is as the states say: 1 stack compared.\n\nNot compared\n  cluster: ")
    assert "cluster.tfstate\n  error: The file is damaged" in done.stderr


def test_without_a_login_and_for_an_unknown_stack_it_says_so_at_once(run: Run, workspace: Workspace) -> None:
    unknown = run("drift", "netwrok")
    assert unknown.returncode == 1
    assert 'drift netwrok\n  error: There is no stack "netwrok".\n  Did you mean "network"?' in unknown.stderr
    there = workspace.environment["AWS_ENDPOINT_URL"]
    workspace.environment["AWS_ENDPOINT_URL"] = "http://127.0.0.1:1"
    try:
        done = run("drift")
    finally:
        workspace.environment["AWS_ENDPOINT_URL"] = there
    assert (done.returncode, done.stdout) == (1, "")
    assert "drift\n  error: AWS can't be reached: " in done.stderr


def test_a_key_that_somebody_deletes_is_data_at_risk_and_ends_with_3(
    run: Run, workspace: Workspace, own_client: Client
) -> None:
    key = workspace.outputs("network")["logs_key_arn"]
    own_client("kms").schedule_key_deletion(KeyId=key.rpartition("/")[2], PendingWindowInDays=7)
    done = run("drift", "network")
    assert done.returncode == 3, done.stderr
    assert (
        "Data at risk\n  KMS key aws_kms_key.logs was deleted outside of Terraform. It held what alone" in done.stdout
    )
