"""The stacks of generated/ in order of apply, and what their local states say of what has been applied."""

from collections.abc import Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any

from modules.errors import CommandError
from modules.state import generated, state_file
from modules.state.generated import Configuration
from modules.state.json_file import shown
from modules.state.state_file import State

# Of Aurora, of DynamoDB, of the load balancer.
_PROTECTIONS = ("deletion_protection", "deletion_protection_enabled", "enable_deletion_protection")


@dataclass(frozen=True)
class Stack:
    """One folder of generated/stacks and its state; a state that is not local is not read.

    Files are read each time, since they change while stacks are applied; a damaged one is a CommandError.
    """

    name: str
    upstream: tuple[str, ...]
    folder: Path

    @property
    def uses_kubernetes(self) -> bool:
        """Whether Terraform talks to the cluster's API for it."""
        return bool({"kubernetes", "helm"} & set(self._configuration.provider))

    @property
    def applied(self) -> bool | None:
        """Whether it holds resources; None where its state is elsewhere."""
        state = self.state
        return None if state is None else bool(state.managed)

    @property
    def deletion_protected(self) -> list[str]:
        """Addresses of what AWS or Terraform will not destroy, as it is generated or as it was applied."""
        declared = {
            f"{kind}.{name}": [resource]
            for kind, resources in self._configuration.resource.items()
            for name, resource in resources.items()
        }
        state = self.state
        applied = {
            f"{one.type}.{one.name}": [instance.attributes or {} for instance in one.instances]
            for one in (state.managed if state else ())
        }
        return sorted(
            {
                address
                for of in (declared, applied)
                for address, all_ in of.items()
                if any(map(_is_deletion_protected, all_))
            }
        )

    @property
    def local_state(self) -> Path | None:
        """The file that its state is in; None where that is not on this machine."""
        return generated.declared_backend(self.folder).local_file

    def declared(self, kind: str) -> Mapping[str, Mapping[str, Any]]:
        """Its resources of a type by the last part of their address, as they are generated."""
        return self._configuration.resource.get(kind, {})

    def holds(self, kind: str, name: str) -> bool:
        """Whether its state is known to have this resource."""
        state = self.state
        return state is not None and any((one.type, one.name) == (kind, name) for one in state.managed)

    def output(self, name: str) -> Any:
        """Value of an output; None without one."""
        state = self.state
        output = state.outputs.get(name) if state else None
        return output.value if output else None

    def backend(self, kind: str) -> Mapping[str, Any] | None:
        """The arguments of its backend; None where that is of another kind."""
        return self._configuration.terraform.backend.get(kind)

    @property
    def state(self) -> State | None:
        """What Terraform holds for it; None where the state is elsewhere."""
        file = self.local_state
        return state_file.read(file) if file else None

    @property
    def _configuration(self) -> Configuration:
        return generated.configuration(self.folder)


Stacks = Mapping[str, Stack]


def read(folder: Path) -> Stacks:
    """The stacks of this generated/ by name, each after its upstream stacks.

    Raises CommandError where the manifest is missing or damaged.
    """
    stacks = generated.manifest(folder)
    try:
        order = list(TopologicalSorter({name: stack.dependencies for name, stack in stacks.items()}).static_order())
        upstream = {name: tuple(stacks[name].dependencies) for name in order}
    except CycleError as error:
        raise _damaged(folder, f"the stacks {', '.join(error.args[1])} depend on each other") from None
    except KeyError as error:
        raise _damaged(folder, f"a stack depends on {error}, which is not in it") from None
    return {name: Stack(name, names, generated.folder_of(folder, name)) for name, names in upstream.items()}


def _damaged(folder: Path, what: str) -> CommandError:
    return CommandError(shown(folder / "manifest.json"), f"The file is damaged: {what}.", generated.NEXT_STEP)


def upstream_of(stacks: Stacks, name: str) -> list[Stack]:
    """All stacks that a stack depends on, in order of apply."""
    needed = set(stacks[name].upstream)
    for stack in reversed(list(stacks.values())):
        if stack.name in needed:
            needed |= set(stack.upstream)
    return [stack for stack in stacks.values() if stack.name in needed]


def downstream_of(stacks: Stacks, name: str) -> list[Stack]:
    """All stacks that depend on a stack, in order of destroy."""
    return [stack for stack in reversed(list(stacks.values())) if stacks[name] in upstream_of(stacks, stack.name)]


def _is_deletion_protected(resource: Mapping[str, Any]) -> bool:
    lifecycle = resource.get("lifecycle")
    kept = isinstance(lifecycle, dict) and lifecycle.get("prevent_destroy") is True
    return kept or any(resource.get(argument) is True for argument in _PROTECTIONS)
