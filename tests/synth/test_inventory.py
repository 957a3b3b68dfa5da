"""The architecture's system holds what its table counts, and any other system can be counted."""

from collections.abc import Callable
from pathlib import Path

import pytest

from modules.cli.command_line import main
from modules.reports import inventory
from modules.spec.model import Spec
from tests.support.random_specs import System
from tests.synth.conftest import Built

# The architecture's "Resource Count"; what it writes with a plus may be more.
EXACTLY = {
    "VPC": 1,
    "Subnets": 6,
    "NAT Gateways": 3,
    "Internet Gateway": 1,
    "VPC Endpoints": 7,
    "EKS Cluster": 1,
    "Fargate Profiles": 7,
    "Fargate Pods (services.yaml)": 11,
    "RDS Instances": 2,
    "Redis Nodes": 2,
    "ALB": 1,
    "IRSA Roles": 5,
}
AT_LEAST = {"Security Groups": 5, "CloudWatch Log Groups": 10, "Total": 60}


def _write(files: Built, folder: Path) -> None:
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)


def _counts(files: Built, spec: Spec, folder: Path) -> dict[str, int]:
    """What `make inventory` counts of these files."""
    _write(files, folder)
    held = inventory.holds(folder, spec)
    return {row.what: row.count(held) for row in inventory.ROWS}


def test_every_number_of_the_architecture_is_met(spec: Spec, built: Built, tmp_path: Path) -> None:
    counts = _counts(built, spec, tmp_path)
    assert list(counts) == [*EXACTLY, *AT_LEAST]
    assert {what: counts[what] for what in EXACTLY} == EXACTLY
    assert {what: count for what, count in AT_LEAST.items() if counts[what] < count} == {}


def test_only_what_generated_holds_is_counted(spec: Spec, built: Built, tmp_path: Path) -> None:
    counts = _counts({path: built[path] for path in ("stacks/network/cdk.tf.json",)}, spec, tmp_path)
    assert {what for what, count in EXACTLY.items() if counts[what] == count} == {
        "VPC",
        "Subnets",
        "NAT Gateways",
        "Internet Gateway",
        "VPC Endpoints",
        "Fargate Pods (services.yaml)",
    }


def test_a_system_of_ones_own_is_counted_and_not_compared(
    build_system: Callable[[System], Built],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    own = {"project": "own", "region": "eu-west-1", "zones": ["a", "b"], "services": {"one": {"pods": 1}}}
    _write(build_system(own), tmp_path / "generated")
    assert main(["inventory", f"--file={tmp_path / 'services.yaml'}", f"--out={tmp_path / 'generated'}"]) == 0
    rows = [line.split("│") for line in capsys.readouterr().out.splitlines() if "│" in line]
    counts = {what.strip(): count.strip() for _, what, count, _ in rows}
    assert (counts["Subnets"], counts["Fargate Pods (services.yaml)"], counts["IRSA Roles"]) == ("4", "1", "1")
