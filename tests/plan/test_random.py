"""Terraform validates what random valid files become."""

import tempfile
from pathlib import Path

from hypothesis import HealthCheck, Phase, given

from modules.synth.build import build
from tests.support import random_specs
from tests.support.terraform_workspace import Workspace
from tests.support.tiers import sampled
from tests.synth.conftest import spec_of


@sampled(gate=1, nightly=40, minutes=20, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
@given(random_specs.valid(most_services=2))
def test_terraform_validates_random_systems(system: random_specs.System) -> None:
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
