"""make deploy and destroy, with small scripts in place of terraform, aws and cdktf, and a login that works.

What make doctor asks the account is in tests/doctor.
"""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from modules.cli import account_of, command_line, deploy
from modules.deploy import cluster_access
from modules.doctor import examine, finding
from modules.doctor.account import Account
from modules.plan import system
from modules.plan.planner import StackPlan
from tests.support import child_process
from tests.support.aws_answers import AwsAnswers

REPOSITORY = Path(__file__).parents[2]
NEEDS = {"cluster": ["network"], "network": [], "order": ["cluster", "platform"], "platform": ["cluster"]}
RESOURCE = {"mode": "managed", "type": "aws_vpc", "name": "main", "instances": [{}]}

CDKTF = """\
echo "$1 $2" >>asked
echo "$@" >>lines
[ "$2" = "$(cat broken 2>/dev/null)" ] && exit 3
case $1 in
  deploy) [ -e state/$2.tfstate ] || cp applied state/$2.tfstate ;;
  destroy) echo '{"version": 4, "resources": []}' >state/$2.tfstate ;;
esac
"""
AWS_CLI = "echo aws-cli/2.36.49"
VERSION = """echo '{"terraform_version": "%s"}'"""


class Machine:
    def __init__(self, root: Path):
        self.root = root
        (root / "state").mkdir()
        (root / "main.py").touch()
        (root / "applied").write_text(json.dumps({"version": 4, "resources": [RESOURCE]}))
        self.declare("")
        stacks = {name: {"dependencies": needs, "workingDirectory": f"stacks/{name}"} for name, needs in NEEDS.items()}
        for name in NEEDS:
            self._configure(name)
        (root / "generated" / "manifest.json").write_text(json.dumps({"stacks": stacks}))
        self.install("terraform", VERSION % "1.11.4")
        self.install("aws", AWS_CLI)
        self.install("cdktf", CDKTF, self.root / "node_modules" / ".bin")

    def add(self, stack: str, *needs: str) -> None:
        manifest = self.root / "generated" / "manifest.json"
        stacks = json.loads(manifest.read_text())["stacks"] | {stack: {"dependencies": needs}}
        manifest.write_text(json.dumps({"stacks": stacks}))
        self._configure(stack)

    def _configure(self, stack: str) -> None:
        folder = self.root / "generated" / "stacks" / stack
        folder.mkdir(parents=True)
        provider: dict[str, Any] = {"aws": [{}]} | ({"kubernetes": [{}]} if stack not in ("network", "cluster") else {})
        backend = {"local": {"path": f"../../../state/{stack}.tfstate"}}
        content = {"provider": provider, "terraform": {"backend": backend}, "resource": {"aws_vpc": {"main": {}}}}
        (folder / "cdk.tf.json").write_text(json.dumps(content))

    def declare(self, text: str) -> None:
        services = "services:\n  order:\n    pods: 1\n"
        (self.root / "services.yaml").write_text(f"project: shop\nregion: eu-west-1\n{text}{services}")

    def install(self, name: str, script: str, folder: Path | None = None) -> None:
        folder = folder or self.root / "bin"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(f"#!/bin/sh\n{script}")
        (folder / name).chmod(0o755)

    def generate(self, stack: str, **resources: object) -> None:
        file = self.root / "generated" / "stacks" / stack / "cdk.tf.json"
        file.write_text(json.dumps(json.loads(file.read_text()) | {"resource": resources}))

    def apply(self, *stacks: str, **outputs: str | dict[str, str]) -> None:
        state = {
            "version": 4,
            "resources": [RESOURCE],
            "outputs": {name: {"value": value} for name, value in outputs.items()},
        }
        for stack in stacks:
            (self.root / "state" / f"{stack}.tfstate").write_text(json.dumps(state))

    def run(self, *arguments: str) -> int:
        """One stack after another: tests/unit/test_deploy_side_by_side.py has the other way."""
        command, *rest = arguments
        return self.main(command, "--at-once=1", *rest) if command in ("deploy", "destroy") else self.main(*arguments)

    def main(self, *arguments: str) -> int:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(deploy, "ROOT", self.root)
            return command_line.main(list(arguments))

    @property
    def asked(self) -> list[str]:
        """What cdktf was asked to do."""
        file = self.root / "asked"
        return file.read_text().splitlines() if file.exists() else []


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, logged_in: AwsAnswers) -> Machine:
    monkeypatch.setenv("PATH", f"{tmp_path}/bin:/usr/bin:/bin")
    return Machine(tmp_path)


def test_all_stacks_are_deployed_each_after_those_it_needs(machine: Machine, capfd: pytest.CaptureFixture[str]) -> None:
    assert machine.run("deploy", "--auto-approve") == 0
    assert machine.asked == ["deploy network", "deploy cluster", "deploy platform", "deploy order"]
    assert "deploy: network, cluster, platform, order" in capfd.readouterr().err


DEPLOYER = (
    "deployer: {oidc_provider: 'arn:aws:iam::111122223333:oidc-provider/gitlab.com', plan: 'a:b:c', apply: 'a:b:c:d'}\n"
)


@pytest.fixture
def with_deployer(machine: Machine) -> Machine:
    """All of its stacks are applied, and that of the deployer's roles changes."""
    machine.add("deployer")
    machine.generate("deployer", aws_iam_role={"plan": {"name": "shop-deployer-plan"}})
    machine.declare(DEPLOYER)
    machine.apply("deployer", *NEEDS)
    return machine


@pytest.mark.parametrize("command", ["deploy", "destroy"])
def test_the_stack_of_the_deployers_roles_is_left_out_unless_it_is_named(
    command: str, with_deployer: Machine, capfd: pytest.CaptureFixture[str]
) -> None:
    machine = with_deployer
    assert machine.run(command, "--auto-approve") == 0
    assert sorted(machine.asked) == sorted(f"{command} {stack}" for stack in NEEDS)
    left = f"deployer is left out, which is an administrator's to change: make {command} STACK=deployer"
    assert left in capfd.readouterr().err
    (machine.root / "asked").unlink()
    assert machine.run(command, "deployer", "--auto-approve") == 0
    assert machine.asked == [f"{command} deployer"]
    assert "left out" not in capfd.readouterr().err


def _in(machine: Machine) -> list[str]:
    return [f"--file={machine.root / 'services.yaml'}", f"--out={machine.root / 'generated'}"]


def test_the_printed_applies_leave_the_stack_of_the_deployers_roles_out(
    with_deployer: Machine, capfd: pytest.CaptureFixture[str]
) -> None:
    assert with_deployer.main("passes", *_in(with_deployer)) == 0
    headings = [line for line in capfd.readouterr().out.splitlines() if line.startswith("#")]
    assert headings == [f"# {stack}" for stack in ("network", "cluster", "platform", "order")]


def test_a_plan_of_the_stack_of_the_deployers_roles_says_who_applies_it(
    with_deployer: Machine, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    change = {"actions": ["create"], "before": None, "after": {"name": "shop-deployer-plan"}, "after_unknown": {}}
    role = {"address": "aws_iam_role.plan", "mode": "managed", "type": "aws_iam_role", "name": "plan", "change": change}
    plans = {
        stack: StackPlan(stack, {"resource_changes": changes}, {}, frozenset(), {}, None, frozenset())
        for stack, changes in (("network", []), ("deployer", [role]))
    }
    monkeypatch.setattr(system, "plan", lambda *_: plans)
    monkeypatch.setattr(account_of, "log_in", lambda spec: (Account(spec.region), finding.ok("")))
    with_deployer.main("plan", *_in(with_deployer))
    said = " ".join(capfd.readouterr().out.split())
    assert said.count("make deploy leaves it out: an administrator applies it, by make deploy STACK=deployer") == 1


def test_cdktf_neither_synthesises_again_nor_asks_a_registry(machine: Machine) -> None:
    machine.run("deploy", "network", "--auto-approve")
    flags = "--skip-synth --skip-provider-lock --ignore-missing-stack-dependencies --auto-approve --no-color"
    assert (machine.root / "lines").read_text() == f"deploy network {flags}\n"


def test_destroy_goes_the_other_way_and_leaves_out_what_was_never_applied(machine: Machine) -> None:
    machine.apply("network", "cluster", "platform")
    assert machine.run("destroy", "--auto-approve") == 0
    assert machine.asked == ["destroy platform", "destroy cluster", "destroy network"]


def test_destroy_where_nothing_is_applied_says_so(machine: Machine, capfd: pytest.CaptureFixture[str]) -> None:
    assert machine.run("destroy", "--auto-approve") == 0
    assert "nothing to destroy" in capfd.readouterr().err


def test_each_stack_ends_with_how_long_it_took_and_how_long_all_of_them_have(
    machine: Machine, capfd: pytest.CaptureFixture[str]
) -> None:
    assert machine.run("deploy", "network", "cluster", "--auto-approve") == 0
    lines = capfd.readouterr().err.splitlines()
    told = [line for line in lines if re.match(r"deploy \w+: done in \d+ s \(\d of 2, \d+ s in all\)$", line)]
    assert [line.partition(":")[0] for line in told] == ["deploy network", "deploy cluster"]
    assert lines.index("deploy cluster (2 of 2)") == lines.index(told[0]) + 1


def test_a_stack_that_others_stand_on_is_not_destroyed(machine: Machine, capfd: pytest.CaptureFixture[str]) -> None:
    machine.apply("network", "cluster", "platform")
    assert machine.run("destroy", "network", "--auto-approve") == 1
    error = capfd.readouterr().err
    assert "These stacks read outputs of network and are still applied: platform, cluster." in error
    assert "make destroy STACK=platform" in error
    assert machine.asked == []


def test_what_is_protected_stops_a_destroy_before_its_first_stack(
    machine: Machine, capfd: pytest.CaptureFixture[str]
) -> None:
    machine.apply("network", "cluster", "platform", "order")
    machine.generate("order", aws_redshiftserverless_namespace={"order": {"lifecycle": {"prevent_destroy": True}}})
    machine.generate("network", aws_lb={"main": {"enable_deletion_protection": True}, "other": {}})
    assert machine.run("destroy", "--auto-approve") == 1
    error = capfd.readouterr().err
    assert "protected from deletion: order (aws_redshiftserverless_namespace.order); network (aws_lb.main).\n" in error
    assert "`protection: false` into services.yaml, for the system or for the service, run make deploy, then" in error
    assert machine.asked == []


def test_a_protection_that_is_given_up_but_not_yet_applied_stops_a_destroy(
    machine: Machine, capfd: pytest.CaptureFixture[str]
) -> None:
    applied = {"type": "aws_rds_cluster", "name": "main", "instances": [{"attributes": {"deletion_protection": True}}]}
    machine.generate("order", aws_rds_cluster={"main": {"deletion_protection": False}})
    (machine.root / "state" / "order.tfstate").write_text(json.dumps({"version": 4, "resources": [RESOURCE | applied]}))
    assert machine.run("destroy", "order", "--auto-approve") == 1
    assert "order (aws_rds_cluster.main)" in (error := capfd.readouterr().err)
    assert "run make deploy STACK=order, then destroy." in error


def test_a_stack_before_its_turn_says_which_to_apply_first(machine: Machine, capfd: pytest.CaptureFixture[str]) -> None:
    machine.apply("network")
    assert machine.run("deploy", "order", "--auto-approve") == 1
    error = capfd.readouterr().err
    assert "It reads outputs of stacks that are not applied yet: cluster, platform." in error
    assert "make deploy STACK=cluster" in error
    assert machine.asked == []


def test_a_state_that_is_not_local_is_left_to_terraform(machine: Machine) -> None:
    for name in NEEDS:
        configuration = {"terraform": {"backend": {"s3": {"bucket": "state"}}}}
        (machine.root / "generated" / "stacks" / name / "cdk.tf.json").write_text(json.dumps(configuration))
    assert machine.run("deploy", "order", "--auto-approve") == 0
    assert machine.run("destroy", "network", "--auto-approve") == 0


def test_an_unknown_stack_gets_the_nearest_name(machine: Machine, capfd: pytest.CaptureFixture[str]) -> None:
    assert machine.run("deploy", "ordr") == 1
    error = capfd.readouterr().err
    assert 'There is no stack "ordr".' in error
    assert 'Did you mean "order"?' in error


def test_a_failure_stops_the_run_and_its_exit_code_passes_through(
    machine: Machine, capfd: pytest.CaptureFixture[str]
) -> None:
    (machine.root / "broken").write_text("cluster")
    assert machine.run("deploy", "--auto-approve") == 3
    assert machine.asked == ["deploy network", "deploy cluster"]
    assert "deploy stopped at cluster (exit code 3" in capfd.readouterr().err


def test_a_mistake_in_services_yaml_ends_it_before_anything_is_checked(machine: Machine) -> None:
    (machine.root / "main.py").write_text("raise SystemExit(1)")
    assert machine.run("deploy", "--auto-approve") == 1
    assert machine.asked == []


VALID = {"terraform": {"backend": {"local": {"path": "../../../state/network.tfstate"}}}}


@pytest.mark.parametrize(
    ("file", "content", "words"),
    [
        ("state/network.tfstate", "{", "it is not JSON"),
        ("state/network.tfstate", "[" * 100_000, "it is not JSON"),
        ("state/network.tfstate", "[]", "its content: input should be an object"),
        ("state/network.tfstate", '{"version": 3, "resources": []}', "version: input should be 4"),
        ("state/network.tfstate", '{"version": 4}', "resources: field required"),
        ("state/network.tfstate", '{"version": 4, "resources": [5]}', "resources.0: input should be an object"),
        ("state/network.tfstate", '{"version": 4, "resources": [], "outputs": []}', "outputs: input should be"),
        ("generated/manifest.json", "{", "it is not JSON"),
        ("generated/manifest.json", "", "There is no such file, or it is empty."),
        ("generated/manifest.json", "[]", "its content: input should be an object"),
        ("generated/manifest.json", '{"stacks": {"../x": {}}}', "string should match pattern"),
        ("generated/manifest.json", '{"stacks": {"a": {"dependencies": 5}}}', "dependencies: input should be a valid"),
        ("generated/manifest.json", '{"stacks": {"a": {"dependencies": ["b"]}}}', "depends on 'b', which is not in it"),
        ("generated/manifest.json", '{"stacks": {"a": {"dependencies": ["a"]}}}', "a, a depend on each other"),
        ("generated/stacks/network/cdk.tf.json", "{}", "terraform: field required"),
        ("generated/stacks/network/cdk.tf.json", '{"terraform": {}}', "terraform.backend: field required"),
        ("generated/stacks/network/cdk.tf.json", '{"terraform": {"backend": {}}}', "at least 1 item"),
        ("generated/stacks/network/cdk.tf.json", json.dumps(VALID | {"resource": {"aws_vpc": 5}}), "resource.aws_vpc"),
        (
            "generated/stacks/network/cdk.tf.json",
            '{"terraform": {"backend": {"local": {"path": 5}}}}',
            "the path of the local backend is not text",
        ),
    ],
)
def test_a_damaged_file_is_a_message_that_names_it(
    machine: Machine,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    file: str,
    content: str,
    words: str,
) -> None:
    monkeypatch.chdir(machine.root)
    machine.apply("network", "cluster", "platform", "order")
    (machine.root / file).write_text(content)
    for command in (["deploy", "--auto-approve"], ["destroy", "--auto-approve"]):
        machine.run(*command)
        error = capfd.readouterr().err
        said = error[error.index(file) :].splitlines()
        assert said[0] == file
        assert words in said[1]
        assert said[2].strip() in (
            "Run `make synth`, which writes it anew.",
            "Restore it (Terraform keeps the previous one beside it as *.tfstate.backup), and run the command again.",
        )


def test_a_state_that_can_not_be_read_is_named(
    machine: Machine, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(machine.root)
    (machine.root / "state" / "network.tfstate").symlink_to("/dev/zero")
    assert machine.run("destroy", "--auto-approve") == 1
    assert "The file can't be read: it is a device or a pipe, not a regular file." in capfd.readouterr().err


def test_without_a_terminal_nobody_could_approve(
    machine: Machine, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stdin, "isatty", lambda: False)
    assert machine.run("deploy") == 1
    error = capfd.readouterr().err
    assert "there is no terminal to ask on" in error
    assert "make deploy AUTO_APPROVE=1" in error


def test_every_missing_tool_is_named_at_once(machine: Machine, capfd: pytest.CaptureFixture[str]) -> None:
    (machine.root / "bin" / "terraform").unlink()
    (machine.root / "bin" / "aws").unlink()
    assert machine.run("deploy", "--auto-approve") == 1
    error = capfd.readouterr().err
    assert "There is no terraform on PATH." in error
    assert "Install Terraform 1.11 or newer." in error
    assert "There is no aws on PATH." in error
    assert machine.asked == []


def test_a_problem_of_the_account_stops_a_deployment_and_no_other_command(
    machine: Machine, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = finding.problem("VPCs: 5 are in use.", "Ask AWS for more.")
    unseen = finding.Finding("not checked", "It needs the permission x:Y.", "Ask for it.")
    monkeypatch.setattr(examine, "log_in", lambda spec: (object(), finding.ok("account 111122223333")))
    monkeypatch.setattr(examine, "ACCOUNT", {"quotas": lambda subject: [wrong, finding.ok("fine")]})
    assert machine.run("deploy", "--auto-approve") == 1
    assert capfd.readouterr().err.endswith(
        "problem      quotas: VPCs: 5 are in use.\n             Ask AWS for more.\n"
        "deploy did not begin: 1 problem. make doctor shows all checks.\n"
        "Where a check is wrong: .venv/bin/python main.py deploy --ignore-problems\n"
    )
    assert machine.asked == []
    assert machine.run("deploy", "network", "--auto-approve", "--ignore-problems") == 0
    assert "quotas: VPCs: 5 are in use." in capfd.readouterr().err
    assert machine.run("destroy", "network", "--auto-approve") == 0
    monkeypatch.setattr(examine, "ACCOUNT", {"quotas": lambda subject: [unseen]})
    assert machine.run("deploy", "network", "--auto-approve") == 0
    assert "not checked  quotas: It needs the permission x:Y.\n" in capfd.readouterr().err


@pytest.mark.parametrize("command", ["deploy", "destroy"])
def test_a_login_that_does_not_work_stops_every_command(
    machine: Machine, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    machine.apply("network")
    refusal = finding.problem("There are no AWS credentials on this machine.", "Log in (aws sso login).")
    monkeypatch.setattr(examine, "log_in", lambda spec: (None, refusal))
    assert machine.run(command, "--auto-approve") == 1
    error = capfd.readouterr().err
    assert "login: There are no AWS credentials on this machine.\n             Log in (aws sso login).\n" in error
    assert f"{command} did not begin: 1 problem." in error
    assert machine.asked == []


def test_the_option_may_stand_before_the_stack_as_make_writes_it(machine: Machine) -> None:
    assert machine.run("deploy", "--auto-approve", "network") == 0
    assert machine.asked == ["deploy network"]


def test_a_cluster_out_of_reach_stops_what_needs_its_api_and_nothing_else(
    machine: Machine, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_arguments: object, **_options: object) -> None:
        raise TimeoutError("timed out")

    monkeypatch.setattr(socket, "create_connection", refuse)
    machine.apply("network", "cluster", cluster_endpoint="https://api.example.com")
    assert machine.run("deploy", "--auto-approve") == 1
    assert machine.asked == ["deploy network", "deploy cluster"]
    error = capfd.readouterr().err
    assert "https://api.example.com\n  error: This machine can't connect to the Kubernetes API (timed out)." in error
    assert "cluster.api_access" in error


def test_a_cluster_that_answers_is_in_reach() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        assert cluster_access.unreachable(f"https://127.0.0.1:{server.getsockname()[1]}") is None


def test_cdktf_that_is_not_installed_is_named_with_the_command_that_installs_it(
    machine: Machine, capfd: pytest.CaptureFixture[str]
) -> None:
    (machine.root / "node_modules" / ".bin" / "cdktf").unlink()
    assert machine.run("deploy", "network", "--auto-approve") == 1
    assert "Run make cdktf." in capfd.readouterr().err


def test_a_terraform_that_a_signal_kills_is_no_success(machine: Machine) -> None:
    machine.install("terraform", f"[ $1 = apply ] && kill -9 $$\n{VERSION % '1.11.4'}")
    machine.install("cdktf", '"$TERRAFORM_BINARY_NAME" apply', machine.root / "node_modules" / ".bin")
    assert machine.run("deploy", "network", "--auto-approve") == 137


def test_an_interrupt_before_the_first_stack_ends_without_a_traceback(machine: Machine) -> None:
    machine.install("aws", f"echo >{machine.root}/asking; exec sleep 30")
    run, error = interrupted(machine, "asking")
    assert run.returncode == 130
    assert error == "deploy: network, cluster, platform, order\ndeploy interrupted; run it again to go on.\n"


def test_a_terraform_at_work_is_named_by_its_own_process_id(machine: Machine) -> None:
    machine.install(
        "terraform", f"if [ $1 = apply ]; then echo $$ >working; ls $TERRAFORM_AT_WORK; fi\n{VERSION % '1.11.4'}"
    )
    machine.install("cdktf", '"$TERRAFORM_BINARY_NAME" apply >named', machine.root / "node_modules" / ".bin")
    assert machine.run("deploy", "network", "--auto-approve") == 0
    assert (machine.root / "named").read_text().split()[0] == (machine.root / "working").read_text().strip()


def test_an_interrupt_waits_for_terraform_to_write_its_state(machine: Machine) -> None:
    """cdktf-cli ends at once on ctrl-C, and its terminal hangs up on terraform."""
    slow = "if [ $1 = apply ]; then echo $$ >working; sleep 1; echo >written; fi"
    hasty = """trap 'kill -HUP $(cat working); exit 1' INT\n"$TERRAFORM_BINARY_NAME" apply &\nwait"""
    machine.install("terraform", f"{slow}\n{VERSION % '1.11.4'}")
    machine.install("cdktf", hasty, machine.root / "node_modules" / ".bin")
    run, error = interrupted(machine, "working")
    assert (machine.root / "written").exists()
    assert run.returncode == 130
    assert "is still writing its state; waiting for it." in error
    assert "deploy stopped at network (interrupted)" in error


def test_an_interrupt_while_cdktf_is_started_waits_for_it_too(
    machine: Machine, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Interrupted(subprocess.Popen[Any]):
        def __init__(self, asked: Any, **options: Any) -> None:
            super().__init__(asked, **options)
            if str(asked[0]).endswith("cdktf"):
                deadline = time.monotonic() + 30
                while not (machine.root / "started").exists():
                    assert time.monotonic() < deadline
                    time.sleep(0.01)
                os.kill(os.getpid(), signal.SIGINT)

    script = "trap '' INT; echo >started; sleep 0.3; echo >ended"
    machine.install("cdktf", script, machine.root / "node_modules" / ".bin")
    monkeypatch.setattr(subprocess, "Popen", Interrupted)
    assert machine.run("deploy", "network", "--auto-approve") == 130
    assert (machine.root / "ended").exists()
    assert "deploy stopped at network (interrupted)" in capfd.readouterr().err


def interrupted(
    machine: Machine, when: str, options: tuple[str, ...] = ("--at-once=1",)
) -> tuple[subprocess.Popen[str], str]:
    """A deploy that gets ctrl-C as soon as this file is there, and what it said."""
    call = (
        "import pathlib, sys; from modules.cli import command_line, deploy; deploy.ROOT = pathlib.Path(sys.argv[1]);"
        "from modules.doctor import examine, finding; examine.ACCOUNT = {};"
        "examine.log_in = lambda spec: (None, finding.ok('account 111122223333'));"
        "sys.exit(command_line.main(sys.argv[2:]))"
    )
    command = [sys.executable, "-c", call, str(machine.root), "deploy", "--auto-approve", *options]
    run = child_process.start(command, cwd=REPOSITORY, stderr=subprocess.PIPE)
    deadline = time.monotonic() + 30
    while not ((file := machine.root / when).exists() and file.read_text()):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    run.send_signal(signal.SIGINT)
    return run, run.communicate(timeout=30)[1]
