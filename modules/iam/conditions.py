"""Whether the conditions of a statement are met, by the operators of IAM.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html and
.../reference_policies_condition-single-vs-multi-valued-context-keys.html, read 2026-11-26.
"""

import operator
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache
from ipaddress import ip_address, ip_network
from typing import Any

Context = Mapping[str, str | list[str]]
"""Condition key -> what AWS sees of it; a list, where the key has several values."""
Conditions = Mapping[str, Mapping[str, Any]]
"""Operator -> key -> the values that are wanted."""
_VARIABLE = re.compile(r"\$\{(.*?)\}")


def met(conditions: Conditions, context: Context) -> bool:
    """Whether all are. Raises KeyError for an operator that IAM does not have."""
    seen = {key.lower(): value for key, value in context.items()}
    return all(
        _holds(test, seen.get(key.lower()), [filled(str(one), context) for one in _list(wanted)])
        for test, keys in conditions.items()
        for key, wanted in keys.items()
    )


def is_like(pattern: str, value: str, context: Context) -> bool:
    """Whether a value fits a pattern with * and ?, and with the variables of IAM, such as ${aws:userid}."""
    if "${" in pattern:
        pattern = filled(pattern, context)
    return pattern == value or (("*" in pattern or "?" in pattern) and _pattern(pattern).fullmatch(value) is not None)


def filled(wanted: str, context: Context) -> str:
    """A value whose policy variables are those of the call; one that the call lacks fits nothing."""

    def value(found: re.Match[str]) -> str:
        name, _, default = found[1].partition(",")
        if name in ("*", "?", "$"):
            return name
        known = context.get(name.strip())
        return known if isinstance(known, str) else default.strip(" '") or "\0"

    return _VARIABLE.sub(value, wanted) if "${" in wanted else wanted


def _holds(test: str, seen: str | list[str] | None, wanted: list[str]) -> bool:
    sets, _, test = test.rpartition(":")
    name, if_exists = test.removesuffix("IfExists"), test.endswith("IfExists")
    if name == "Null":
        return (seen is None) == (wanted[0].lower() == "true")
    is_negated = "Not" in name
    one = _NEGATED[name] if is_negated else _TESTS[name]
    if seen is None:
        return if_exists or sets == "ForAllValues" or (is_negated and not sets)

    def fits(value: str) -> bool:
        return not any(one(each, value) for each in wanted) if is_negated else any(one(each, value) for each in wanted)

    return all(map(fits, _list(seen))) if sets == "ForAllValues" else any(map(fits, _list(seen)))


def _number(compare: Callable[[float, float], bool]) -> Callable[[str, str], bool]:
    return lambda wanted, seen: compare(float(seen), float(wanted))


def _date(compare: Callable[[datetime, datetime], bool]) -> Callable[[str, str], bool]:
    return lambda wanted, seen: compare(datetime.fromisoformat(seen), datetime.fromisoformat(wanted))


def _text(wanted: str, seen: str) -> bool:
    return is_like(wanted, seen, {})


def _arn(wanted: str, seen: str) -> bool:
    """Each of the six parts is compared by itself."""
    parts, others = wanted.split(":", 5), seen.split(":", 5)
    return len(parts) == len(others) and all(map(_text, parts, others))


_TESTS: dict[str, Callable[[str, str], bool]] = {
    "StringEquals": operator.eq,
    "StringEqualsIgnoreCase": lambda wanted, seen: wanted.lower() == seen.lower(),
    "StringLike": _text,
    "ArnEquals": _arn,
    "ArnLike": _arn,
    "Bool": lambda wanted, seen: wanted.lower() == seen.lower(),
    "BinaryEquals": operator.eq,
    "IpAddress": lambda wanted, seen: ip_address(seen) in ip_network(wanted, strict=False),
    "NumericEquals": _number(operator.eq),
    "NumericLessThan": _number(operator.lt),
    "NumericLessThanEquals": _number(operator.le),
    "NumericGreaterThan": _number(operator.gt),
    "NumericGreaterThanEquals": _number(operator.ge),
    "DateEquals": _date(operator.eq),
    "DateLessThan": _date(operator.lt),
    "DateLessThanEquals": _date(operator.le),
    "DateGreaterThan": _date(operator.gt),
    "DateGreaterThanEquals": _date(operator.ge),
}
_NEGATED = {
    f"{kind}Not{rest}": _TESTS[f"{kind}{rest}"]
    for kind, rest in (
        *(("String", rest) for rest in ("Equals", "EqualsIgnoreCase", "Like")),
        *(("Arn", rest) for rest in ("Equals", "Like")),
        *((kind, "Equals") for kind in ("Numeric", "Date")),
    )
} | {"NotIpAddress": _TESTS["IpAddress"]}


@cache
def _pattern(text: str) -> re.Pattern[str]:
    parts = (".*" if part == "*" else "." if part == "?" else re.escape(part) for part in re.split(r"([*?])", text))
    return re.compile("".join(parts), re.DOTALL)


def _list(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else [value]
