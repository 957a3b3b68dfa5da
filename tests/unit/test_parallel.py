"""How many stacks at once, and `make plan` with a small script in place of terraform: side by side, by the graph."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from modules import parallel
from modules.errors import CommandError
from modules.parallel import Skipped
from modules.paths import ROOT
from modules.plan import left_out, system
from modules.plan.planner import StackPlan
from modules.plan.system import Planned, Question
from tests.support import child_process
from tests.support.fake_terraform import FakeTerraform, generate

DIAMOND = {"network": [], "cluster": ["network"], "data": ["network"], "orders": ["cluster", "data"]}
WIDE = {"network": [], **{f"service-{number}": ["network"] for number in range(6)}}
SECONDS = 30  # a hundred times what a wait here takes


@pytest.fixture
def terraform(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeTerraform:
    monkeypatch.setenv("PATH", f"{tmp_path}/bin:/usr/bin:/bin")
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    return FakeTerraform(tmp_path)


def plan(terraform: FakeTerraform, graph: dict[str, list[str]], at_once: int) -> tuple[Planned, list[str]]:
    said: list[str] = []
    generate(terraform.folder / "generated", graph)
    return system.plan(Question(terraform.folder / "generated", at_once=at_once), lambda _: None, said.append), said


def test_stacks_that_do_not_depend_on_each_other_are_planned_at_once_and_no_more_than_the_bound(
    terraform: FakeTerraform,
) -> None:
    terraform.takes(0.3, "plan")
    found, said = plan(terraform, WIDE, at_once=3)
    assert list(found) == list(WIDE)
    assert all(isinstance(one, StackPlan) for one in found.values())
    assert terraform.most("plan") == 3
    assert terraform.most("init") == 1, "the plugin cache is for one at a time"
    assert all(terraform.before("plan", "network", other) for other in list(WIDE)[1:])
    assert said[0] == "planned network (1 of 7)"


def test_with_one_at_once_nothing_overlaps(terraform: FakeTerraform) -> None:
    found, said = plan(terraform, DIAMOND, at_once=1)
    assert terraform.stacks("plan") == [*found] == [*DIAMOND]
    assert terraform.most("plan") == 1
    assert said == [f"planned {name} ({number} of 4)" for number, name in enumerate(DIAMOND, 1)]


def test_a_stack_waits_for_all_that_it_reads(terraform: FakeTerraform) -> None:
    terraform.takes(0.2, "plan")
    found, _ = plan(terraform, DIAMOND, at_once=4)
    assert list(found) == list(DIAMOND)
    assert terraform.most("plan") == 2
    assert terraform.before("plan", "cluster", "orders")
    assert terraform.before("plan", "data", "orders")


def test_a_stack_that_fails_stops_only_those_downstream_and_all_failures_are_told(terraform: FakeTerraform) -> None:
    terraform.fails("plan", "cluster")
    terraform.fails("plan", "queue", "Error: so is this\n")
    found, said = plan(terraform, {**DIAMOND, "queue": [], "mails": ["data"]}, at_once=2)
    planned = [name for name, one in found.items() if isinstance(one, StackPlan)]
    assert planned == ["network", "data", "mails"]
    assert found["orders"] == Skipped("cluster")
    errors = [str(one) for one in found.values() if isinstance(one, CommandError)]
    assert len(errors) == 2
    assert "plan queue\n  terraform plan failed on a copy of the stack:\n  Error: so is this" in "\n".join(errors)
    assert left_out.failed(found)[-1] == (
        "cluster could not be planned (terraform plan failed on a copy of the stack). "
        "Not tried, as downstream of it: orders."
    )
    assert any(line.startswith("skipped orders (") and line.endswith("): cluster failed") for line in said)
    assert sum(line.startswith("failed at ") for line in said) == 2


def test_ctrl_c_ends_every_terraform_and_removes_the_copies(terraform: FakeTerraform) -> None:
    terraform.takes(60, "plan")
    generate(terraform.folder / "generated", WIDE | {"network-b": []})
    call = (
        "import sys, pathlib; from modules.plan import system; from modules.plan.system import Question;"
        "system.plan(Question(pathlib.Path(sys.argv[1]), at_once=2), lambda _: None, print)"
    )
    process = child_process.start(
        [sys.executable, "-c", call, str(terraform.folder / "generated")], cwd=ROOT, stderr=subprocess.PIPE
    )
    _until(lambda: len(terraform.stacks("plan")) == 2)
    (private,) = terraform.folder.glob("eks-plan-*")
    assert _running(private)
    process.send_signal(signal.SIGINT)
    assert "KeyboardInterrupt" in process.communicate(timeout=SECONDS)[1]
    assert list(terraform.folder.glob("eks-plan-*")) == []
    assert _running(private) == []


def test_the_number_is_a_whole_one_from_1() -> None:
    assert parallel.at_once("3") == 3
    for wrong in ("0", "-1", "two", "1.5", "²"):
        with pytest.raises(CommandError, match="has to be a whole number from 1"):
            parallel.at_once(wrong)


@pytest.mark.parametrize(("cores", "gigabytes", "expected"), [(2, 16, 2), (16, 2, 2), (64, 64, 8), (2, 0, 1)])
def test_without_a_number_cores_and_free_memory_say_it(
    monkeypatch: pytest.MonkeyPatch, cores: int, gigabytes: int, expected: int
) -> None:
    monkeypatch.setattr(parallel, "_cores", lambda: cores)
    monkeypatch.setattr(parallel, "_free_memory", lambda: gigabytes * 10**9)
    assert parallel.at_once(None) == expected


def test_memory_is_what_is_free_and_what_a_container_may_have(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    memory, limit = tmp_path / "meminfo", tmp_path / "memory.max"
    monkeypatch.setattr(parallel, "_MEMORY", memory)
    monkeypatch.setattr(parallel, "_OF_CONTAINER", limit)
    assert parallel._free_memory() > 0, "macOS has neither file"
    memory.write_text("MemTotal:  9000000 kB\nMemAvailable:  4000000 kB\n")
    limit.write_text("max\n")
    assert parallel._free_memory() == 4_000_000 * 1024
    limit.write_text("1000000000\n")
    assert parallel._free_memory() == 1_000_000_000


def _running(folder: Path) -> list[int]:
    """Processes that work below the folder."""
    found = []
    for link in Path("/proc").glob("[0-9]*/cwd"):
        try:
            place = str(link.readlink()).removesuffix(" (deleted)")
        except OSError:
            continue
        if Path(place).is_relative_to(folder):
            found.append(int(link.parent.name))
    return found


def _until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)
