"""The command as people run it."""

import fcntl
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from modules.cli import command_line, synth
from modules.paths import ROOT
from modules.synth.json_schema_file import FILE_NAME
from tests.support import child_process, on_terminal
from tests.support.random_specs import System, render
from tests.support.run_synth import shipped

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs the command in this process on a system, into tmp_path/generated."""

    def run(system: System | str, *options: str) -> subprocess.CompletedProcess[str]:
        file = tmp_path / "services.yaml"
        file.write_text(system if isinstance(system, str) else render(system), encoding="utf-8")
        code = command_line.main(["--file", str(file), "--out", str(tmp_path / "generated"), *options])
        out, err = capsys.readouterr()
        return subprocess.CompletedProcess([], code, out, err)

    return run


def _tree(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_help_tells_what_it_does() -> None:
    done = subprocess.run([sys.executable, "main.py", "--help"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert "Turns services.yaml into Terraform JSON under generated/." in done.stdout
    words = done.stdout.split()
    assert [command for command in command_line.COMMANDS if command not in words] == []


@pytest.mark.parametrize("command", command_line.COMMANDS)
def test_every_command_has_help_of_its_own(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        command_line.main([command, "--help"])
    assert ended.value.code == 0
    assert capsys.readouterr().out.startswith(f"usage: main.py {command} [-h]")


def test_a_command_that_there_is_not_is_refused_with_the_list(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        command_line.main(["sinth"])
    assert ended.value.code == 2
    assert "invalid choice: 'sinth' (choose from 'synth'," in capsys.readouterr().err


def test_a_run_names_what_it_changed_and_a_second_changes_nothing(run: Run, tmp_path: Path) -> None:
    first = run(shipped())
    assert first.returncode == 0
    assert "stacks/network/cdk.tf.json" in first.stdout.splitlines()
    before = _tree(tmp_path)
    second = run(shipped())
    assert (second.returncode, second.stdout) == (0, "")
    assert second.stderr.endswith("; 0 files changed.\n")
    assert _tree(tmp_path) == before


def test_a_key_for_life_is_refused_once_it_is_deployed(run: Run, tmp_path: Path) -> None:
    run(shipped())
    assert run(shipped() | {"project": "store"}).returncode == 0
    state = tmp_path / "state" / "network.tfstate"
    state.parent.mkdir()
    vpc = {"mode": "managed", "type": "aws_vpc", "name": "main", "instances": [{}]}
    state.write_text(json.dumps({"version": 4, "resources": [vpc]}))
    before = _tree(tmp_path)
    done = run(shipped())
    assert done.returncode == 1
    assert (
        "project\n  error: It is shop, and was store when it was deployed. Every AWS name starts with it" in done.stderr
    )
    assert done.stderr.endswith("1 mistake in services.yaml; nothing was changed.\n")
    assert _tree(tmp_path / "generated").items() <= {k.removeprefix("generated/"): v for k, v in before.items()}.items()
    assert run(shipped() | {"project": "store"}).returncode == 0


def test_an_edit_is_answered_with_the_resources_that_it_changes(run: Run) -> None:
    system = shipped()
    run(system)
    system["services"]["order-service"]["pods"] = 4
    system["services"]["payment-service"]["aws"] = ["secrets", "kms"]
    first, second, _ = run(system).stderr.splitlines()
    assert first == "~ order-service    values.yaml"
    assert re.match(
        r"~ payment-service  2 changed: .*data\.aws_iam_policy_document\.payment_service_permissions;", second
    )


def _on_a_terminal(folder: Path, system: System, *options: str) -> list[str]:
    """The lines that a person sees."""
    file = folder / "services.yaml"
    file.write_text(render(system), encoding="utf-8")
    command: list[str | Path] = [
        sys.executable,
        "main.py",
        "synth",
        "--file",
        file,
        "--out",
        folder / "generated",
        *options,
    ]
    seen = on_terminal.run(command, columns=100)
    assert seen.exit_code == 0
    return [line for line in seen.screen if line]


def test_a_terminal_shows_stacks_instead_of_files_unless_files_are_asked_for(tmp_path: Path) -> None:
    system = shipped()
    (first,) = _on_a_terminal(tmp_path, system)
    assert re.fullmatch(r"10 stacks, \d+ resources; \d+ files changed\.", first)
    system["services"]["order-service"]["pods"] = 4
    shown = _on_a_terminal(tmp_path, system)
    assert shown[:-1] == ["~ order-service  values.yaml"]
    assert shown[-1].endswith("; 1 file changed.")
    system["services"]["order-service"]["pods"] = 5
    assert _on_a_terminal(tmp_path, system, "--files")[:-1] == [
        "stacks/order-service/values.yaml",
        "~ order-service  values.yaml",
    ]


NEXT = (
    "Next: git add -N generated && git diff generated shows what changed. make plan says what that does, and "
    "make deploy applies it; make demo needs no AWS account.\n"
)


@pytest.mark.parametrize(
    ("words", "said"),
    [(["synth"], NEXT), (["synth", "FILES=1"], NEXT), (["generate"], ""), (["plan"], ""), (["diff"], "")],
    ids=" ".join,
)
def test_make_synth_ends_with_the_next_step_and_no_other_target_says_it(words: list[str], said: str) -> None:
    """Without the commands themselves, which know only the user's own services.yaml."""
    line = ["make", "--no-print-directory", "--old-file=.venv/ready", "PY=true", *words]
    alone = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    done = subprocess.run(line, cwd=ROOT, env=alone, capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("", said)


def test_the_next_step_names_targets_that_there_are() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = set(re.findall(r"make ([a-z-]+)", NEXT))
    assert named == {"plan", "deploy", "demo"}
    assert named <= targets


def test_a_mistake_changes_nothing_and_exits_with_one(run: Run, tmp_path: Path) -> None:
    run(shipped())
    before = _tree(tmp_path / "generated")
    for text in ("services: [", "project: shop\n", render(shipped() | {"zones": ["a"]})):
        done = run(text)
        assert done.returncode == 1
        assert "nothing was changed" in done.stderr
        assert "Traceback" not in done.stderr
        assert _tree(tmp_path / "generated") == before


def test_check_names_what_would_change_and_writes_nothing(run: Run, tmp_path: Path) -> None:
    run(shipped())
    assert run(shipped(), "--check").returncode == 0
    before = _tree(tmp_path / "generated")
    changed = shipped()
    changed["services"]["cart-service"] = {"aws": ["sqs"]}
    done = run(changed, "--check")
    assert done.returncode == 1
    assert "stacks/cart-service/cdk.tf.json" in done.stdout.splitlines()
    assert "Run `make synth`" in done.stderr
    assert _tree(tmp_path / "generated") == before


def test_a_warning_is_shown_with_its_code_until_it_is_accepted(run: Run) -> None:
    done = run(shipped() | {"accept": []})
    assert done.returncode == 0
    assert "warning [nat-traffic]" in done.stderr
    assert "list a code under `accept:`" in done.stderr
    assert "warning" not in run(shipped()).stderr


def test_warnings_of_one_kind_are_one_with_the_other_places_on_a_line(run: Run) -> None:
    services = {f"service-{number}": {"image": f"ghcr.io/own/{number}:1"} for number in range(6)}
    accept = [*shipped()["accept"], "unused-resource"]
    said = run(shipped() | {"services": services, "accept": accept}).stderr
    assert said.count("warning [public-image]") == 1
    (line,) = [line for line in said.splitlines() if line.startswith("  Likewise: ")]
    assert re.fullmatch(
        r"  Likewise: services\.service-1\.image \(line \d+\), services\.service-2\.image \(line \d+\), "
        r"services\.service-3\.image \(line \d+\), 2 more\. JSON=1 prints each in full\.",
        line,
    )
    assert "6 warnings; list a code" in said


def test_a_stack_whose_state_holds_resources_is_not_dropped(run: Run, tmp_path: Path) -> None:
    run(shipped())
    state = tmp_path / "state" / "user-service.tfstate"
    state.parent.mkdir()
    held = {"mode": "managed", "type": "aws_iam_role", "name": "user_service", "instances": [{}]}
    state.write_text(json.dumps({"version": 4, "resources": [held]}))
    before = _tree(tmp_path / "generated")
    fewer = shipped()
    del fewer["services"]["user-service"]
    done = run(fewer)
    assert done.returncode == 1
    assert (
        "The stack user-service would be removed from generated/, but its state still contains 1 resource"
        in done.stderr
    )
    assert "`make retire SERVICE=user-service`" in done.stderr
    assert _tree(tmp_path / "generated") == before
    state.write_text(json.dumps({"version": 4, "resources": []}))
    assert run(fewer).returncode == 0
    assert not (tmp_path / "generated" / "stacks" / "user-service").exists()


def test_the_two_languages_of_terraform_replace_each_other(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted = run(shipped()).stderr.partition(";")[0]
    in_json = _tree(tmp_path / "generated")
    for value in ("true", "1"):
        monkeypatch.setenv("SYNTH_HCL_OUTPUT", value)
        done = run(shipped())
        in_hcl = _tree(tmp_path / "generated")
        assert {Path(path).name for path in in_hcl.keys() - in_json.keys()} == {"cdk.tf", "metadata.json"}
        assert {Path(path).name for path in in_json.keys() - in_hcl.keys()} == {"cdk.tf.json"}
        assert done.stderr.splitlines()[-1].startswith(f"{counted};")
        monkeypatch.setenv("SYNTH_HCL_OUTPUT", "false")
        run(shipped())
        assert _tree(tmp_path / "generated") == in_json


def test_check_says_which_language_generated_holds(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SYNTH_HCL_OUTPUT", "true")
    run(shipped())
    monkeypatch.setenv("SYNTH_HCL_OUTPUT", "true")
    assert run(shipped(), "--check").returncode == 0
    done = run(shipped(), "--check")
    assert done.returncode == 1
    assert "generated holds HCL, and this run makes JSON. Set SYNTH_HCL_OUTPUT=true to compare HCL." in done.stderr


def test_a_stack_in_hcl_whose_state_holds_resources_is_not_dropped(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SYNTH_HCL_OUTPUT", "true")
    run(shipped())
    state = tmp_path / "state" / "user-service.tfstate"
    state.parent.mkdir()
    held = {"mode": "managed", "type": "aws_iam_role", "name": "user_service", "instances": [{}]}
    state.write_text(json.dumps({"version": 4, "resources": [held]}))
    fewer = shipped()
    del fewer["services"]["user-service"]
    done = run(fewer)
    assert done.returncode == 1
    assert "its state still contains 1 resource" in done.stderr
    assert (tmp_path / "generated" / "stacks" / "user-service" / "cdk.tf").exists()


def test_a_journal_that_names_files_outside_is_refused_with_what_to_do(run: Run, tmp_path: Path) -> None:
    journal = tmp_path / "generated" / ".journal"
    journal.mkdir(parents=True)
    (journal / "plan.json").write_text(json.dumps({"remove": ["../services.yaml"], "leave": [], "put": []}))
    done = run(shipped())
    assert done.returncode == 1
    assert "'../services.yaml', which is not the path of a generated file." in done.stderr
    assert "and run the command again" in done.stderr
    assert (tmp_path / "services.yaml").exists()


@pytest.mark.parametrize("out", ["services.yaml", "services.yaml/generated"])
def test_a_folder_that_can_not_be_written_is_named_with_what_to_do(out: str, run: Run, tmp_path: Path) -> None:
    done = run(shipped(), "--out", str(tmp_path / out))
    assert done.returncode == 1
    assert f"{tmp_path / out}\n  error: It can't be written:" in done.stderr
    assert "Name a folder that can (--out)" in done.stderr


def test_ctrl_c_ends_it_without_a_traceback(run: Run, tmp_path: Path) -> None:
    """At the moment at which the process waits for another one that writes generated/."""
    run(shipped())
    command = [sys.executable, "main.py", f"--file={tmp_path / 'services.yaml'}", f"--out={tmp_path / 'generated'}"]
    held = os.open(tmp_path / "generated", os.O_RDONLY)
    fcntl.flock(held, fcntl.LOCK_EX)
    process = child_process.start(command, cwd=ROOT, stderr=subprocess.PIPE)
    try:
        assert process.stderr is not None
        waits = next(line for line in process.stderr if line.startswith("Another run is writing"))
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=60)
    finally:
        process.kill()
        os.close(held)
    assert waits.endswith("waiting for it to end.\n")
    assert process.returncode == 130
    assert said == "Interrupted; what is half done, the next run finishes.\n"


def test_a_stack_that_was_destroyed_under_another_name_is_said(run: Run) -> None:
    run(shipped())
    done = run(shipped(), "--never-applied", "user-servce")
    assert done.returncode == 0
    assert (
        '--never-applied user-servce: generated has no stack of this name. Did you mean "user-service"?' in done.stderr
    )


def test_terraforms_own_files_survive_a_run(run: Run, tmp_path: Path) -> None:
    run(shipped())
    lock = tmp_path / "generated" / "stacks" / "network" / ".terraform.lock.hcl"
    lock.write_text("locked")
    run(shipped() | {"zones": ["a", "b"]})
    assert lock.read_text() == "locked"


def test_another_output_folder_has_its_states_below_itself_and_reads_them_there(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "generated-dev"
    assert run(shipped(), "--out", str(out)).returncode == 0
    assert run(shipped(), "--out", str(out), "--check").returncode == 0
    found = set()
    for file in out.glob("stacks/*/cdk.tf.json"):
        stack = json.loads(file.read_bytes())
        reads = stack["data"].get("terraform_remote_state", {}).values()
        for place in (stack["terraform"]["backend"]["local"], *(read["config"] for read in reads)):
            found.add(os.path.normpath(file.parent / place["path"]))
    stacks = json.loads((out / "manifest.json").read_bytes())["stacks"]
    assert found == {str(out / "state" / f"{name}.tfstate") for name in stacks}


@pytest.fixture
def stale(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The schema of a repository, which does not follow the model."""
    repository = tmp_path / "repository"
    repository.mkdir()
    (repository / "services.yaml").write_text(render(shipped()), encoding="utf-8")
    monkeypatch.setattr(synth, "ROOT", repository)
    schema = repository / FILE_NAME
    schema.write_text("{}")
    return schema


def test_another_file_changes_no_file_of_the_repository(stale: Path, run: Run) -> None:
    before = _tree(stale.parent)
    assert FILE_NAME not in run(shipped()).stdout
    assert run(shipped(), "--check").returncode == 0
    assert _tree(stale.parent) == before


def test_the_repositorys_own_file_brings_its_schema_up_to_date(stale: Path, run: Run) -> None:
    own = ("--file", str(stale.parent / "services.yaml"))
    assert run(shipped(), *own).stdout.splitlines()[-1] == FILE_NAME
    assert run(shipped(), *own, "--check").returncode == 0
    stale.write_text("{}")
    refused = run(shipped(), *own, "--check")
    assert (refused.returncode, refused.stdout) == (1, f"{FILE_NAME}\n")
