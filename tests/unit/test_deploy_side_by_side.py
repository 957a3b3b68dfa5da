"""make deploy and destroy of several stacks at once, with a small script in place of terraform that takes its time."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from modules.deploy import side_by_side
from modules.deploy.outcome import Outcome
from modules.deploy.passes import How, Pass
from modules.state import applied_stacks
from tests.support import child_process, on_terminal
from tests.support.aws_answers import AwsAnswers
from tests.support.fake_terraform import DONE, NOTHING, FakeTerraform, generate

from .test_deploy import REPOSITORY, Machine

ORDER = ["network", "cluster", "platform", "order"]
OTHERS = {"data": ["network"], "edge": ["network"], "mails": ["data"]}
SECONDS = 30
CALL = (
    "import pathlib, sys; from modules.cli import command_line, deploy; deploy.ROOT = pathlib.Path(sys.argv[1]);"
    "from modules.doctor import examine, finding; examine.ACCOUNT = {};"
    "examine.log_in = lambda spec: (None, finding.ok('account 111122223333'));"
    "sys.exit(command_line.main(sys.argv[2:]))"
)


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, logged_in: AwsAnswers) -> Machine:
    """network; cluster, data and edge read it; platform reads cluster, order that, and mails data."""
    monkeypatch.setenv("PATH", f"{tmp_path}/bin:/usr/bin:/bin")
    found = Machine(tmp_path)
    for name, needs in OTHERS.items():
        found.add(name, *needs)
    return found


@pytest.fixture
def terraform(machine: Machine) -> FakeTerraform:
    return FakeTerraform(machine.root)


def deploy(machine: Machine, *words: str, at_once: int = 2) -> int:
    return machine.main("deploy", "--auto-approve", f"--at-once={at_once}", *words)


def statuses(capfd: pytest.CaptureFixture[str], code: int) -> dict[str, str]:
    out, said = capfd.readouterr()
    found = json.loads(out)
    assert found["exit_code"] == code, said
    return {one["stack"]: one["status"] for one in found["stacks"]}


def test_stacks_are_applied_at_once_by_their_graph_and_within_the_bound(
    machine: Machine, terraform: FakeTerraform, capfd: pytest.CaptureFixture[str]
) -> None:
    terraform.takes(0.2, "apply")
    assert deploy(machine) == 0, capfd.readouterr().err
    assert sorted(terraform.stacks("apply")) == sorted([*ORDER, *OTHERS])
    assert terraform.most("apply") == 2
    assert terraform.most("init") == 1, "the plugin cache is for one at a time"
    for name, needs in {"cluster": ["network"], "platform": ["cluster"], "order": ["platform"], **OTHERS}.items():
        assert all(terraform.before("apply", one, name) for one in needs), name
    assert machine.asked == [], "cdktf is for where something is asked"


def test_one_at_once_is_as_it_was_by_cdktf_one_after_another(machine: Machine, terraform: FakeTerraform) -> None:
    assert deploy(machine, at_once=1) == 0
    assert len(machine.asked) == 7
    assert terraform.stacks("apply") == []


def test_what_a_stack_says_is_shown_whole_when_it_ends(
    machine: Machine, terraform: FakeTerraform, capfd: pytest.CaptureFixture[str]
) -> None:
    terraform.takes(0.2, "apply")
    terraform.says("".join(f"line {number}\n" for number in range(5)))
    assert deploy(machine) == 0
    said = capfd.readouterr().err
    block = r"line 0\nline 1\nline 2\nline 3\nline 4\ndeploy (\w+): done in \d+ s \(\d of 7, \d+ s in all\)\n"
    assert len(re.findall(block, said)) == 7
    assert "at most 2 at once; PARALLEL=1 is one after another\n" in said


def test_a_failure_stops_only_what_is_downstream_and_a_rerun_resumes(
    machine: Machine, terraform: FakeTerraform, capfd: pytest.CaptureFixture[str]
) -> None:
    terraform.fails("apply", "cluster", "╷\n│ Error: no room\n│ \n│   on cdk.tf.json line 3\n╵\n")
    assert deploy(machine, "--json") == 1
    out, said = capfd.readouterr()
    assert [(one["where"], one["text"]) for one in json.loads(out)["problems"]] == [
        ("deploy cluster", "Error: no room\n  on cdk.tf.json line 3")
    ]
    found = {one.pop("stack"): one for one in json.loads(out)["stacks"]}
    assert {name: one["status"] for name, one in found.items()} == {
        "network": "applied",
        "cluster": "failed",
        "data": "applied",
        "edge": "applied",
        "platform": "skipped",
        "mails": "applied",
        "order": "skipped",
    }
    assert found["cluster"]["error"] == ["Error: no room", "  on cdk.tf.json line 3"]
    assert (found["order"]["because"], found["platform"]["because"]) == ("cluster", "cluster")
    assert "  cluster   failed (exit code 1)" in said
    assert "      Error: no room\n" in said
    assert "  order     skipped, because of cluster\n" in said
    assert said.endswith("deploy failed; run it again to go on.\n")

    terraform.repair()
    terraform.says(NOTHING)
    assert deploy(machine, "--json") == 0
    assert set(statuses(capfd, 0).values()) == {"unchanged"}


def test_every_failure_is_told_and_the_exit_code_is_that_of_the_first_in_order(
    machine: Machine, terraform: FakeTerraform, capfd: pytest.CaptureFixture[str]
) -> None:
    (machine.root / "main.py").write_text("print('what synth says')")
    terraform.fails("apply", "edge")
    terraform.fails("init", "data", "Error: no provider\n")
    assert deploy(machine, "--markdown") == 1
    out, _ = capfd.readouterr()
    assert out.startswith("| stack | what became of it | time |\n"), "nothing else is on stdout"
    assert "| edge | failed (exit code 1) |" in out
    assert "**data**\n\n    Error: no provider\n" in f"{out}\n"
    assert "| mails | skipped, because of data | 0 s |" in out
    assert re.search(r"^\| order \| applied \| \d+ s \|$", out, re.MULTILINE)


def test_a_stack_that_can_not_begin_is_a_failure_of_it_alone(
    machine: Machine, terraform: FakeTerraform, capfd: pytest.CaptureFixture[str]
) -> None:
    assert deploy(machine, "order", "network", "--json") == 1
    out, said = capfd.readouterr()
    found = {one["stack"]: one for one in json.loads(out)["stacks"]}
    assert found["network"]["status"] == "applied"
    assert found["order"]["status"] == "failed"
    assert "It reads outputs of stacks that are not applied yet: cluster, platform." in said
    assert found["order"]["error"][0].startswith("  error: It reads outputs")


def test_a_destroy_goes_against_the_graph(machine: Machine, terraform: FakeTerraform) -> None:
    machine.apply(*ORDER, *OTHERS)
    terraform.takes(0.2, "destroy")
    terraform.fails("destroy", "mails")
    assert machine.main("destroy", "--auto-approve", "--at-once=3") == 1
    ran = terraform.stacks("destroy")
    assert terraform.before("destroy", "order", "platform")
    assert terraform.before("destroy", "platform", "cluster")
    assert "edge" in ran
    assert not {"data", "network"} & {*ran}, "mails still reads data, and that network"


def test_json_needs_that_nothing_is_asked(machine: Machine, capfd: pytest.CaptureFixture[str]) -> None:
    assert machine.main("deploy", "--json") == 1
    assert "With --json or --markdown nothing can be asked." in capfd.readouterr().err


def test_ctrl_c_lets_every_terraform_write_its_state_begins_no_other_and_leaves_none(
    machine: Machine, terraform: FakeTerraform
) -> None:
    machine.apply("network")
    terraform.takes(60, "apply")
    command = [sys.executable, "-c", CALL, str(machine.root), "deploy", "--auto-approve", "--at-once=2", "--json"]
    named = ["cluster", "data", "edge"]
    run = child_process.start([*command, *named], cwd=REPOSITORY, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    end = time.monotonic() + SECONDS
    while terraform.most("apply") < 2:
        assert time.monotonic() < end
        time.sleep(0.05)
    run.send_signal(signal.SIGINT)
    out, said = run.communicate(timeout=SECONDS)
    assert run.returncode == 130, said
    found = [one["status"] for one in json.loads(out)["stacks"]]
    assert sorted(found) == ["interrupted", "interrupted", "skipped"]
    assert sum(not one.begins for one in terraform.ran if one.command == "apply") == 2, "each ended by itself"
    assert said.endswith("deploy was interrupted; run it again to go on.\n")
    assert _left(machine.root) == []


def _left(folder: Path) -> list[str]:
    """Processes that work below the folder."""
    found = []
    for link in Path("/proc").glob("[0-9]*/cwd"):
        try:
            if link.readlink().is_relative_to(folder) and int(link.parent.name) != os.getpid():
                found.append((link.parent / "cmdline").read_text())
        except OSError:
            continue
    return found


def test_a_terminal_has_a_table_of_what_runs_and_nothing_of_it_stays(
    machine: Machine, terraform: FakeTerraform
) -> None:
    terraform.takes(3, "apply")
    machine.apply("network")
    seen = on_terminal.run(
        [sys.executable, "-c", CALL, machine.root, "deploy", "--auto-approve", "--at-once=2", "cluster", "data"],
        environment={"PATH": f"{machine.root}/bin:/usr/bin:/bin"},
        columns=100,
    )
    assert seen.exit_code == 0, seen.written
    rows = re.search(r"  (\w+) +\d s\r\n  (\w+) +\d s\r\n  0 ended, 0 of them failed; 0 to come", seen.written)
    assert rows, seen.written
    assert {*rows.groups()} == {"cluster", "data"}, "which thread begins first is chance"
    left = _screen(seen.written)
    assert not [line for line in left if "to come" in line], left
    assert [line for line in left if line.startswith("deploy cluster: done in ")]


def _screen(written: str) -> list[str]:
    """The lines that are left of what came: rewritten ones, also those above the last."""
    lines, at = [""], 0
    for part in re.findall(r"\x1b\[2K|\x1b\[1A|\x1b\[[\d;]*m|\r|\n|[^\x1b\r\n]+", written):
        if part == "\n":
            at += 1
            lines += [""] * (at == len(lines))
        elif part == "\x1b[1A":
            at -= 1
        elif part == "\x1b[2K":
            lines[at] = ""
        elif not part.startswith(("\x1b", "\r")):
            lines[at] += part
    return lines


def _stacks(tmp_path: Path) -> applied_stacks.Stacks:
    graph = {"network": [], "cluster": ["network"], "orders": ["cluster"], "mails": ["cluster"], "old": ["cluster"]}
    generate(tmp_path, graph)
    return applied_stacks.read(tmp_path)


def test_what_is_retired_goes_before_what_it_reads_and_unrelated_stacks_do_not_wait(tmp_path: Path) -> None:
    stacks = _stacks(tmp_path)
    order = [Pass(stacks[name], "apply") for name in ("old", "network", "cluster", "orders", "mails")]
    (segment,) = side_by_side.segments(order)
    assert side_by_side.graph(segment, stacks) == {
        "old": set(),
        "network": {"old"},
        "cluster": {"old", "network"},
        "orders": {"network", "cluster"},
        "mails": {"network", "cluster"},
    }


def test_nothing_else_is_begun_while_a_retired_service_goes(tmp_path: Path) -> None:
    stacks = _stacks(tmp_path)
    order = [Pass(stacks[name], "apply") for name in ("old", "mails", "network", "orders")]
    found = [[one.stack.name for one in segment] for segment in side_by_side.segments(order, ["old", "mails"])]
    assert found == [["old", "mails"], ["network", "orders"]]


def test_passes_that_are_no_plain_applies_keep_their_order(tmp_path: Path) -> None:
    stacks = _stacks(tmp_path)
    order: list[tuple[str, How]] = [
        ("old", "allow"),
        ("old", "apply"),
        ("network", "apply"),
        ("orders", "overlap"),
        ("orders", "switch"),
        ("mails", "apply"),
        ("orders", "apply"),
    ]
    found = [
        [(one.stack.name, one.how) for one in segment]
        for segment in side_by_side.segments([Pass(stacks[name], how) for name, how in order])
    ]
    assert found == [order[:1], order[1:3], order[3:4], order[4:5], order[5:]]


def test_after_a_pass_that_failed_no_later_one_is_begun(tmp_path: Path) -> None:
    stacks = _stacks(tmp_path)
    order = [Pass(stacks["orders"], "overlap"), Pass(stacks["mails"], "apply"), Pass(stacks["orders"], "apply")]
    begun: list[str] = []

    def do(one: Pass) -> int:
        begun.append(one.stack.name)
        return 7

    run = side_by_side.SideBySide("deploy", order, stacks, do, 2)
    assert run.run() == 7
    assert begun == ["orders"]
    assert [(one.status, one.because) for one in run.outcomes.values()] == [("failed", ""), ("skipped", "orders")]


@pytest.mark.parametrize(
    ("said", "status"),
    [
        (DONE, "applied"),
        (NOTHING, "unchanged"),
        (f"\x1b[0m\x1b[1m\x1b[32m{NOTHING.splitlines()[1]}\x1b[0m\n", "unchanged"),
        ("Apply complete! Resources: 1 imported, 0 added, 0 changed, 0 destroyed.\n", "applied"),
        ("", "applied"),
    ],
)
def test_what_terraform_says_of_its_changes_is_what_became_of_a_stack(said: str, status: str) -> None:
    found = Outcome("orders")
    found.ended("deploy", 0, said, 1.0)
    assert found.status == status
