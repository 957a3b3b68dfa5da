"""Places in nested lists and mappings, and copies with another value in one of them."""

from typing import Any


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The path of the value itself and of all that is in it."""
    keys = range(len(value)) if isinstance(value, list) else list(value) if isinstance(value, dict) else []
    return [path, *(place for key in keys for place in places(value[key], (*path, key)))]


def replaced(value: Any, path: tuple[Any, ...], by: Any) -> Any:
    """A copy with another value at this path."""
    if not path:
        return by
    copy = value.copy()
    copy[path[0]] = replaced(value[path[0]], path[1:], by)
    return copy
