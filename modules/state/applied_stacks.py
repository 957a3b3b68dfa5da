"""The stacks of generated/ in order of apply, and what their local states say of what has been applied."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

# Of Aurora, of DynamoDB, of the load balancer.
_PROTECTIONS = ("deletion_protection", "deletion_protection_enabled", "enable_deletion_protection")


@dataclass(frozen=True)
class Stack:
    """One folder of generated/stacks and its state; a state that is not local is not read."""

    name: str
    upstream: tuple[str, ...]
    folder: Path

    @property
    def uses_kubernetes(self) -> bool:
        """Whether Terraform talks to the cluster's API for it."""
        return bool({"kubernetes", "helm"} & set(self._configuration.get("provider", ())))

    @property
    def applied(self) -> bool | None:
        """Whether it holds resources; None where its state is elsewhere."""
        state = self._state
        return None if state is None else any(r.get("mode") == "managed" for r in state.get("resources", ()))

    @property
    def deletion_protected(self) -> list[str]:
        """Addresses of what AWS or Terraform will not destroy, as it is generated or as it was applied."""
        declared = {
            f"{kind}.{name}": [resource]
            for kind, resources in self._configuration.get("resource", {}).items()
            for name, resource in resources.items()
        }
        applied = {
            f"{one['type']}.{one['name']}": [instance.get("attributes", {}) for instance in one["instances"]]
            for one in (self._state or {}).get("resources", ())
            if one.get("mode") == "managed"
        }
        return sorted(
            {
                address
                for of in (declared, applied)
                for address, all_ in of.items()
                if any(map(_is_deletion_protected, all_))
            }
        )

    def output(self, name: str) -> Any:
        """Value of an output; None without one."""
        return ((self._state or {}).get("outputs", {}).get(name) or {}).get("value")

    @property
    def _configuration(self) -> dict[str, Any]:
        return _read(self.folder / "cdk.tf.json")

    @property
    def _state(self) -> dict[str, Any] | None:
        backend = self._configuration["terraform"]["backend"]
        return _read(self.folder / backend["local"]["path"]) if "local" in backend else None


Stacks = Mapping[str, Stack]


def read(generated: Path) -> Stacks:
    """By name, each after those that it upstream."""
    manifest = _read(generated / "manifest.json")["stacks"]
    order = TopologicalSorter({name: stack["dependencies"] for name, stack in manifest.items()}).static_order()
    return {
        name: Stack(name, tuple(manifest[name]["dependencies"]), generated / manifest[name]["workingDirectory"])
        for name in order
    }


def upstream_of(stacks: Stacks, name: str) -> list[Stack]:
    """All that a stack rests on, in order of apply."""
    needed = set(stacks[name].upstream)
    for stack in reversed(list(stacks.values())):
        if stack.name in needed:
            needed |= set(stack.upstream)
    return [stack for stack in stacks.values() if stack.name in needed]


def downstream_of(stacks: Stacks, name: str) -> list[Stack]:
    """All that rests on a stack, in order of destroy."""
    return [stack for stack in reversed(list(stacks.values())) if stacks[name] in upstream_of(stacks, stack.name)]


def _is_deletion_protected(resource: Mapping[str, Any]) -> bool:
    lifecycle = resource.get("lifecycle") or {}
    return any(resource.get(argument) is True for argument in _PROTECTIONS) or lifecycle.get("prevent_destroy") is True


def _read(file: Path) -> dict[str, Any]:
    """Empty where there is no file, or only the empty one that Terraform makes before its first write."""
    content = file.read_text(encoding="utf-8") if file.exists() else ""
    return dict(json.loads(content)) if content else {}
