"""Plans one stack on a copy, with a copy of its state: what is downstream of another reads what that one will offer."""

import json
import shutil
import tempfile
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from modules import bounded_file
from modules.errors import CommandError
from modules.facts.terraform import STATE_BLOCKS
from modules.plan import planned_outputs, stack_copy, state_copy
from modules.plan.stack_copy import UNKNOWN_EXPRESSION, Expressions
from modules.plan.terraform import Terraform
from modules.state import applied_stacks, generated
from modules.state.applied_stacks import Stack, Stacks
from modules.state.json_file import MAX_BYTES

ENDPOINT = "cluster_endpoint"  # the output by which stacks find the Kubernetes API
Unreachable = Callable[[str], CommandError | None]


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


class Planner:
    """Copies of stacks in a private folder; those that were planned offer their outputs to those downstream."""

    def __init__(
        self, generated_: Path, stacks: Stacks, folder: Path, terraform: Terraform, unreachable: Unreachable
    ) -> None:
        self._stacks, self._folder, self._terraform, self._unreachable = stacks, folder, terraform, unreachable
        self._configurations = {name: _configuration(stack) for name, stack in stacks.items()}
        self._planned: dict[str, StackPlan] = {}
        self._tree = folder / "generated"
        ignored = shutil.ignore_patterns(
            ".terraform", "*.tfstate*", "*_override.*", *generated.CONFIGURATION_NAMES, "cdk.tf"
        )
        shutil.copytree(generated_, self._tree, ignore=ignored)

    def plan(self, name: str, replace: Collection[str] = ()) -> StackPlan:
        """Plans a stack whose upstream stacks are planned, or are none of this question."""
        planned = {
            address: self._planned[upstream].outputs
            for address, upstream in stack_copy.stacks_read(self._configurations[name], self._configurations).items()
            if upstream in self._planned
        }
        replaced = [f"-replace={address}" for address in replace]
        self._planned[name] = self._plan(name, planned, self._state(self._stacks[name]), *replaced)
        return self._planned[name]

    def compare(self, name: str) -> StackPlan | None:
        """A plan that only refreshes the state: what AWS has of the stack by now; None where it holds nothing."""
        state = self._state(self._stacks[name])
        return self._plan(name, {}, state, "-refresh-only") if state and state["resources"] else None

    def _plan(
        self, name: str, planned: Mapping[str, Expressions], state: dict[str, Any] | None, *arguments: str
    ) -> StackPlan:
        stack, whole = self._stacks[name], self._configurations[name]
        without = self._without_kubernetes(stack) if stack.uses_kubernetes else None
        copy = stack_copy.make(whole, planned, with_kubernetes=without is None)
        folder = generated.folder_of(self._tree, name)
        _read_where_they_are(copy.configuration, stack.folder)
        (folder / "cdk.tf.json").write_text(json.dumps(copy.configuration, indent=2), encoding="utf-8")
        if state is not None:
            held = state if without is None else state_copy.without_kubernetes(state)
            (folder / state_copy.STATE).write_text(json.dumps(held), encoding="utf-8")
        self._terraform.init(name, folder)
        plan = self._terraform.plan(name, folder, *arguments)
        outputs = planned_outputs.expressions(plan, copy.lost)
        return StackPlan(name, plan, whole, copy.kept, outputs, without, copy.lost)

    def _state(self, stack: Stack) -> dict[str, Any] | None:
        folder = Path(tempfile.mkdtemp(dir=self._folder))
        block = self._configurations[stack.name]["terraform"]
        backend = {key: block[key] for key in STATE_BLOCKS if key in block}
        return state_copy.content(stack, backend, folder, self._terraform)

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
                state = self._state(upstream)
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
