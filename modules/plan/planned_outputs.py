"""What a planned stack offers to others: values, and where nobody can know one yet, an expression that is unknown."""

from typing import Any

from modules.plan.stack_copy import UNKNOWN_EXPRESSION, Expressions, literal


def expressions(plan: dict[str, Any], lost: frozenset[str]) -> Expressions:
    """The outputs of a stack in a plan (`terraform show -json`); `lost` are some that the plan left out, unknown."""
    changes = plan.get("output_changes", {})
    known = {
        name: _expression(change.get("after"), change.get("after_unknown", False))
        for name, change in changes.items()
        if change["actions"] != ["delete"]
    }
    return known | dict.fromkeys(lost, UNKNOWN_EXPRESSION)


def _expression(value: Any, unknown: Any) -> Any:
    """`unknown` has the shape of the value, with True where one is not known; it leaves out what is known."""
    if unknown is True:
        return UNKNOWN_EXPRESSION
    if isinstance(unknown, dict) and unknown:
        held = value if isinstance(value, dict) else {}
        keys = [*held, *(key for key in unknown if key not in held)]
        return {literal(key): _expression(held.get(key), unknown.get(key, False)) for key in keys}
    if isinstance(unknown, list) and unknown:
        held_list = value if isinstance(value, list) else []
        length = max(len(held_list), len(unknown))
        pairs = [*zip(_padded(held_list, length, None), _padded(unknown, length, False), strict=True)]
        return [_expression(one, flag) for one, flag in pairs]
    return literal(value)


def _padded(values: list[Any], length: int, filler: Any) -> list[Any]:
    return [*values, *[filler] * (length - len(values))]
