"""Which values of a stack are blocks in HCL: Terraform's JSON writes blocks and arguments alike, the bindings know."""

from collections.abc import Iterator
from typing import Any

from modules.bindings.cdktf import TerraformElement, TerraformStack

Path = tuple[str, ...]
"""Keys that lead to a value, without the names of resources: ("resource", "aws_lb", "access_logs")."""


def block_paths(stack: TerraformStack) -> frozenset[Path]:
    """Paths of the nested blocks that the elements of a stack have."""
    return frozenset(
        path
        for element in stack.node.find_all()
        if isinstance(element, TerraformElement)
        for path in _of_element(element.to_hcl_terraform())
    )


def _of_element(rendered: dict[str, Any]) -> Iterator[Path]:
    for section in ("resource", "data"):
        for kind, resources in (rendered.get(section) or {}).items():
            yield from _nested(list(resources.values()), (section, kind))
    for kind, providers in (rendered.get("provider") or {}).items():
        yield from _nested(providers, ("provider", kind))


def _nested(value: Any, path: Path) -> Iterator[Path]:
    if isinstance(value, list):
        for item in value:
            yield from _nested(item, path)
    elif isinstance(value, dict):
        # CDKTF notes of each value what it is; in a provider's the notes have gone through its snake case.
        is_block = value.get("isBlock", value.get("is_block"))
        if is_block:
            yield path
        for key, inner in [("", value.get("value"))] if is_block is not None else value.items():
            yield from _nested(inner, (*path, key) if key else path)
