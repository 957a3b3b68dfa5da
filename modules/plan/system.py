"""Plans stacks in their order of apply, each on a copy, where those downstream read what those upstream will offer."""

import json
import shutil
import tempfile
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from graphlib import TopologicalSorter
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from modules import bounded_file
from modules.errors import CommandError
from modules.plan import planned_outputs, stack_copy, state_copy
from modules.plan.private_folder import private_folder
from modules.plan.stack_copy import UNKNOWN_EXPRESSION, Expressions
from modules.plan.terraform import Terraform
from modules.state import applied_stacks, generated
from modules.state.applied_stacks import Stack, Stacks
from modules.state.json_file import MAX_BYTES

AT_ONCE = 2  # stacks; the AWS provider takes half a gigabyte of memory each time
ENDPOINT = "cluster_endpoint"  # the output by which stacks find the Kubernetes API
Unreachable = Callable[[str], CommandError | None]
Replace = Mapping[str, Collection[str]]  # stack -> addresses


class StackPlan(NamedTuple):
    """A stack as it was planned."""

    stack: str
    plan: dict[str, Any]  # as `terraform show -json` has it
    configuration: Mapping[str, Any]  # as it is generated
    kept: frozenset[str]  # addresses that Terraform refuses to destroy
    outputs: Expressions
    without_kubernetes: str | None  # why its Kubernetes half was left out; None where it was planned, or there is none
    lost: frozenset[str]  # outputs that were left out with it

    @property
    def changed_outputs(self) -> list[str]:
        """Names of outputs that are added, go, or get another value."""
        changes = self.plan.get("output_changes", {})
        return sorted(name for name in changes if changes[name]["actions"] != ["no-op"] and name not in self.lost)


class Question(NamedTuple):
    """What is to be planned: these stacks (none: all) with all that is downstream of them."""

    generated: Path
    stacks: Sequence[str] = ()
    replace: Replace = MappingProxyType({})
    at_once: int = AT_ONCE


def plan(question: Question, unreachable: Unreachable, say: Callable[[str], None]) -> list[StackPlan]:
    """The planned stacks in order of apply; raises CommandError where one can't be planned."""
    stacks = applied_stacks.read(question.generated)
    chosen = _with_downstream(stacks, question.stacks)
    with private_folder() as folder:
        terraform = Terraform(folder)
        run = _Run(question, stacks, folder, terraform, unreachable)
        graph = {name: {one for one in stacks[name].upstream if one in chosen} for name in chosen}
        with ThreadPoolExecutor(question.at_once) as pool, terraform.until_the_end():
            return _each(graph, lambda name: pool.submit(run.one, name), say)


def _with_downstream(stacks: Stacks, named: Sequence[str]) -> list[str]:
    downstream = {below.name for name in named for below in applied_stacks.downstream_of(stacks, name)}
    return [name for name in stacks if not named or name in named or name in downstream]


def _each(
    graph: Mapping[str, set[str]], submit: Callable[[str], "Future[StackPlan]"], say: Callable[[str], None]
) -> list[StackPlan]:
    sorter = TopologicalSorter(graph)
    sorter.prepare()
    running: dict[Future[StackPlan], str] = {}
    done: dict[str, StackPlan] = {}
    while sorter.is_active():
        running |= {submit(name): name for name in sorter.get_ready()}
        for finished in wait(running, return_when=FIRST_COMPLETED).done:
            name = running.pop(finished)
            done[name] = finished.result()
            say(f"planned {name} ({len(done)} of {len(graph)})")
            sorter.done(name)
    return [done[name] for name in graph]


class _Run:
    def __init__(
        self, question: Question, stacks: Stacks, folder: Path, terraform: Terraform, unreachable: Unreachable
    ) -> None:
        self._question, self._stacks, self._folder, self._terraform = question, stacks, folder, terraform
        self._unreachable = unreachable
        self._configurations = {name: _configuration(stack) for name, stack in stacks.items()}
        self._planned: dict[str, StackPlan] = {}
        self._tree = folder / "generated"
        ignored = shutil.ignore_patterns(".terraform", "*.tfstate*", *generated.CONFIGURATION_NAMES, "cdk.tf")
        shutil.copytree(question.generated, self._tree, ignore=ignored)

    def one(self, name: str) -> StackPlan:
        """Plans a stack whose upstream stacks are planned, or are none of this question."""
        stack = self._stacks[name]
        whole = self._configurations[name]
        without = self._without_kubernetes(stack) if stack.uses_kubernetes else None
        planned = {
            address: self._planned[upstream].outputs
            for address, upstream in stack_copy.stacks_read(whole, self._configurations).items()
            if upstream in self._planned
        }
        copy = stack_copy.make(whole, planned, with_kubernetes=without is None)
        folder = generated.folder_of(self._tree, name)
        _read_where_they_are(copy.configuration, stack.folder)
        (folder / "cdk.tf.json").write_text(json.dumps(copy.configuration, indent=2), encoding="utf-8")
        self._copy_state(stack, whole, folder, with_kubernetes=without is None)
        self._terraform.init(name, folder)
        replaced = [f"-replace={address}" for address in self._question.replace.get(name, ())]
        plan = self._terraform.plan(name, folder, *replaced)
        outputs = planned_outputs.expressions(plan, copy.lost)
        self._planned[name] = StackPlan(name, plan, whole, copy.kept, outputs, without, copy.lost)
        return self._planned[name]

    def _copy_state(self, stack: Stack, whole: Mapping[str, Any], folder: Path, *, with_kubernetes: bool) -> None:
        state = self._state(stack, whole)
        if state is not None:
            held = state if with_kubernetes else state_copy.without_kubernetes(state)
            (folder / state_copy.STATE).write_text(json.dumps(held), encoding="utf-8")

    def _state(self, stack: Stack, whole: Mapping[str, Any]) -> dict[str, Any] | None:
        folder = Path(tempfile.mkdtemp(dir=self._folder))
        return state_copy.content(stack, whole["terraform"]["backend"], folder, self._terraform)

    def _without_kubernetes(self, stack: Stack) -> str | None:
        """Why what is inside the cluster can't be planned; None where it can."""
        endpoint = self._endpoint(stack)
        if endpoint is None:
            return "the cluster is not there yet"
        if endpoint == UNKNOWN_EXPRESSION:
            return "the cluster's endpoint is known only after stack cluster is applied"
        error = self._unreachable(str(endpoint))
        return None if error is None else error.what[0].lower() + error.what[1:].rstrip(".")

    def _endpoint(self, stack: Stack) -> Any:
        """Of the cluster, as an expression; None where it is not there."""
        for upstream in applied_stacks.upstream_of(self._stacks, stack.name):
            if upstream.name in self._planned:
                found = self._planned[upstream.name].outputs.get(ENDPOINT)
            else:
                state = self._state(upstream, self._configurations[upstream.name])
                found = (state or {}).get("outputs", {}).get(ENDPOINT, {}).get("value")
            if found is not None:
                return found
        return None


def _configuration(stack: Stack) -> dict[str, Any]:
    """All of it; raises CommandError where it is missing or damaged."""
    generated.configuration(stack.folder)
    return dict(json.loads(bounded_file.read(generated.configuration_file(stack.folder), MAX_BYTES)))


def _read_where_they_are(configuration: Mapping[str, Any], folder: Path) -> None:
    """Lets a copy read the local states of stacks that are not planned at their own place."""
    for read in stack_copy.reads(configuration).values():
        if read.get("backend") == "local":
            read["config"]["path"] = str((folder / read["config"]["path"]).resolve())
