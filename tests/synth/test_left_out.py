"""`database: none`, `cache: none` and `flow_logs: false`: nothing of it is left, and all else stays."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from modules.deploy.passes import Change, passes, text
from modules.state import applied_stacks, record
from tests.support import made_up_states
from tests.support.random_specs import System
from tests.support.run_synth import shipped
from tests.synth.conftest import Built, stack
from tests.synth.test_cli import Run, run

__all__ = ["run"]

Build = Callable[[System], Built]
AURORA = ("rds", "aurora", "database")
REDIS = ("redis", "elasticache")
NOTHING_OPTIONAL: System = {
    "project": "shop",
    "region": "eu-west-1",
    "database": "none",
    "cache": "none",
    "load_balancer": "none",
    "network": {"flow_logs": False},
}


def without(words: tuple[str, ...], **keys: Any) -> System:
    """The shipped system with no service that has these words."""
    system = shipped() | keys
    for service in system["services"].values():
        has = service["aws"]
        kept = {word: has[word] for word in has if word not in words} if isinstance(has, dict) else has
        service["aws"] = kept if isinstance(has, dict) else [word for word in has if word not in words]
    return system


def addresses(built: Built, name: str) -> dict[str, Any]:
    found = stack(built, name).get("resource", {})
    return {f"{kind}.{key}": one for kind, named in found.items() for key, one in named.items()}


def names(built: Built) -> set[str]:
    return {path.split("/")[1] for path in built if path.startswith("stacks/")}


@pytest.mark.parametrize(
    ("key", "word", "gone", "title"), [("database", "rds", AURORA, "Aurora"), ("cache", "redis", REDIS, "Redis")]
)
def test_a_store_that_is_left_out_leaves_the_other_as_it_is(
    build_system: Build, key: str, word: str, gone: tuple[str, ...], title: str
) -> None:
    whole, left = build_system(without((word,))), build_system(without((word,), **{key: "none"}))
    before, after = addresses(whole, "data"), addresses(left, "data")
    assert not [place for place in after if any(one in place for one in gone)]
    assert after.keys() < before.keys()
    assert {place for place in after if after[place] != before[place]} == {"aws_kms_key.data"}
    assert title not in after["aws_kms_key.data"]["description"]
    assert not [output for output in stack(left, "data")["output"] if output.startswith(gone)]
    dashboard = json.dumps(stack(left, "platform")["locals"])
    assert title in json.dumps(stack(whole, "platform")["locals"])
    assert title not in dashboard
    others = names(whole) - {"data", "platform"}
    assert [name for name in others if stack(whole, name) != stack(left, name)] == []


def test_without_both_there_is_no_stack_data_and_nobody_reads_it(build_system: Build) -> None:
    built = build_system(without(("rds", "redis"), database="none", cache="none"))
    assert names(built) == {"network", "cluster", "edge", "platform", *shipped()["services"]}
    reads = {name: set(stack(built, name).get("data", {}).get("terraform_remote_state", {})) for name in names(built)}
    assert [name for name, read in reads.items() if "data" in read] == []
    assert set(json.loads(built["manifest.json"])["stacks"]) == names(built)


def test_without_flow_logs_the_network_lacks_them_alone(build_system: Build, built: Built) -> None:
    left = build_system(shipped() | {"network": {"flow_logs": False}})
    before, after = addresses(built, "network"), addresses(left, "network")
    assert {place.partition(".")[0] for place in before.keys() - after.keys()} == {
        "aws_cloudwatch_log_group",
        "aws_flow_log",
        "aws_iam_role",
        "aws_iam_role_policy",
    }
    assert after == {place: before[place] for place in after}
    assert [name for name in names(built) - {"network"} if stack(built, name) != stack(left, name)] == []


def test_a_system_that_uses_nothing_of_it_is_small_and_a_service_changes_its_own_stacks_alone(
    build_system: Build,
) -> None:
    one = build_system(NOTHING_OPTIONAL | {"services": {"worker": {"image": "v1", "command": ["celery", "worker"]}}})
    assert names(one) == {"network", "cluster", "platform", "worker"}
    kinds = {place.partition(".")[0] for name in names(one) for place in addresses(one, name)}
    bought = {"aws_rds_cluster", "aws_elasticache_replication_group", "aws_lb", "aws_wafv2_web_acl", "aws_flow_log"}
    assert kinds & bought == set()
    services = {"worker": {"image": "v1", "command": ["celery", "worker"]}, "mails": {"aws": ["sqs"]}}
    two = build_system(NOTHING_OPTIONAL | {"services": services})
    assert {name for name in names(two) if name not in names(one) or stack(one, name) != stack(two, name)} == {
        "cluster",
        "platform",
        "mails",
    }


# --- of a system that is deployed


@pytest.fixture
def deployed(run: Run, tmp_path: Path) -> Run:
    assert run(shipped()).returncode == 0
    made_up_states.apply(tmp_path / "generated")
    return run


def test_aurora_of_a_deployed_system_does_not_go_silently(deployed: Run) -> None:
    said = deployed(without(("rds",), database="none"))
    assert said.returncode == 1
    assert " database\n" in said.stderr
    assert "With this change the stack data, which is applied, would lose its Aurora cluster" in said.stderr
    assert "Leave out `database: none`. To give it up with its data: `retired: {aurora: destroy}`." in said.stderr
    both = deployed(without(("rds", "redis"), database="none", cache="none"))
    assert "The stack data would be removed from generated/, but its state still contains" in both.stderr
    assert "`retired: {aurora: destroy, redis: destroy}`" in both.stderr


def test_a_retired_aurora_goes_in_passes_after_who_uses_it(deployed: Run, tmp_path: Path) -> None:
    system = without(("rds",), database="none", retired={"aurora": "destroy"})
    assert deployed(system).returncode == 0
    out = tmp_path / "generated"
    found = json.loads((out / "stacks" / "data" / "retired.json").read_text())["resource"]
    assert found["aws_rds_cluster"]["main"]["deletion_protection"] is False
    assert found.keys() == {"aws_rds_cluster"}
    again = deployed(system)
    assert (again.returncode, again.stdout) == (0, "")
    stacks = applied_stacks.read(out)
    held = record.read(out, "lifelong.json").on_disk
    change = Change(stacks, held, {name: one.state for name, one in stacks.items()}, ())
    order = [text(one) for one in passes(change, stacks.values())]
    assert "data (allow to delete)" in order
    assert order[-1] == "data"
    assert order.index("data (allow to delete)") < order.index("platform")


def test_the_stack_stays_until_both_are_gone(deployed: Run, tmp_path: Path) -> None:
    ways = {"aurora": "destroy", "redis": "destroy"}
    system = without(("rds", "redis"), database="none", cache="none")
    assert deployed(system | {"retired": ways}).returncode == 0
    data = tmp_path / "generated" / "stacks" / "data"
    assert "resource" not in json.loads((data / "cdk.tf.json").read_text())
    assert deployed(system).returncode == 1
    made_up_states.apply(tmp_path / "generated", "data")  # as after the apply
    assert deployed(system).returncode == 0
    assert not data.exists()
