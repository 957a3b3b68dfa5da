"""`main.py plan` with the real Terraform on two stacks of its own provider: order, unknown values, copies, states.

tests/plan/test_whole_system.py plans what is generated, with the real AWS provider.
"""

import json
import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from modules.paths import ROOT
from tests.support import child_process
from tests.support.emulator import REGION, clients, emulated_aws
from tests.support.terraform_workspace import Workspace

SERVICES = {"project": "shop", "region": REGION, "services": {"orders": {"pods": 1}}}
TEXT = '100%{ ${literal} "quoted"'
SECRET = "a-secret-of-the-state"
SECONDS = 120


class Files:
    """A generated tree of two stacks: edge reads network; `trigger` replaces what is in network."""

    def __init__(self, folder: Path, environment: dict[str, str], backend: dict[str, Any] | None) -> None:
        self.folder, self.backend, self.trigger = folder, backend, "1"
        (folder / "services.yaml").write_text(json.dumps(SERVICES))
        self.temporary = Path(tempfile.mkdtemp(prefix="p"))  # short, for the sockets of plugins
        self.write(folder / "source")
        (folder / "terraform").mkdir()
        self.workspace = Workspace(folder / "source", folder / "terraform", environment)
        self.out = self.workspace.generated

    def write(self, out: Path) -> None:
        for stack, content in (("network", self._network()), ("edge", self._edge())):
            folder = out / "stacks" / stack
            folder.mkdir(parents=True, exist_ok=True)
            (folder / "cdk.tf.json").write_text(json.dumps(content))
        stacks = {"edge": {"dependencies": ["network"]}, "network": {"dependencies": []}}
        (out / "manifest.json").write_text(json.dumps({"stacks": stacks}))

    def _network(self) -> dict[str, Any]:
        escaped = TEXT.replace("${", "$${").replace("%{", "%%{")
        return {
            "terraform": {"backend": self._backend("network")},
            "resource": {
                "terraform_data": {
                    "main": {"input": escaped, "triggers_replace": self.trigger},
                    "secret": {"input": SECRET},
                }
            },
            "output": {
                "id": {"value": "${terraform_data.main.id}"},
                "ids": {"value": ["${terraform_data.main.id}", "fixed"]},
                "text": {"value": escaped},
                "by_name": {"value": {"orders": "${terraform_data.main.id}", "a ${b}".replace("${", "$${"): "known"}},
            },
        }

    def _edge(self) -> dict[str, Any]:
        read = "data.terraform_remote_state.network.outputs"
        config = {key: value for key, value in self._config("network").items() if key != "use_lockfile"}
        (kind,) = self._backend("network")
        return {
            "terraform": {"backend": self._backend("edge")},
            "data": {"terraform_remote_state": {"network": {"backend": kind, "config": config}}},
            "resource": {
                "terraform_data": {
                    "follows": {
                        "input": f'${{join(",", {read}.ids)}} ${{{read}.by_name["orders"]}}',
                        "lifecycle": {"prevent_destroy": True},
                    },
                    "kept": {"triggers_replace": f"${{{read}.id}}", "lifecycle": {"prevent_destroy": True}},
                    "still": {"input": f'${{{read}.text}} ${{{read}.by_name["a $${{b}}"]}}'},
                }
            },
            "output": {"follows": {"value": "${terraform_data.follows.output}"}},
        }

    def _backend(self, stack: str) -> dict[str, Any]:
        return {"s3" if self.backend else "local": self._config(stack)}

    def _config(self, stack: str) -> dict[str, Any]:
        if self.backend:
            return {**self.backend, "key": f"shop/{stack}.tfstate"}
        return {"path": f"../../../state/{stack}.tfstate"}

    def apply(self) -> None:
        for stack in ("network", "edge"):
            self.workspace.init(stack)
            self.workspace.apply(stack)

    def replace(self) -> None:
        """Declares network otherwise."""
        self.trigger = "2"
        self.write(self.out)

    def start(self, *arguments: str) -> "subprocess.Popen[str]":
        return child_process.start(
            [sys.executable, str(ROOT / "main.py"), "plan", *arguments, *self._places()],
            env=self.workspace.environment | {"TMPDIR": str(self.temporary)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            # Under nohup a process would inherit that it ignores SIGHUP.
            preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_DFL),
        )

    def _places(self) -> list[str]:
        return ["--file", str(self.folder / "services.yaml"), "--out", str(self.out)]

    def plan(self, *arguments: str) -> tuple[int, dict[str, Any], str]:
        """Exit code, the JSON, and what was said; nothing is left behind."""
        process = self.start("--json", *arguments)
        out, said = process.communicate(timeout=SECONDS)
        assert list(self.temporary.iterdir()) == []
        return process.returncode, json.loads(out or "{}"), said


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    with emulated_aws(tmp_path_factory.mktemp("aws") / "log") as environment:
        yield environment | {"AWS_REGION": REGION}


@pytest.fixture
def files(aws: dict[str, str], tmp_path: Path) -> Iterator[Files]:
    with _files(tmp_path, aws) as found:
        yield found


@contextmanager
def _files(folder: Path, aws: dict[str, str], backend: dict[str, Any] | None = None) -> Iterator[Files]:
    found = Files(folder, aws, backend)
    try:
        yield found
    finally:
        shutil.rmtree(found.temporary)


def _states(files: Files) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in (files.out.parent / "state").iterdir()}


def _changes(plan: dict[str, Any]) -> dict[str, tuple[str, bool]]:
    return {f"{one['stack']} {one['address']}": (one["action"], one["certain"]) for one in plan["changes"]}


def test_a_system_that_was_never_applied_is_planned_whole(files: Files) -> None:
    code, plan, said = files.plan()
    assert code == 2, said
    assert plan["headline"] == "5 to add, 0 to change, 0 to destroy, in 2 of 2 stacks."
    assert plan["stacks"] == ["network", "edge"]
    assert "planned network (1 of 2)\nplanned edge (2 of 2)\n" in said


def test_after_an_apply_nothing_is_announced_and_a_replacement_is_to_all_downstream(files: Files) -> None:
    files.apply()
    states = _states(files)
    code, plan, said = files.plan()
    assert (code, plan["changes"]) == (0, []), said
    files.replace()
    assert files.workspace.plan("edge").code == 0, "alone, edge sees nothing of it"
    code, plan, said = files.plan()
    assert code == 2, said
    assert _changes(plan) == {
        "network terraform_data.main": ("replace", True),
        "edge terraform_data.follows": ("update", False),
        "edge terraform_data.kept": ("replace", False),
    }
    (kept,) = [one for one in plan["changes"] if one["address"] == "terraform_data.kept"]
    assert kept["refused_by"] == "Terraform"
    assert SECRET not in json.dumps(plan)
    assert states == _states(files), "the states themselves are not written"
    assert [path.name for path in files.out.rglob("plan")] == []


def test_named_stacks_are_planned_with_what_is_downstream_and_read_others_from_their_states(files: Files) -> None:
    files.apply()
    code, plan, said = files.plan("edge", "--replace", "edge:terraform_data.still")
    assert code == 2, said
    assert plan["stacks"] == ["edge"]
    assert plan["sections"]["Not part of this plan"] == ["Stacks that were not asked for: network."]
    assert _changes(plan) == {"edge terraform_data.still": ("replace", True)}


def test_a_plan_since_a_commit_begins_at_the_stacks_whose_files_differ(files: Files) -> None:
    files.apply()
    for line in (["init", "-q"], ["add", "generated/*.json"], ["commit", "-qm", "applied"]):
        identity = ["-c", "user.name=a", "-c", "user.email=a"]
        subprocess.run(["git", *identity, *line], cwd=files.out.parent, check=True, capture_output=True)
    process = files.start("--base", "HEAD")
    assert process.communicate(timeout=SECONDS)[0] == "Nothing to do: no stack's files differ from HEAD.\n"
    assert process.returncode == 0
    files.replace()
    code, plan, said = files.plan("--base", "HEAD")
    assert code == 2, said
    assert plan["stacks"] == ["network", "edge"]


def test_states_in_s3_are_read_where_they_are(aws: dict[str, str], tmp_path: Path) -> None:
    bucket = clients(aws)("s3")
    bucket.create_bucket(Bucket="states", CreateBucketConfiguration={"LocationConstraint": REGION})
    backend = {"bucket": "states", "region": REGION, "use_lockfile": True, "use_path_style": True}
    with _files(tmp_path, aws, backend) as files:
        files.apply()
        before = {one["Key"]: one["LastModified"] for one in bucket.list_objects_v2(Bucket="states")["Contents"]}
        assert files.plan()[0] == 0
        files.replace()
        code, plan, said = files.plan()
        assert code == 2, said
        assert len(plan["changes"]) == 3
        code, plan, said = files.plan("edge")
        assert (code, plan["changes"]) == (0, []), said
    after = {one["Key"]: one["LastModified"] for one in bucket.list_objects_v2(Bucket="states")["Contents"]}
    assert after == before, "no state is written, and no lock is left"


def test_what_terraform_refuses_is_an_error_that_names_the_stack_and_leaves_no_copy(files: Files) -> None:
    (files.out / "stacks" / "edge" / "more.tf").write_text('output "wrong" { value = local.missing }')
    code, plan, said = files.plan("--at-once", "2")
    assert code == 1
    assert plan["headline"] == "2 to add, 0 to change, 0 to destroy, in 1 of 1 stack. 1 stack could not be planned."
    assert plan["sections"]["Not part of this plan"] == [
        "edge could not be planned (terraform plan failed on a copy of the stack)."
    ]
    assert [one["where"] for one in plan["problems"]] == ["plan edge"]
    assert (
        "plan edge\n  error: terraform plan failed on a copy of the stack:\n  Error: Reference to undeclared local"
        in said
    )
    assert said.endswith("make plan STACK=edge lets Terraform plan it alone.\n")


def test_a_number_of_stacks_that_is_none_is_an_error(files: Files) -> None:
    code, _, said = files.plan("--at-once", "many")
    assert code == 1
    assert "The number of stacks at once has to be a whole number from 1." in said


def test_an_unknown_stack_gets_the_nearest_name(files: Files) -> None:
    code, _, said = files.plan("edgy")
    assert code == 1
    assert 'There is no stack "edgy".' in said
    assert 'Did you mean "edge"?' in said


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_terraform_and_removes_the_copies(files: Files, number: signal.Signals) -> None:
    _held(files)
    process = files.start()
    _until(lambda: list(files.temporary.glob("eks-plan-*/generated/stacks/edge/held")))
    (private,) = files.temporary.iterdir()
    assert stat.S_IMODE(private.stat().st_mode) == 0o700
    _until(lambda: _running(private / "generated" / "stacks" / "edge"))
    process.send_signal(number)
    process.communicate(timeout=30)
    assert process.returncode == 128 + number
    assert list(files.temporary.iterdir()) == []
    assert not _running(private)


def test_what_a_killed_plan_left_is_removed_by_the_next(files: Files) -> None:
    held = _held(files)
    process = files.start()
    _until(lambda: list(files.temporary.glob("eks-plan-*/generated/stacks/edge/held")))
    (private,) = files.temporary.iterdir()
    _until(lambda: _running(private / "generated" / "stacks" / "edge"))
    process.kill()
    process.communicate(timeout=30)
    for pid in _running(private):
        os.kill(pid, signal.SIGKILL)
    assert list(files.temporary.iterdir()) == [private]
    held.unlink()
    (held.parent / "held.tf").unlink()
    assert files.plan()[0] == 2


def _held(files: Files) -> Path:
    """Lets Terraform wait for ever in edge: it reads a file that is a pipe, which nobody writes to."""
    folder = files.out / "stacks" / "edge"
    pipe = files.folder / "pipe"
    os.mkfifo(pipe)
    (folder / "held").write_text("")
    (folder / "held.tf").write_text(f'output "held" {{ value = file("{pipe}") }}')
    return folder / "held"


def _running(folder: Path) -> list[int]:
    """Processes of terraform that work in the folder."""
    found = []
    for link in Path("/proc").glob("[0-9]*/cwd"):
        try:
            if link.readlink().is_relative_to(folder):
                found.append(int(link.parent.name))
        except OSError:
            continue
    return found


def _until(found: Callable[[], Any]) -> Any:
    end = time.monotonic() + SECONDS
    while not (seen := found()):
        assert time.monotonic() < end
        time.sleep(0.1)
    return seen
