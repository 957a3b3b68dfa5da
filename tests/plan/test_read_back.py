"""What AWS may read back otherwise than it was written: a second plan by the real provider shows no change.

The stack's own cluster, without what it refers to. docs/faults.md says what is still to be seen on AWS.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.emulator import clients, emulated_aws
from tests.support.run_synth import shipped, synthesise
from tests.support.terraform_workspace import Workspace

# Without references, and as far as a second plan of the cluster alone is empty.
KEPT = (
    *("engine", "engine_mode", "engine_version", "master_username", "manage_master_user_password"),
    *("database_insights_mode", "skip_final_snapshot", "lifecycle"),
)


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    with emulated_aws(tmp_path_factory.mktemp("emulator") / "log") as environment:
        yield environment


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Stack `data` as it is generated."""
    generated = synthesise({**shipped(), "protection": False}, tmp_path_factory.mktemp("system"))
    return dict(json.loads((generated / "stacks" / "data" / "cdk.tf.json").read_text()))


@pytest.mark.nightly(minutes=3)
@pytest.mark.parametrize("ignored", [True, False], ids=["as generated", "without ignore_changes"])
def test_insights_that_aws_reads_back_on_the_cluster_are_not_turned_off(
    aws: dict[str, str], stack: dict[str, Any], tmp_path: Path, *, ignored: bool
) -> None:
    cluster = {key: stack["resource"]["aws_rds_cluster"]["main"][key] for key in KEPT if ignored or key != "lifecycle"}
    cluster["cluster_identifier"] = "ignored" if ignored else "plain"
    workspace = _workspace(
        {
            "provider": {"aws": {"region": "eu-west-1"}},
            "terraform": {"required_providers": {"aws": stack["terraform"]["required_providers"]["aws"]}},
            "resource": {"aws_rds_cluster": {"main": cluster}},
        },
        tmp_path,
        aws,
    )
    workspace.init("data")
    workspace.apply("data")
    assert workspace.plan("data").code == 0
    clients(aws)("rds").modify_db_cluster(
        DBClusterIdentifier=cluster["cluster_identifier"], EnablePerformanceInsights=True
    )
    plan = workspace.plan("data")
    assert plan.code == (0 if ignored else 2), plan.text
    assert ("performance_insights_enabled" in plan.text) != ignored


def _workspace(content: dict[str, Any], folder: Path, aws: dict[str, str]) -> Workspace:
    generated = folder / "made"
    (generated / "stacks" / "data").mkdir(parents=True)
    (generated / "stacks" / "data" / "cdk.tf.json").write_text(json.dumps(content))
    (generated / "manifest.json").write_text(json.dumps({"stacks": {"data": {"dependencies": []}}}))
    return Workspace(generated, folder, aws)
