"""Terraform validates what examples/ become; tests/golden holds what that is."""

import shutil
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from modules.paths import ROOT
from tests.support.run_synth import synthesise
from tests.support.terraform_workspace import Workspace

WITH_EVERYTHING = ROOT / "examples" / "everything" / "services.yaml"
OTHERS = sorted(set(ROOT.glob("examples/*/services.yaml")) - {WITH_EVERYTHING})


def _validate(example: Path, folder: Path) -> dict[str, None]:
    system = YAML(typ="safe").load(example.read_text(encoding="utf-8"))
    system.pop("state", None)  # initialising a backend in S3 takes S3
    if (texts := example.parent / "config").is_dir():  # files that it names
        shutil.copytree(texts, folder / "config")
    (folder / "terraform").mkdir()
    workspace = Workspace(synthesise(system, folder), folder / "terraform", {})

    def validate(stack: str) -> None:
        workspace.init(stack)
        workspace.validate(stack)

    return workspace.each(validate)


def test_terraform_validates_the_example_of_everything(tmp_path: Path) -> None:
    assert {"network", "store", "reports", "mails"} <= set(_validate(WITH_EVERYTHING, tmp_path))


@pytest.mark.nightly(minutes=1)
@pytest.mark.parametrize("example", OTHERS, ids=lambda example: example.parent.name)
def test_terraform_validates_the_other_examples(example: Path, tmp_path: Path) -> None:
    assert "network" in _validate(example, tmp_path)
