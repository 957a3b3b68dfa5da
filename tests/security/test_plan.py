"""checkov on the plan of the shipped system, which has the provider's defaults, finds nothing but what is accepted."""

import subprocess
from pathlib import Path

import pytest

from modules.gate.accepted import left
from tests.support.emulator import emulated_aws
from tests.support.one_root import OneRoot
from tests.support.run_synth import shipped, synthesise
from tests.support.security import checkov
from tests.support.terraform_workspace import Workspace

# A plan knows no key of a stack that is not applied yet; the rule `logs` of our own holds the key in the JSON.
UNKNOWN = "CKV_AWS_158"
LEAST = 800


class NotApplied(Workspace):
    """Every state is empty."""

    def run(self, stack: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        assert arguments == ("state", "pull")
        return subprocess.CompletedProcess([], 0, '{"resources": []}', "")


@pytest.mark.nightly(minutes=3)
def test_nothing_is_found_in_the_plan_of_all_stacks_but_what_is_accepted(tmp_path: Path) -> None:
    for name in ("work", "root"):
        (tmp_path / name).mkdir()
    system = shipped()
    with emulated_aws(tmp_path / "log") as aws:
        root = OneRoot(NotApplied(synthesise(system, tmp_path), tmp_path / "work", aws), tmp_path / "root")
        root.plan()
        scan = checkov.of_plans({"all": root.shown()})
    assert scan.checked > LEAST
    found = [one._replace(place=one.place.removeprefix("all module.").replace(".", " ", 1)) for one in scan.findings]
    remaining = left(found, system)
    assert [one for one in remaining if one.check != UNKNOWN] == []
    assert len(found) > len(remaining) > 0
