"""What the checks are about: a system, its generated/, its Terraform states, and the account."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from modules.doctor import stack_state
from modules.doctor.account import Account
from modules.spec.model import Spec
from modules.state import applied_stacks
from modules.state.applied_stacks import Stack
from modules.state.state_file import State

_ACCOUNT_ID = "${data.aws_caller_identity.current.account_id}"


class Declared(NamedTuple):
    """A resource of generated/: its stack, its Terraform address, its arguments."""

    stack: str
    address: str
    arguments: Mapping[str, Any]


@dataclass(frozen=True)
class Subject:
    """A system and where it is to be built."""

    spec: Spec
    generated: Path
    account: Account

    def declared(self, kind: str) -> list[Declared]:
        """Resources of a Terraform type in generated/. Raises CommandError where generated/ is missing or damaged."""
        return [
            Declared(stack.name, f"{kind}.{address}", arguments)
            for stack in self._stacks
            for address, arguments in stack.declared(kind).items()
        ]

    def held(self, kind: str) -> list[Mapping[str, Any]]:
        """Attributes of what the states hold of a Terraform type.

        Raises CommandError where a state is damaged, NotChecked where it can't be read.
        """
        return [
            instance.attributes or {}
            for state in self._states
            for resource in state.managed
            if resource.type == kind
            for instance in resource.instances
        ]

    def renaming(self) -> list[str]:
        """Services whose pods run under an earlier name too, or will while they get another one.

        Raises CommandError where a state is damaged, NotChecked where it can't be read.
        """
        earlier = self.spec.earlier_names
        profiles = self.held("aws_eks_fargate_profile") if earlier else []
        there = {str(one.get("fargate_profile_name")) for one in profiles}
        found = {name for old, name in earlier.items() if self.spec.names.profile(old) in there}
        return sorted(found & self.spec.services.keys())

    def names(self, kind: str, argument: str) -> dict[str, Declared]:
        """AWS name -> resource, for those whose names are known before they are made."""
        named = {str(one.arguments.get(argument, "")): one for one in self.declared(kind)}
        known = {self.literal(name): one for name, one in named.items()}
        return {name: one for name, one in known.items() if name and "${" not in name}

    def literal(self, text: str) -> str:
        """The text with the account's id, as Terraform fills it in."""
        return text.replace(_ACCOUNT_ID, self.account.id)

    def identifiers(self) -> set[tuple[str, str]]:
        """Terraform type, and ARN or id, of every resource that a state has.

        Raises CommandError where a state is damaged, NotChecked where it can't be read.
        """
        return {
            (resource.type, str(value))
            for state in self._states
            for resource in state.managed
            for instance in resource.instances
            for value in ((instance.attributes or {}).get("arn"), (instance.attributes or {}).get("id"))
            if value
        }

    @cached_property
    def _stacks(self) -> list[Stack]:
        return [one for one in applied_stacks.read(self.generated).values() if self.spec.names.part(one.name)]

    @cached_property
    def _states(self) -> list[State]:
        found = [stack_state.read(stack, self.account) for stack in self._stacks]
        return [state for state in found if state is not None]
