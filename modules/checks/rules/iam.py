"""`statements:` in IAM's words: its actions, its condition operators, and values of the kind that each compares."""

import re
from collections.abc import Callable, Collection, Iterator
from difflib import get_close_matches
from functools import cache
from ipaddress import ip_network

from modules.facts import iam
from modules.permissions.raw import RawStatement
from modules.spec.model import Spec
from modules.spec.problem import Edit, Path, Problem

_LOOK_UP = f"Look it up in {iam.REFERENCE}; the list here is of {iam.AS_OF}."


def actions_exist(spec: Spec) -> Iterator[Problem]:
    """An action that IAM does not know allows nothing, and no apply says so."""
    for base, raw in _statements(spec):
        for index, action in enumerate(raw.actions):
            if not _is_action(action):
                place, meant = (*base, "actions", index), _meant_action(action)
                step = f'Did you mean "{meant}"?' if meant else _LOOK_UP
                edit = Edit(place, meant) if meant else None
                yield Problem(place, f'"{action}" is not an IAM action.', step, edit=edit)


def operators_exist(spec: Spec) -> Iterator[Problem]:
    """IAM refuses a policy with an operator that it does not know."""
    for base, raw in _statements(spec):
        for operator in raw.conditions:
            if operator not in _operators():
                place, meant = (*base, "conditions", operator), _meant_operator(operator)
                what = f'"{operator}" is not a condition operator of IAM.'
                if meant in raw.conditions:
                    yield Problem(place, what, f"Move its keys below {meant}, which is there too.")
                elif meant:
                    yield Problem(place, what, f'Did you mean "{meant}"?', edit=Edit(place, meant, renames=True))
                else:
                    yield Problem(place, what, f"Valid values: {', '.join(iam.OPERATORS)}.")


def values_fit_their_operator(spec: Spec) -> Iterator[Problem]:
    """A condition never holds where its operator can't read the value."""
    for base, raw in _statements(spec):
        for operator, keys in raw.conditions.items():
            kind = _operators().get(operator, "a string")
            fits, example = _KINDS[kind]
            for key, values in keys.items():
                for index, value in enumerate(values):
                    if not fits(value) and "${" not in value:
                        place = (*base, "conditions", operator, key, index)
                        what = f'"{value}" is not {kind}, which {operator} compares.'
                        yield Problem(place, what, f"Write {example}.")


def _statements(spec: Spec) -> Iterator[tuple[Path, RawStatement]]:
    for name, service in spec.services.items():
        for sid, raw in service.statements.items():
            yield ("services", name, "statements", sid), raw


def _is_action(action: str) -> bool:
    prefix, _, word = action.partition(":")
    known = iam.actions(prefix)
    return any(one.startswith(word[:-1]) for one in known) if word.endswith("*") else word in known


@cache
def _meant_action(action: str) -> str | None:
    prefix, _, word = action.partition(":")
    meant = prefix if iam.actions(prefix) else _nearest(prefix, iam.prefixes())
    if meant is None:
        return None
    stem, ending = (word[:-1], "*") if word.endswith("*") else (word, "")
    known = {one[: len(stem)] for one in iam.actions(meant)} if ending else iam.actions(meant)
    found = _nearest(stem, known)
    return f"{meant}:{found}{ending}" if found else None


def _meant_operator(operator: str) -> str | None:
    plain = operator.removesuffix(iam.IF_EXISTS)
    return plain if plain in _operators() else _nearest(operator, _operators())


@cache
def _operators() -> dict[str, str]:
    """Every spelling of an operator, with the kind of its values."""
    return {
        f"{of_set}{operator}{ending}": kind
        for operator, kind in iam.OPERATORS.items()
        for of_set in ("", *iam.SETS)
        for ending in ("", *((iam.IF_EXISTS,) if operator != iam.NULL else ()))
    }


def _nearest(word: str, known: Collection[str]) -> str | None:
    """The nearest of up to a thousand words, in milliseconds; letters may differ in case."""
    spelled = {one.lower(): one for one in sorted(known)}
    found = get_close_matches(word.lower(), spelled, n=1)
    return spelled[found[0]] if found else None


def _is_range(value: str) -> bool:
    try:
        ip_network(value, strict=False)
    except ValueError:
        return False
    return True


def _matches(pattern: str) -> Callable[[str], bool]:
    return lambda value: re.fullmatch(pattern, value, re.ASCII) is not None


_DATE = r"\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?"
# Kind of value in iam.OPERATORS -> whether a value is of it, and what the next step says.
_KINDS: dict[str, tuple[Callable[[str], bool], str]] = {
    "a string": (lambda _: True, "a string"),
    "a number": (_matches(r"-?\d+(\.\d+)?"), "a number such as 3600"),
    "a date": (_matches(rf"{_DATE}|\d+"), "a date such as 2027-01-31T00:00:00Z"),
    "true or false": (_matches("(?i:true|false)"), "true or false"),
    "Base64 text": (_matches("[A-Za-z0-9+/]+={0,2}"), "Base64 text such as aGVsbG8="),
    "an address range": (_is_range, "an address range such as 203.0.113.0/24"),
    "an ARN": (_matches("arn(:[^:]*){4}:.+"), "an ARN such as arn:aws:sns:eu-west-1:111122223333:orders"),
}
