"""Leaves out jsii's check of every argument in Python, which takes half of Python's time: mypy and Node make it too.

`python -O` would do the same, but cannot be asked for from inside.
"""

import functools
import typing
from typing import Any

from modules.bindings.loader.patches import Patches


class _Anything(dict[str, Any]):
    def __missing__(self, parameter: str) -> Any:
        return Any


def skip_runtime_checks(patches: Patches) -> None:
    evaluate = typing.get_type_hints
    anything = _Anything()

    @functools.wraps(evaluate)
    def get_type_hints(of: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        # The generated classes give each method a function of this name, to check its arguments against.
        if getattr(of, "__name__", "").startswith("_typecheckingstub__"):
            return anything
        return evaluate(of, *args, **kwargs)

    patches.replace(typing, "get_type_hints", get_type_hints)
