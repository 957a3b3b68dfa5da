"""A system as its files declare it: the configurations of its stacks, and what their references come to."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from modules.facts import arns, regions
from modules.naming import PLATFORM_STACKS, address
from modules.spec.model import Spec

Configuration = Mapping[str, Any]
ACCOUNT = "<account>"

# A reference in Terraform's text, and none where IAM's variables are escaped as $${ or &{.
_REFERENCE = re.compile(r"(?<!\$)\$\{([^}]*)\}")
_OUTPUT = re.compile(r'data\.terraform_remote_state\.(\w+)\.outputs\.(\w+)(?:\["([^"]+)"\])?')
_ATTRIBUTE = re.compile(r"(?:data\.)?(\w+)\.(\w+)\.(.+)")
# Attributes that say the same as an argument.
_SAME = {"aws_s3_bucket.id": "bucket"}


class Target(NamedTuple):
    """What a reference leads to: an attribute of a resource, or of a data source."""

    stack: str
    kind: str
    name: str
    attribute: str


@dataclass(frozen=True)
class System:
    """A spec with the files that were built from it."""

    spec: Spec
    files: Mapping[str, bytes]

    @cached_property
    def stacks(self) -> Mapping[str, Configuration]:
        """Stack, by its name without the environment -> its configuration, in the order of the apply."""
        manifest = json.loads(self.files["manifest.json"])["stacks"]
        return {
            name: json.loads(self.files[manifest[called]["synthesizedStackPath"]])
            for name in (*PLATFORM_STACKS, *self.spec.order)
            if (called := self.spec.names.stack(name)) in manifest
        }

    @cached_property
    def dependencies(self) -> Mapping[str, list[str]]:
        """Stack -> the stacks that it reads."""
        manifest = json.loads(self.files["manifest.json"])["stacks"]
        names = self.spec.names
        return {
            name: [part for one in manifest[names.stack(name)]["dependencies"] if (part := names.part(one))]
            for name in self.stacks
        }

    @property
    def resources(self) -> Mapping[str, Mapping[str, Mapping[str, Any]]]:
        """Stack -> type -> address -> resource."""
        return {name: stack.get("resource", {}) for name, stack in self.stacks.items()}

    def of_kind(self, kind: str) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
        """Stack, address and arguments of each resource of a type."""
        for stack, kinds in self.resources.items():
            for name, resource in kinds.get(kind, {}).items():
                yield stack, name, resource

    def output(self, stack: str, name: str) -> str:
        """An output of a stack as text."""
        return self.text(stack, self.stacks[stack]["output"][name]["value"])

    def text(self, stack: str, value: object) -> str:
        """A value of a stack with what is known of its references, and IAM's variables as IAM writes them."""
        found = _REFERENCE.sub(lambda match: self._known(stack, match[1]), str(value))
        return found.replace("&{", "${").replace("$${", "${").replace("%%{", "%{")

    def target(self, stack: str, value: object) -> Target | None:
        """What a value that is one reference leads to, through the outputs of other stacks; None for other values."""
        match = _REFERENCE.fullmatch(str(value))
        return self._target(stack, match[1]) if match else None

    def _target(self, stack: str, reference: str) -> Target | None:
        if output := _OUTPUT.fullmatch(reference):
            other = self._by_address.get(output[1])
            offered = self.stacks[other]["output"][output[2]]["value"] if other else None
            value = offered[output[3]] if output[3] and offered else offered
            return self.target(other, value) if other else None
        attribute = _ATTRIBUTE.fullmatch(reference)
        return Target(stack, *attribute.groups()) if attribute else None

    def _known(self, stack: str, reference: str) -> str:
        if output := _OUTPUT.fullmatch(reference):
            other = self._by_address.get(output[1])
            value = self.stacks[other]["output"][output[2]]["value"] if other else None
            if other and output[3] is None:
                return self.text(other, value)
        target = self._target(stack, reference)
        if target is None:
            return f"<{reference}>"
        if target.kind == "aws_caller_identity":
            return self.spec.account or ACCOUNT
        return self._attribute(target)

    def _attribute(self, target: Target) -> str:
        stack, kind, name, attribute = target
        blocks = [self.stacks[stack].get(block, {}).get(kind, {}) for block in ("resource", "data")]
        resource: Mapping[str, Any] = next((found[name] for found in blocks if name in found), {})
        if attribute == "arn" and kind in arns.FORMATS:
            known = {"region": self.spec.region, "account": self.spec.account or ACCOUNT}
            partition = regions.partition(self.spec.region)
            return self.text(stack, f"arn:{partition}:{arns.form(kind, {**resource, **known})}")
        argument = _SAME.get(f"{kind}.{attribute}", attribute)
        value = resource.get(argument)
        return self.text(stack, value) if isinstance(value, str | int) else f"<{attribute} of {kind}.{name}>"

    @cached_property
    def _by_address(self) -> Mapping[str, str]:
        return {address(name): name for name in self.stacks}
