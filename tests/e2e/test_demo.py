"""`make demo` and `make demo-down` as a user runs them, on a smaller system: it comes up, shows itself, and is gone."""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from ruamel.yaml import YAML

from demo.place import Place
from demo.up import HALVES, PLAYED, RUN, WHOLE
from modules.paths import ROOT
from tests.support import node
from tests.support.control_plane import PROGRAMS
from tests.support.go_tools import binaries
from tests.support.process_group import has_ended
from tests.support.run_synth import shipped
from tests.support.terraform_workspace import require_aws_provider
from tests.support.tool_missing import ToolMissing

SERVICE = "payment-service"
STACKS = ("network", "cluster", "data", "edge", "platform", SERVICE)
RUNS = node.lacking() is None
LOOK = """
import boto3
for group in boto3.client("elbv2").describe_target_groups()["TargetGroups"]: print(group["TargetGroupName"])
print(boto3.client("eks").describe_cluster(name="shop")["cluster"]["status"])
"""


class Demo(NamedTuple):
    said: str
    complaints: str
    place: Place

    def shell(self, script: str) -> str:
        """What a command says in a shell that looks around."""
        inside = ["sh", "-c", f'. "{self.place.folder / "environment"}"; {script}']
        return subprocess.run(inside, check=True, capture_output=True, text=True, timeout=300).stdout


def command(*arguments: str | Path) -> list[str | Path]:
    return [sys.executable, "-m", "demo", *arguments]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    if not shutil.which("terraform"):
        raise ToolMissing("terraform is not on PATH: install 1.11 or newer")
    binaries([*PROGRAMS, *(node.ALL_PROGRAMS if RUNS else ())])
    folder = tmp_path_factory.mktemp("demo")
    file = folder / "services.yaml"
    YAML(typ="safe").dump({**shipped(), "services": {SERVICE: shipped()["services"][SERVICE]}}, file)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", str(folder))
        patch.setenv("COLUMNS", "120")
        done = subprocess.run(command("--file", file), cwd=ROOT, capture_output=True, text=True, check=False)
        try:
            if done.returncode:
                require_aws_provider(f"{done.stdout}{done.stderr}")
            assert done.returncode == 0, f"{done.stdout}{done.stderr}"
            yield Demo(done.stdout, done.stderr, Place.of_the_user())
        finally:
            subprocess.run(command("down"), cwd=ROOT, check=True, capture_output=True)


def test_it_says_how_it_deploys_and_how_long_each_stack_took(demo: Demo) -> None:
    assert (HALVES in demo.complaints) != (WHOLE in demo.complaints)
    assert (RUN if RUNS else PLAYED) in demo.complaints
    for stack in STACKS:
        assert re.search(rf"^ *\d+ s  {stack}: [1-9]\d* resources \(\d+ s\)$", demo.complaints, re.MULTILINE), stack


def test_it_shows_stacks_pods_and_routes(demo: Demo) -> None:
    stacks, _, rest = demo.said.partition("Pods")
    rows = [line.split() for line in stacks.splitlines()]
    made = {row[0]: int(row[1]) for row in rows if row and row[0] in STACKS}
    assert sorted(made) == sorted(STACKS)
    assert [row[:3] for row in rows if row[1:2] == ["stacks"]] == [["6", "stacks", str(sum(made.values()))]]
    rows = [line.split() for line in rest.splitlines()]
    assert [SERVICE, "2", "Running"] in rows
    assert ["1", "namespaces", "2", "pods", "Running"] in rows
    assert ["/api/payments", f"{SERVICE}:8080", f"shop-{SERVICE}"] in rows


def test_the_commands_that_it_shows_find_what_it_shows(demo: Demo) -> None:
    listed = [line.strip() for line in demo.said.partition("Look around")[2].splitlines() if line.startswith("  ")]
    shown = [line for line in listed if line.startswith(("kubectl", "helm"))]
    assert len(shown) == (4 if RUNS else 2)
    said = "".join(demo.shell(line) for line in shown)
    assert len(re.findall(rf"^{SERVICE} +{SERVICE}-\S+ +1/1 +Running", said, re.MULTILINE)) == 2
    assert len(re.findall(rf"^{SERVICE}(?:-network)?\s+{SERVICE}\s+1\s.*deployed", said, re.MULTILINE)) == 2
    if RUNS:
        assert "listening on :8080\n" in said
        assert f"\n{SERVICE} has no image yet: write `image:` in services.yaml\n" in said
    # In the place of the AWS CLI, which need not be here; it takes its endpoint from the same environment.
    assert demo.shell(f"{sys.executable} -c '{LOOK}'").split() == [f"shop-{SERVICE}", "ACTIVE"]


def test_down_leaves_no_process_and_no_file(demo: Demo) -> None:
    holder = demo.place.holder()
    assert holder
    pids = _with_descendants(holder["pid"])
    assert len(pids) > (12 if RUNS else 6)  # of the control plane, of the node and its pods, and who holds them
    subprocess.run(command("down"), cwd=ROOT, check=True)
    assert [pid for pid in pids if not has_ended(pid)] == []
    assert not demo.place.folder.exists()


def _with_descendants(pid: int) -> set[int]:
    listed = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], check=True, capture_output=True, text=True).stdout
    parents = {int(child): int(parent) for child, parent in map(str.split, listed.splitlines())}
    found = {pid}
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return found
