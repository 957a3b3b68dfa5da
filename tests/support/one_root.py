"""The plan of the AWS half of all stacks as one configuration: a module a stack, and their states as one.

It needs a provider process for each module at once, so it is no way to plan a large system.
"""

import json
import re
import shutil
from pathlib import Path
from typing import Any

from modules.plan import stack_copy
from modules.plan.stack_copy import is_of_kubernetes
from tests.support.terraform_workspace import Workspace, expect

Changes = dict[tuple[str, str], str]  # (stack, address) -> actions of Terraform, joined


class OneRoot:
    """All stacks of a workspace in one configuration below `folder`; with `empty`, as if none had been applied."""

    def __init__(self, workspace: Workspace, folder: Path, *, empty: bool = False) -> None:
        self._workspace, self._folder, self._empty = workspace, folder, empty
        self._modules = {name.replace("-", "_"): name for name in workspace.stacks}
        root: dict[str, Any] = {"terraform": {"required_providers": {}}, "module": {}, "provider": {"aws": []}}
        resources = [one for key, name in self._modules.items() for one in self._add(key, name, root)]
        (folder / "main.tf.json").write_text(json.dumps(root, indent=1))
        state = {"version": 4, "serial": 1, "lineage": "one-root", "outputs": {}, "resources": resources}
        (folder / "terraform.tfstate").write_text(json.dumps(state))

    def plan(self, *arguments: str) -> Changes:
        """The changes of managed resources."""
        self._run("init", "-input=false")
        self._run("plan", "-input=false", "-out=plan", *arguments)
        plan = json.loads(self.shown())
        return {
            (self._modules[one["module_address"].removeprefix("module.")], _inner(one["address"])): "/".join(
                one["change"]["actions"]
            )
            for one in plan["resource_changes"]
            if one["mode"] == "managed" and one["change"]["actions"] != ["no-op"]
        }

    def validate(self) -> None:
        """Raises TerraformFailed with what is not valid."""
        self._run("init", "-input=false")
        self._run("validate")

    def shown(self) -> str:
        """The last plan, in Terraform's JSON."""
        return self._run("show", "-json", "plan")

    def _run(self, *arguments: str) -> str:
        done = self._workspace.run_in(self._folder, *arguments)
        expect(done, 0)
        return done.stdout

    def _add(self, key: str, name: str, root: dict[str, Any]) -> list[dict[str, Any]]:
        """Makes the module of a stack; returns the resources of its state."""
        source = self._workspace.folder(name)
        whole = json.loads((source / "cdk.tf.json").read_text())
        reads = list(stack_copy.reads(whole))
        stack = stack_copy.make(whole, {}, with_kubernetes=False).configuration
        stack.get("data", {}).pop(stack_copy.READS, None)
        if not stack.get("data"):
            stack.pop("data", None)
        (provider,) = stack.pop("provider")["aws"]
        root["provider"]["aws"].append({**provider, "alias": key})
        root["terraform"]["required_providers"].update(stack["terraform"]["required_providers"])
        text = re.sub(r"data\.terraform_remote_state\.(\w+)\.outputs\b", r"var.state_\1", json.dumps(stack))
        module = json.loads(text) | ({"variable": {f"state_{one}": {"type": "any"} for one in reads}} if reads else {})
        folder = self._folder / "modules" / key
        shutil.copytree(source, folder, ignore=shutil.ignore_patterns(".terraform*", "cdk.tf.json"))
        (folder / "main.tf.json").write_text(json.dumps(module))
        given = {f"state_{one}": f"${{module.{one}}}" for one in reads}
        root["module"][key] = {"source": f"./modules/{key}", "providers": {"aws": f"aws.{key}"}, **given}
        held = self._state(name)
        return [
            _moved(one, key) for one in held if one["type"] != stack_copy.READS and not is_of_kubernetes(one["type"])
        ]

    def _state(self, name: str) -> list[dict[str, Any]]:
        if self._empty:
            return []
        done = self._workspace.run(name, "state", "pull")
        expect(done, 0)
        return list(json.loads(done.stdout)["resources"])


def _moved(resource: dict[str, Any], key: str) -> dict[str, Any]:
    """A resource of a state, in the module."""
    moved = {"module": f"module.{key}", **resource, "provider": f"{resource['provider']}.{key}"}
    for instance in moved["instances"]:
        if "dependencies" in instance:
            kept = [one for one in instance["dependencies"] if stack_copy.READS not in one]
            instance["dependencies"] = [f"module.{key}.{one}" for one in kept]
    return moved


def _inner(address: str) -> str:
    return address.split(".", 2)[2]
