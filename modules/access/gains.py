"""Which principal gains or loses what between two versions of generated/, by what policies allow and not by their text.

A statement that is renamed, split or merged says nothing; a wildcard that grows says what it newly covers.
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from modules.access.granted import UNLESS, Condition, Granted, Ways
from modules.access.policies import Place
from modules.iam.conditions import is_like
from modules.iam.evaluation import Caller


class Gain(NamedTuple):
    """Actions that one principal may do on one resource, or pattern of resources, and could not before."""

    who: Caller
    actions: tuple[str, ...]
    target: str
    conditions: frozenset[Condition]
    dropped: frozenset[Condition] = frozenset()
    """Conditions under which it was allowed before, and which no longer have to be met."""
    covered: tuple[str, ...] = ()
    """ARNs of resources of the system that a pattern covers."""


def gains(before: Granted, after: Granted) -> list[Gain]:
    """What `after` allows and `before` does not; in the other order, what is lost."""
    known: Mapping[str, Place] = {**before.known, **after.known}
    found: list[Gain] = []
    for caller in after.callers:
        grouped: dict[_Kind, list[str]] = {}
        for target in sorted(after.targets(caller, known)):
            for kind in _new(before.allowed(caller, target), after.allowed(caller, target)):
                grouped.setdefault(kind, []).append(target)
        for kind, targets in grouped.items():
            for target in targets:
                if not any(other != target and is_like(other, target, {}) for other in targets):
                    covered = tuple(one for one in targets if one != target and is_like(target, one, {}))
                    found.append(Gain(caller, kind.actions, target, kind.conditions, kind.dropped, covered))
    return found


class _Kind(NamedTuple):
    actions: tuple[str, ...]
    conditions: frozenset[Condition]
    dropped: frozenset[Condition]


def _new(before: Mapping[str, Ways], after: Mapping[str, Ways]) -> Iterator[_Kind]:
    """Actions that are newly allowed, by the conditions that they have and had."""
    found: dict[tuple[frozenset[Condition], frozenset[Condition]], list[str]] = {}
    for action, ways in sorted(after.items()):
        old = before.get(action, ())
        for way in ways:
            if not any(_implies(one, way) for one in old):
                dropped = min((one - way for one in old if way < one), key=len, default=frozenset[Condition]())
                found.setdefault((way, dropped), []).append(action)
    yield from (_Kind(tuple(actions), *conditions) for conditions, actions in found.items())


def _implies(wide: frozenset[Condition], narrow: frozenset[Condition]) -> bool:
    """Whether what meets `narrow` meets `wide`: each condition of `wide` is there with the same values, or fewer."""
    return all(
        any(
            (test, key) == (other, same) and (values == fewer or (_is_positive(test) and set(fewer) <= set(values)))
            for other, same, fewer in narrow
        )
        for test, key, values in wide
    )


def _is_positive(test: str) -> bool:
    return "Not" not in test and not test.startswith((UNLESS, "Null", "ForAllValues"))
