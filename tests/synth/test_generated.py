"""generated/: the same bytes on every run and machine, plain Terraform, nothing of the machine in it."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

from hypothesis import HealthCheck, given

from modules.paths import ROOT
from modules.spec.model import Spec
from modules.synth.build import build
from tests.support import random_specs
from tests.support.run_synth import SHIPPED
from tests.support.tiers import sampled
from tests.synth.conftest import Built, spec_of, stack


def test_a_second_build_and_another_hash_seed_give_the_same_bytes(spec: Spec, built: Built, tmp_path: Path) -> None:
    assert build(spec) == built
    environment = os.environ | {"PYTHONHASHSEED": "7", "LC_ALL": "C", "TZ": "Asia/Tokyo", "HOME": str(tmp_path)}
    out = tmp_path / "elsewhere" / "generated"
    command: list[str | Path] = [sys.executable, ROOT / "main.py", "--file", SHIPPED, "--out", out]
    subprocess.run(command, cwd=tmp_path, env=environment, check=True, capture_output=True)
    assert {path: (out / path).read_bytes() for path in built} == built


def test_every_stack_keeps_its_state_at_a_relative_path(built: Built) -> None:
    for name in json.loads(built["manifest.json"])["stacks"]:
        assert stack(built, name)["terraform"]["backend"] == {"local": {"path": f"../../../state/{name}.tfstate"}}
        for state in stack(built, name)["data"].get("terraform_remote_state", {}).values():
            assert state["config"]["path"].startswith("../../../state/")


def test_no_path_of_the_machine_and_no_json_policy_is_in_it(built: Built) -> None:
    text = b"".join(built.values()).decode()
    assert not re.search(r'"/(root|home|tmp|work|usr|var|Users)/', text)
    assert '\\"Statement\\"' not in text
    assert '"//": {\n      "metadata": {\n        "path"' not in text


def test_providers_accept_both_majors_and_carry_no_argument_of_one(built: Built) -> None:
    for name in json.loads(built["manifest.json"])["stacks"]:
        content = stack(built, name)
        aws = content["terraform"]["required_providers"]["aws"]
        assert aws == {"source": "hashicorp/aws", "version": ">= 5.100.0, < 7.0.0"}
        assert "aws_region" not in content["data"]
        assert built[f"stacks/{name}/versions.tf"] == b'terraform {\n  required_version = ">= 1.11"\n}\n'


def test_the_manifest_orders_stacks_by_what_they_read(built: Built) -> None:
    stacks = json.loads(built["manifest.json"])["stacks"]
    for name, entry in stacks.items():
        reads = stack(built, name)["data"].get("terraform_remote_state", {})
        waits_for = {"platform"} if name.endswith("-service") else set()
        assert set(entry["dependencies"]) == {address.replace("_", "-") for address in reads} | waits_for


def test_addresses_never_start_with_a_digit_or_end_in_a_hash(built: Built) -> None:
    for name in json.loads(built["manifest.json"])["stacks"]:
        content = stack(built, name)
        for section in ("resource", "data"):
            for addresses in content.get(section, {}).values():
                for address in addresses:
                    assert re.fullmatch(r"[a-z_][a-z0-9_]*", address)
                    assert not re.search(r"_[0-9A-F]{8}$", address)


def test_state_in_s3_turns_every_stack_and_every_read(tmp_path: Path) -> None:
    system = {
        "project": "shop",
        "region": "eu-west-1",
        "state": {"s3": {"bucket": "shop-state", "region": "eu-central-1"}},
        "services": {"a": {}},
    }
    files = build(spec_of(system, tmp_path))
    for name in json.loads(files["manifest.json"])["stacks"]:
        backend = {"bucket": "shop-state", "key": f"shop/{name}.tfstate", "region": "eu-central-1"}
        content = stack(files, name)
        assert content["terraform"]["backend"] == {"s3": backend | {"encrypt": True, "use_lockfile": True}}
        for address, state in content["data"].get("terraform_remote_state", {}).items():
            state.pop("lifecycle", None)
            assert state == {"backend": "s3", "config": backend | {"key": f"shop/{address.replace('_', '-')}.tfstate"}}


def test_state_in_hcp_terraform_turns_every_stack_and_every_read(tmp_path: Path) -> None:
    hcp = {"organization": "acme", "project": "Web shop", "hostname": "terraform.example.com"}
    system = {"project": "shop", "region": "eu-west-1", "state": {"hcp": hcp}, "services": {"a": {}}}
    files = build(spec_of(system, tmp_path))
    place = {"organization": "acme", "hostname": "terraform.example.com"}
    for name in json.loads(files["manifest.json"])["stacks"]:
        content = stack(files, name)
        assert "backend" not in content["terraform"]
        assert content["terraform"]["cloud"] == place | {"workspaces": {"name": f"shop-{name}", "project": "Web shop"}}
        for address, state in content["data"].get("terraform_remote_state", {}).items():
            state.pop("lifecycle", None)
            workspace = {"workspaces": {"name": f"shop-{address.replace('_', '-')}"}}
            assert state == {"backend": "remote", "config": place | workspace}


def test_where_hcp_terraform_runs_the_aws_provider_logs_in_to_the_cluster(tmp_path: Path) -> None:
    hcp = {"state": {"hcp": {"organization": "acme"}}}
    files = build(spec_of({"project": "shop", "region": "eu-west-1", **hcp, "services": {"a": {}}}, tmp_path))
    token = "${ephemeral.aws_eks_cluster_auth.cluster.token}"
    for name in ("platform", "a"):
        content = stack(files, name)
        cluster = {"name": "${data.terraform_remote_state.cluster.outputs.cluster_name}"}
        assert content["ephemeral"] == {"aws_eks_cluster_auth": {"cluster": cluster}}
        (kubernetes,), (helm,) = content["provider"]["kubernetes"], content["provider"]["helm"]
        assert kubernetes["token"] == helm["kubernetes"]["token"] == token
        assert "exec" not in kubernetes | helm["kubernetes"]
    assert "ephemeral" not in stack(files, "network")


@sampled(minutes=5, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(random_specs.valid(most_services=3))
def test_random_valid_files_build_in_one_process(tmp_path: Path, system: random_specs.System) -> None:
    files = build(spec_of(system, tmp_path))
    assert set(json.loads(files["manifest.json"])["stacks"]) >= {"network", "cluster", *system["services"]}
    assert b"TfToken" not in b"".join(files.values())
