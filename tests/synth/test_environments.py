"""Environments of one file in generated/: each has its own stacks and states, and none changes a byte of another."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from modules.checks.check import check
from modules.cli import command_line
from modules.paths import ROOT
from modules.synth.build import build
from tests.support import made_up_states
from tests.support.random_specs import System
from tests.synth.conftest import Built, stack
from tests.synth.test_cli import Run, run
from tests.unit.conftest import TODAY

__all__ = ["run"]

EXAMPLE = ROOT / "examples" / "environments" / "services.yaml"
DEV: dict[str, Any] = {"network": {"cidr": "10.1.0.0/16"}, "services": {"orders": {"pods": 1}}}


def system(**environments: Any) -> System:
    return {
        "project": "shop",
        "region": "eu-west-1",
        "services": {"orders": {"path": "/orders", "aws": {"sqs": {}, "dynamodb": {}}}, "web": {"calls": ["orders"]}},
        **({"environments": environments} if environments else {}),
    }


def _files(folder: Path) -> dict[str, bytes]:
    generated = folder / "generated"
    return {str(one.relative_to(generated)): one.read_bytes() for one in generated.rglob("*") if one.is_file()}


def _others(files: dict[str, bytes], name: str) -> dict[str, bytes]:
    """Without the files of an environment, and of what lists all of them."""
    lists = ("manifest.json", ".files")
    return {
        path: content
        for path, content in files.items()
        if not path.startswith((f"stacks/{name}-", f"{name}-")) and path not in lists
    }


@pytest.fixture(scope="module")
def example() -> Built:
    checked = check(EXAMPLE, TODAY)
    return build(checked.specs[0], further=checked.specs[1:])


def test_adding_changing_and_removing_an_environment_changes_no_byte_of_another(run: Run, tmp_path: Path) -> None:
    assert run(system()).returncode == 0
    base = _others(_files(tmp_path), "none")
    assert run(system(dev=DEV)).returncode == 0
    assert _others(_files(tmp_path), "dev") == base
    assert run(system(dev=DEV, prod={"network": {"cidr": "10.2.0.0/16"}})).returncode == 0
    with_prod = _others(_files(tmp_path), "dev")
    changed = {**DEV, "log_days": 7, "services": {"orders": {"pods": 3, "aws": ["s3"]}, "more": {}}}
    assert run(system(dev=changed, prod={"network": {"cidr": "10.2.0.0/16"}})).returncode == 0
    assert _others(_files(tmp_path), "dev") == with_prod
    assert run(system()).returncode == 0
    assert _others(_files(tmp_path), "none") == base
    assert [path.name for path in (tmp_path / "generated" / "stacks").glob("dev-*")] == []


def test_each_environment_has_states_of_its_own_and_reads_no_others(example: Built) -> None:
    manifest = json.loads(example["manifest.json"])["stacks"]
    states = {}
    for name in manifest:
        content = stack(example, name)
        states[name] = content["terraform"]["backend"]["local"]["path"]
        environment = name.rpartition("-")[0]
        for one in content.get("data", {}).get("terraform_remote_state", {}).values():
            read = Path(one["config"]["path"]).stem
            assert read.rpartition("-")[0] == environment, name
        assert {other.rpartition("-")[0] for other in manifest[name]["dependencies"]} <= {environment}
    assert states == {name: f"../../../state/{name}.tfstate" for name in manifest}
    parts = ["cluster", "data", "edge", "network", "orders", "platform", "web"]
    assert sorted(manifest) == sorted([*parts, *(f"{name}-{part}" for name in ("dev", "prod") for part in parts)])


def test_no_aws_name_of_one_environment_is_another_ones(example: Built) -> None:
    """Names that Terraform completes with the account's id are told apart by what is before it."""
    keys = (
        "name",
        "bucket",
        "cluster_identifier",
        "replication_group_id",
        "identifier",
        "repository",
        "dashboard_name",
    )
    owners: dict[tuple[str, str], str] = {}
    for name in json.loads(example["manifest.json"])["stacks"]:
        for kind, resources in stack(example, name)["resource"].items():
            if not kind.startswith("aws_"):
                continue
            for one in resources.values():
                for key in keys:
                    if (
                        isinstance(value := one.get(key), str)
                        and not value.startswith("${")
                        and kind
                        not in ("aws_iam_role_policy", "aws_route53_record", "aws_rds_cluster_role_association")
                        and "cluster_name" not in one
                    ):
                        owner = owners.setdefault((kind, value), name.rpartition("-")[0])
                        assert owner == name.rpartition("-")[0], (kind, value)
    assert len(owners) > 100


def test_the_account_of_an_environment_is_the_one_that_terraform_admits(example: Built) -> None:
    for name in json.loads(example["manifest.json"])["stacks"]:
        (provider,) = stack(example, name)["provider"]["aws"]
        expected = "222233334444" if name.startswith("prod-") else "111122223333"
        assert provider["allowed_account_ids"] == [expected]


def test_one_that_is_deployed_can_not_be_taken_out(run: Run, tmp_path: Path) -> None:
    run(system(dev=DEV))
    made_up_states.apply(tmp_path / "generated", "dev-network")
    before = _files(tmp_path)
    done = run(system())
    assert done.returncode == 1
    assert "The stack dev-network would be removed from generated/, but its state still contains" in done.stderr
    assert "Put `environments: {dev: …}` back into services.yaml." in done.stderr
    assert "make destroy ENV=dev" in done.stderr
    assert _files(tmp_path) == before


def test_what_an_environment_would_lose_is_refused_at_its_own_line(run: Run, tmp_path: Path) -> None:
    run(system(dev=DEV))
    made_up_states.apply(tmp_path / "generated", "dev-orders")
    made_up_states.apply(tmp_path / "generated", "dev-network")
    done = run(system(dev={**DEV, "without": ["services.orders.aws.sqs"]}))
    assert done.returncode == 1
    assert "the stack dev-orders, which is applied, would lose its queue" in done.stderr
    done = run(system(dev={**DEV, "network": {"cidr": "10.9.0.0/16"}}))
    assert done.returncode == 1
    assert re.search(
        r"services\.yaml:\d+ environments\.dev\.network\.cidr\n  error: It is 10\.9\.0\.0/16, and was", done.stderr
    )
    assert run({**system(dev=DEV), "network": {"cidr": "10.9.0.0/16"}}).returncode == 0


def test_explain_show_and_compare_say_what_counts(run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def main(*words: str) -> str:
        assert command_line.main([*words, "--file", str(EXAMPLE)]) == 0
        return capsys.readouterr().out

    assert main("explain", "--env", "dev", "services.orders.cpu") == (
        "services.orders.cpu: 0.25\n"
        "  services.yaml:36 environments.dev.services.orders.cpu\n"
        "  replaces 0.5 (services.yaml:21)\n"
    )
    assert main("explain", "--env", "prod", "database.max_acu").startswith("database.max_acu: 16\n  prod.yaml:4 ")
    assert main("explain", "services.web.pods") == "services.web.pods: 2\n  the default\n"
    assert "cidr: 10.17.0.0/16" in main("show", "--env", "dev")
    rows = [line.split() for line in main("compare", "staging", "dev").splitlines()]
    assert ["services.web.pods", "2", "1"] in rows
    assert ["services.orders.egress", "[internet]", "—"] in rows or ["services.orders.egress", "[{}]", "—"] in rows
    code = command_line.main(["explain", "--env", "deev", "services", "--file", str(EXAMPLE)])
    assert code == 1
    assert 'Did you mean "dev"?' in capsys.readouterr().err


def test_reports_are_of_the_environment_that_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = tmp_path / "dev.html"
    for words in (["report", "--output", str(page)], ["diagram", "--out", str(tmp_path)], ["matrix"], ["cost"]):
        assert command_line.main([*words, "--env", "dev", "--file", str(EXAMPLE)]) == 0
    text = page.read_text(encoding="utf-8")
    assert "dev-orders" in text
    assert "prod-orders" not in text
    capsys.readouterr()
    costs = {}
    for name in ("dev", "prod"):
        assert command_line.main(["cost", "--env", name, "--file", str(EXAMPLE), "--json"]) == 0
        costs[name] = json.loads(capsys.readouterr().out)
    assert costs["prod"]["total"]["at_rest"] > 1.5 * costs["dev"]["total"]["at_rest"]
    assert {stack.partition("-")[0] for stack in costs["dev"]["stacks"]} == {"dev"}


def test_an_environment_can_pull_from_the_repositories_of_the_base(example: Built) -> None:
    repositories = {
        name: set(stack(example, name)["resource"].get("aws_ecr_repository", {}))
        for name in ("orders", "dev-orders", "prod-orders")
    }
    assert repositories == {"orders": {"orders"}, "dev-orders": set(), "prod-orders": {"orders"}}
    address = "111122223333.dkr.ecr.eu-west-1.amazonaws.com/store/orders"
    assert stack(example, "dev-orders")["output"]["repository_url"]["value"] == address
    assert stack(example, "dev-orders")["locals"]["values"]["repository_url"] == address
