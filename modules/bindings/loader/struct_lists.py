"""Lets a dict stand for a block in a list of blocks too, and refuses a key that the block does not have.

jsii makes a struct of a dict where one block is wanted, but passes on the dicts in a list as they are, and there CDKTF
leaves out without a word every key that is not in its own camelCase: `target_group_arn` would be missing in the plan.
"""

import functools
import typing
from typing import Any

import jsii._kernel as internals


def convert_dicts_in_lists() -> None:
    send = internals._make_reference_for_native

    def send_structs(kernel: internals.Kernel, value: Any) -> Any:
        kind: Any = type(value)
        if _is_struct(kind):
            for field, items in value._values.items():
                if isinstance(items, list) and any(isinstance(item, dict) for item in items):
                    block = _block(kind, field)
                    value._values[field] = [block(**item) if isinstance(item, dict) else item for item in items]
        return send(kernel, value)

    internals._make_reference_for_native = send_structs  # type: ignore[assignment]


def _is_struct(kind: Any) -> bool:
    return hasattr(kind, "__jsii_name_mapping__")


@functools.cache
def _block(struct: Any, field: str) -> Any:
    """The one struct that the field is a list of; `dict` where it is a list of plain mappings."""
    blocks = {kind for kind in _parts(typing.get_type_hints(getattr(struct, field).fget)["return"]) if _is_struct(kind)}
    return blocks.pop() if len(blocks) == 1 else dict


def _parts(hint: Any) -> set[Any]:
    return {hint}.union(*(_parts(part) for part in typing.get_args(hint)))
