"""`deployer_role:` is in all that Terraform asks AWS by, and a profile of the machine in none of it."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from modules.deploy import cdktf_cli
from modules.plan.terraform import Terraform
from modules.synth.build import build
from tests.support.run_synth import shipped, synthesise
from tests.synth.conftest import Built, Json, spec_of, stack

ROLE = "arn:aws:iam::111122223333:role/deployer"
KUBERNETES = {"edge", "network", "cluster", "data"}  # these have no provider of the cluster


@pytest.fixture(scope="module")
def stacks(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Json]:
    """The whole system, with its states in S3 and the role."""
    system = {**shipped(), "deployer_role": ROLE, "state": {"s3": {"bucket": "shop-terraform-state"}}}
    return _stacks(build(spec_of(system, tmp_path_factory.mktemp("system"))))


def _stacks(built: Built) -> dict[str, Json]:
    names = [path.split("/")[1] for path in built if path.endswith("/cdk.tf.json")]
    return {name: stack(built, name) for name in names}


def _logins(content: Json) -> Iterator[list[str]]:
    """The arguments by which each provider of the cluster asks for a token."""
    yield from (execute["args"] for one in content["provider"].get("kubernetes", ()) for execute in one["exec"])
    yield from (one["kubernetes"]["exec"]["args"] for one in content["provider"].get("helm", ()))


def test_every_stack_works_in_aws_as_the_role(stacks: dict[str, Json]) -> None:
    assert len(stacks) == 10
    for name, content in stacks.items():
        assert [one["assume_role"] for one in content["provider"]["aws"]] == [[{"role_arn": ROLE}]], name


def test_every_stack_keeps_its_state_as_the_role(stacks: dict[str, Json]) -> None:
    for name, content in stacks.items():
        assert content["terraform"]["backend"]["s3"]["assume_role"] == {"role_arn": ROLE}, name


def test_every_stack_reads_the_states_of_others_as_the_role(stacks: dict[str, Json]) -> None:
    reads = [
        read["config"]["assume_role"]
        for content in stacks.values()
        for read in content.get("data", {}).get("terraform_remote_state", {}).values()
    ]
    assert len(reads) > len(stacks)
    assert reads == [{"role_arn": ROLE}] * len(reads)


def test_every_provider_of_the_cluster_logs_in_as_the_role(stacks: dict[str, Json]) -> None:
    logins = {name: list(_logins(content)) for name, content in stacks.items()}
    assert {name for name, found in logins.items() if found} == stacks.keys() - KUBERNETES
    for name, found in logins.items():
        assert [one[-2:] for one in found] == [["--role-arn", ROLE]] * len(found), name
        assert len(found) in (0, 2), name


def test_without_a_role_none_is_assumed(built: Built) -> None:
    for path, content in built.items():
        assert b'"assume_role"' not in content, path
        assert b"--role-arn" not in content, path


def test_a_profile_reaches_terraform_and_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "of-this-machine")
    generated = synthesise({**shipped(), "deployer_role": ROLE}, tmp_path)
    files = [file for file in generated.rglob("*") if file.is_file()]
    assert len(files) > 20
    assert [
        file for file in files if b"of-this-machine" in file.read_bytes() or b'"profile"' in file.read_bytes()
    ] == []
    (tmp_path / "bin").mkdir()
    terraform = tmp_path / "bin" / "terraform"
    terraform.write_text('#!/bin/sh\nprintf %s "$AWS_PROFILE"\n')
    terraform.chmod(0o755)
    monkeypatch.setenv("PATH", str(terraform.parent), prepend=os.pathsep)
    (tmp_path / "copies").mkdir()
    assert Terraform(tmp_path / "copies", "plan").run("network", tmp_path, "version") == "of-this-machine"
    assert cdktf_cli.environment(os.environ, plain=True)["AWS_PROFILE"] == "of-this-machine"
