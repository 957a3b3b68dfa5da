"""Runs the real Terraform with the real AWS provider on a copy of a generated tree, against an emulated AWS.

The copy's JSON is not changed, with two exceptions: the load balancer controller is not installed, and where
`terraform init` finds no Kubernetes or Helm provider, a stack loses what needs them (aws_half.py) and the run says
`AWS half only`. `TF_PLUGIN_MIRROR` names a filesystem mirror of providers; without it they come from the registry.
"""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager, suppress
from graphlib import TopologicalSorter
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple, TypeVar

from tests.support import without_kubernetes
from tests.support.clean_environment import without_accounts
from tests.support.deployer_calls import Calls
from tests.support.kept_providers import KeptProviders
from tests.support.tool_missing import ToolMissing

TIMEOUT = 900
# An apply mostly waits for the emulator.
JOBS = 8
WITH_PROVIDER = ("apply", "destroy", "import", "plan", "refresh", "show", "validate")
LACKS_PROVIDER = re.compile(r"available versions for provider\s+hashicorp/(\w+)")


T = TypeVar("T")


class TerraformFailed(AssertionError):
    """A command of terraform failed; the message is all that it said."""


class Plan(NamedTuple):
    code: int  # as of -detailed-exitcode: 0 is nothing to do, 2 is changes
    text: str


class Workspace:
    """A generated tree copied to `folder`, where the relative paths of its states lead to `folder`/state."""

    def __init__(self, generated: Path, folder: Path, environment: dict[str, str]):
        if not shutil.which("terraform"):
            raise ToolMissing("terraform is not on PATH: install 1.11 or newer")
        self.generated = folder / "generated"
        shutil.copytree(generated, self.generated, ignore=shutil.ignore_patterns(".terraform*"))
        self.whole: dict[str, dict[str, Any]] = {}
        self.aws_only: set[str] = set()
        self.read()
        self.environment = terraform_environment(folder) | environment
        self.program = "terraform"
        self.calls: Calls | None = None  # of AWS, once all stacks are applied
        self._providers = KeptProviders()

    def read(self) -> None:
        """Takes the stacks as they were generated, at first and again; each is to be initialised then."""
        manifest = json.loads((self.generated / "manifest.json").read_text())
        self.needs: dict[str, list[str]] = {name: s["dependencies"] for name, s in manifest["stacks"].items()}
        self.stacks = list(TopologicalSorter(self.needs).static_order())
        self.whole = {name: json.loads(self._file(name).read_text()) for name in self.stacks}
        self.aws_only &= set(self.stacks)

    def folder(self, stack: str) -> Path:
        return self.generated / "stacks" / stack

    def _file(self, stack: str) -> Path:
        return self.folder(stack) / "cdk.tf.json"

    def init(self, stack: str) -> None:
        self._file(stack).write_text(json.dumps(without_kubernetes.without_controller(self.whole[stack]), indent=2))
        done = self.run(stack, "init")
        require_aws_provider(done.stdout)
        lacking = set(LACKS_PROVIDER.findall(done.stdout))
        if lacking & set(without_kubernetes.PROVIDERS):
            self._keep_aws_only(stack)
            done = self.run(stack, "init")
        expect(done, 0)

    def _keep_aws_only(self, stack: str) -> None:
        half = without_kubernetes.of(self.whole[stack])
        without_kubernetes.check(self.whole[stack], half)
        half.setdefault("output", {})[without_kubernetes.OTHER_HALF] = without_kubernetes.other(self.whole[stack])
        self._file(stack).write_text(json.dumps(half, indent=2))
        self.aws_only.add(stack)
        print(f"{stack}: AWS half only", file=sys.stderr)

    def validate(self, stack: str) -> None:
        expect(self.run(stack, "validate"), 0)

    def apply(self, stack: str) -> None:
        expect(self.run(stack, "apply", "-auto-approve"), 0)

    def plan(self, stack: str) -> Plan:
        done = self.run(stack, "plan", "-detailed-exitcode")
        expect(done, 0, 2)
        return Plan(done.returncode, done.stdout)

    def destroy(self, stack: str) -> None:
        expect(self.run(stack, "destroy", "-auto-approve"), 0)

    def show(self, stack: str) -> dict[str, Any]:
        return self._json(stack, "show", "-json")

    def outputs(self, stack: str) -> dict[str, Any]:
        return {name: output["value"] for name, output in self._json(stack, "output", "-json").items()}

    def state_list(self, stack: str) -> list[str]:
        done = self.run(stack, "state", "list")
        expect(done, 0)
        return done.stdout.split()

    def each(self, do: Callable[[str], T], *, reverse: bool = False) -> dict[str, T]:
        """`do` for every stack, some at once, none before what it depends on; reversed, none before its dependants."""
        graph: TopologicalSorter[str] = TopologicalSorter(dict.fromkeys(self.stacks, ()) if reverse else self.needs)
        if reverse:
            for stack, needed in self.needs.items():
                for one in needed:
                    graph.add(one, stack)
        graph.prepare()
        results: dict[str, T] = {}
        running: dict[Future[T], str] = {}
        with ThreadPoolExecutor(JOBS) as pool:
            while graph.is_active():
                running |= {pool.submit(do, stack): stack for stack in graph.get_ready()}
                for finished in wait(running, return_when=FIRST_COMPLETED).done:
                    stack = running.pop(finished)
                    results[stack] = finished.result()
                    graph.done(stack)
        return results

    def _json(self, stack: str, *arguments: str) -> dict[str, Any]:
        done = self.run(stack, *arguments)
        expect(done, 0)
        return dict(json.loads(done.stdout))

    @contextmanager
    def provider(self, folder: Path, command: str = "apply") -> Iterator[dict[str, str]]:
        """What the environment of a command has besides, so that it uses a provider that runs.

        A log of Terraform's has only what the processes write that it starts itself.
        """
        if self.program == "terraform" and command in WITH_PROVIDER and "TF_LOG" not in self.environment:
            with self._providers.one(folder, self.environment) as provider:
                yield provider
        else:
            yield {}

    def start(self, stack: str, *arguments: str) -> subprocess.Popen[str]:
        """A terraform that leads a process group; somebody has to read its stdout, which also is its stderr."""
        return self._start(self.folder(stack), *arguments)

    def _start(
        self, folder: Path, *arguments: str, provider: Mapping[str, str] = MappingProxyType({})
    ) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [self.program, *arguments],
            cwd=folder,
            env={**self.environment, **provider},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def run(self, stack: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """To its end; what Terraform started ends with it, however it ends."""
        return self.run_in(self.folder(stack), *arguments)

    def run_in(self, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Likewise, in another folder."""
        with self.provider(folder, arguments[0]) as provider:
            process = self._start(folder, *arguments, provider=provider)
            try:
                said, _ = process.communicate(timeout=TIMEOUT)
            finally:
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
        return subprocess.CompletedProcess(process.args, process.returncode, said)


def expect(done: subprocess.CompletedProcess[str], *codes: int) -> None:
    if done.returncode not in codes:
        raise TerraformFailed(f"{' '.join(done.args)} ended with {done.returncode}\n{done.stdout}")


def require_aws_provider(said: str) -> None:
    """Raises ToolMissing where Terraform said that it can't get hashicorp/aws."""
    if "aws" in LACKS_PROVIDER.findall(said):
        raise ToolMissing(f"no hashicorp/aws: set TF_PLUGIN_MIRROR, or let terraform reach a registry\n{said}")


def terraform_environment(folder: Path) -> dict[str, str]:
    """In which terraform and its providers meet no account, cluster or set-up of the caller's."""
    mirror = os.environ.get("TF_PLUGIN_MIRROR")
    settings = folder / "terraform.rc"
    found = f"provider_installation {{\n  filesystem_mirror {{ path = {json.dumps(mirror)} }}\n}}\n" if mirror else ""
    cache = folder / "plugins"
    cache.mkdir()
    settings.write_text(found or f"plugin_cache_dir = {json.dumps(str(cache))}\n")
    return without_accounts() | {
        "TF_CLI_CONFIG_FILE": str(settings),
        "TF_IN_AUTOMATION": "1",
        "TF_INPUT": "0",
        "TF_CLI_ARGS": "-no-color",
        "CHECKPOINT_DISABLE": "1",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_MAX_ATTEMPTS": "2",
    }
