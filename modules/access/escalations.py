"""Gains by which a role gets more than its policy says: of facts/iam_escalation.py, and roles to act as."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from modules.access.gains import Gain
from modules.access.granted import Granted
from modules.facts import iam
from modules.facts.iam_escalation import ASSUME_ROLE, ESCALATIONS, GIVES, GIVING_CAN
from modules.iam.evaluation import Caller


class Escalation(NamedTuple):
    """What a role can do with some actions, as a phrase."""

    who: Caller
    actions: tuple[str, ...]
    target: str
    can: str


def escalations(found: Sequence[Gain], after: Granted) -> list[Escalation]:
    """Those among the gains of roles."""
    return [one for gain in found if gain.who.kind == "AWS" for one in _of(gain, after)]


def _of(gain: Gain, after: Granted) -> Iterator[Escalation]:
    keys = {key for _, key, _ in gain.conditions}
    named: set[str] = set()
    for row in ESCALATIONS:
        actions = tuple(one for one in gain.actions if re.fullmatch(row.actions, one))
        if actions and row.unless not in keys and (row.needs is None or _holds(gain.who, row.needs, after)):
            named.update(actions)
            yield Escalation(gain.who, actions, gain.target, row.can)
    if ASSUME_ROLE in gain.actions:
        yield Escalation(gain.who, (ASSUME_ROLE,), gain.target, "act as another role")
    giving = tuple(one for one in gain.actions if one not in named and _gives(one))
    if giving:
        yield Escalation(gain.who, giving, gain.target, GIVING_CAN)


def _holds(who: Caller, action: str, after: Granted) -> bool:
    return any(action in after.allowed(who, target) for target in after.targets(who, after.known))


def _gives(action: str) -> bool:
    prefix, _, word = action.partition(":")
    return word in iam.permissions_management(prefix) and re.fullmatch(GIVES, word) is not None
