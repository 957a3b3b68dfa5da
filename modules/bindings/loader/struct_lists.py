"""Lets a dict stand for a block in a list of blocks too, and refuses a key that the block does not have.

jsii makes a struct of a dict where one block is wanted, but passes on the dicts in a list as they are, and there CDKTF
leaves out without a word every key that is not in its own camelCase: `target_group_arn` would be missing in the plan.

The constructs rely on it, so it is no part of what the switch leaves out. It knows nothing of jsii's internals: the
generated classes call `jsii.create`, and a generated struct keeps its fields in `_values`.
"""

import functools
import typing
from typing import Any


def convert_dicts_in_lists() -> None:
    import jsii

    create: Any = jsii.create

    @functools.wraps(create)
    def create_with_blocks(klass: Any, obj: Any, args: list[Any] | None = None) -> Any:
        for argument in args or ():
            _convert(argument)
        return create(klass, obj, args)

    jsii.create = create_with_blocks


def _convert(value: Any) -> None:
    kind: Any = type(value)
    if _is_struct(kind):
        for field, items in value._values.items():
            if isinstance(items, list) and any(isinstance(item, dict) for item in items):
                block = _block(kind, field)
                value._values[field] = [block(**item) if isinstance(item, dict) else item for item in items]
            _convert(value._values[field])
    elif isinstance(value, list):
        for item in value:
            _convert(item)


def _is_struct(kind: Any) -> bool:
    return hasattr(kind, "__jsii_name_mapping__")


@functools.cache
def _block(struct: Any, field: str) -> Any:
    """The one struct that the field is a list of; `dict` where it is a list of plain mappings."""
    blocks = {kind for kind in _parts(typing.get_type_hints(getattr(struct, field).fget)["return"]) if _is_struct(kind)}
    return blocks.pop() if len(blocks) == 1 else dict


def _parts(hint: Any) -> set[Any]:
    return {hint}.union(*(_parts(part) for part in typing.get_args(hint)))
