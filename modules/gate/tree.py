"""The JSON of a generated tree, as rules read it."""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

Block = Mapping[str, Any]


class Resource(NamedTuple):
    stack: str
    kind: str
    name: str
    block: Block

    @property
    def place(self) -> str:
        """Where it is, as a finding says it."""
        return f"{self.stack} {self.kind}.{self.name}"


class PolicyStatement(NamedTuple):
    stack: str
    document: str  # address
    block: Block

    @property
    def place(self) -> str:
        """Where it is, as a finding says it."""
        return f"{self.stack} {self.document} {self.block.get('sid', '')}"

    @property
    def allows(self) -> bool:
        """Whether it is no denial."""
        return str(self.block.get("effect", "Allow")) == "Allow"

    @property
    def principals(self) -> list[tuple[str, str]]:
        """Pairs of type and identifier."""
        return [(one["type"], name) for one in self.block.get("principals", []) for name in one["identifiers"]]

    @property
    def variables(self) -> set[str]:
        """The keys of its conditions."""
        return {condition["variable"] for condition in self.block.get("condition", [])}


class Tree:
    """The stacks of a generated tree, by name; Terraform merges the files of one."""

    def __init__(self, stacks: Mapping[str, Block]) -> None:
        self.stacks = stacks

    @classmethod
    def read(cls, generated: Path) -> "Tree":
        """The stacks below a folder `generated`."""
        files = sorted(generated.glob("stacks/*/cdk.tf.json"))
        return cls({file.parent.name: json.loads(file.read_text(encoding="utf-8")) for file in files})

    def resources(self, *kinds: str, section: str = "resource") -> Iterator[Resource]:
        """Those of these types, or all."""
        for stack, content in self.stacks.items():
            for kind, named in content.get(section, {}).items():
                if not kinds or kind in kinds:
                    yield from (Resource(stack, kind, name, block) for name, block in named.items())

    def statements(self) -> Iterator[PolicyStatement]:
        """Those of all policy documents."""
        for document in self.resources("aws_iam_policy_document", section="data"):
            yield from (PolicyStatement(document.stack, document.name, one) for one in document.block["statement"])

    def has(self, kind: str, to: Resource, argument: str = "bucket") -> Iterator[Resource]:
        """The resources of a type whose argument refers to this one."""
        reference = re.compile(rf"\$\{{{re.escape(to.kind)}\.{re.escape(to.name)}\.\w+\}}")
        for found in self.resources(kind):
            if found.stack == to.stack and reference.fullmatch(str(found.block.get(argument, ""))):
                yield found


def value(block: Any, path: str) -> Any:
    """The value at a path such as `encryption_configuration.encryption_type`, through lists of one; None if absent."""
    for key in path.split("."):
        while isinstance(block, list) and len(block) == 1:
            block = block[0]
        block = block.get(key) if isinstance(block, Mapping) else None
    return block


def is_true(found: object) -> bool:
    """As Terraform reads it: some arguments of the provider are booleans in text."""
    return found is True or found == "true"
