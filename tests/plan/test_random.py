"""Terraform validates what random valid files become."""

import tempfile
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, settings

from modules.build import build
from tests import systems
from tests.synth.conftest import spec_of
from tests.terraform import Workspace


@settings(max_examples=3, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
@given(systems.valid(most_services=2))
def test_terraform_validates_three_random_systems(system: systems.System) -> None:
    system.pop("state", None)  # initialising a backend in S3 takes S3
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for path, content in build(spec_of(system, folder)).items():
            (folder / "tree" / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / "tree" / path).write_bytes(content)
        workspace = Workspace(folder / "tree", folder, {})

        def validate(stack: str) -> None:
            workspace.init(stack)
            workspace.validate(stack)

        workspace.each(validate)
