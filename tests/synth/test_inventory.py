"""The shipped system holds what the architecture's table counts."""

from pathlib import Path

from modules.paths import ROOT
from modules.reports import inventory
from modules.spec.model import Spec
from tests.synth.conftest import Built


def test_every_number_of_the_architecture_is_met(spec: Spec) -> None:
    held = inventory.holds(ROOT / "generated", spec)
    assert [f"{row.what}: {row.count(held)}, not {row.asked}" for row in inventory.ROWS if not row.fits(held)] == []


def test_a_number_that_differs_is_seen(spec: Spec, built: Built, tmp_path: Path) -> None:
    folder = tmp_path / "stacks" / "network"
    folder.mkdir(parents=True)
    (folder / "cdk.tf.json").write_bytes(built["stacks/network/cdk.tf.json"])
    held = inventory.holds(tmp_path, spec)
    assert {row.what for row in inventory.ROWS if row.fits(held)} == {
        "VPC",
        "Subnets",
        "NAT Gateways",
        "Internet Gateway",
        "VPC Endpoints",
        "Fargate Pods (services.yaml)",
    }
