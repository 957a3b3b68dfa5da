"""Who gains and loses what between two versions of generated/, in words: escalations, gains, then what goes."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple

from modules.access import gains, network
from modules.access.escalations import Escalation, escalations
from modules.access.gains import Gain
from modules.access.granted import UNLESS, Condition, Granted
from modules.access.policies import Policies
from modules.iam.evaluation import ROOT, Caller
from modules.plan.unreachable import Configurations
from modules.plan.words import listed

MOST_COVERED = 3
_PLAIN = ("ArnEquals", "ArnLike", "Bool", "StringEquals", "StringLike")
_TLS = ("Bool", "aws:SecureTransport", ("false",))


class Line(NamedTuple):
    """One change of access: whose it is, its sentence, and its parts for programs."""

    who: str
    text: str
    data: Mapping[str, Any]


class AccessLines:
    """Between `before` and `after`."""

    def __init__(self, before: Configurations, after: Configurations) -> None:
        self._before, self._after = Granted(before), Granted(after)
        self._old, self._new = Policies(before), Policies(after)
        self._known = {**self._before.known, **self._after.known}

    @cached_property
    def escalations(self) -> list[Line]:
        """Gains by which a role gets more than its policy says."""
        found = escalations(self._gains, self._after)
        return list({line.text: line for line in map(self._escalation, found)}.values())

    @cached_property
    def gained(self) -> list[Line]:
        """What principals may newly do, policies that are newly attached, connections that are newly admitted."""
        return [
            *(self._line(one, "may now") for one in self._gains),
            *_attached("now has the policy", self._before, self._after),
            *_connections("newly admitted", self._old, self._new),
        ]

    @cached_property
    def lost(self) -> list[Line]:
        """The reverse."""
        gone = [Line("Roles that are gone", self._who(one), {"who": one.name}) for one in sorted(self._gone)]
        kept = [one for one in gains.gains(self._after, self._before) if one.who not in self._gone]
        return [
            *gone,
            *(self._line(one, "may no longer") for one in kept),
            *_attached("no longer has the policy", self._after, self._before),
            *_connections("no longer admitted", self._new, self._old),
        ]

    def permissions(self) -> list[str]:
        """Whole sentences on what is evaluated, escalations first."""
        changes = [one for one in (*self.gained, *self.lost) if "actions" in one.data or "policy" in one.data]
        return [*(f"escalation: {one.text}" for one in self.escalations), *(f"{one.who} {one.text}" for one in changes)]

    @cached_property
    def _gains(self) -> list[Gain]:
        return gains.gains(self._before, self._after)

    @property
    def _gone(self) -> set[Caller]:
        """Roles that are no longer there."""
        roles = {one for one in self._before.callers if one.kind == "AWS" and ":role/" in one.name}
        return roles - self._after.callers.keys()

    def _line(self, gain: Gain, verb: str) -> Line:
        where = self._target(gain.target) + (f", {self._covered(gain.covered)}" if gain.covered else "")
        text = f"{', '.join(gain.actions)} on {where}{_conditions(gain.conditions)}{_dropped(gain.dropped)}"
        data = {
            "who": gain.who.name,
            "actions": list(gain.actions),
            "resource": gain.target,
            "covers": list(gain.covered),
            "conditions": _listed(gain.conditions),
            "no_longer_needs": _listed(gain.dropped),
        }
        return Line(f"{self._who(gain.who)} {verb}", text, data)

    def _escalation(self, one: Escalation) -> Line:
        who = self._who(one.who)
        text = f"{who} can {one.can}: {', '.join(one.actions)} on {self._target(one.target)}"
        data = {"who": one.who.name, "actions": list(one.actions), "resource": one.target, "can": one.can}
        return Line(who, text, data)

    def _covered(self, arns: Sequence[str]) -> str:
        names = [self._target(one) for one in arns[:MOST_COVERED]]
        more = [f"{len(arns) - MOST_COVERED} more"] if len(arns) > MOST_COVERED else []
        return f"which covers {listed([*names, *more])}"

    def _target(self, arn: str) -> str:
        """A resource of the system by its address, and what is inside of it; else the pattern itself."""
        owner = max((one for one in self._known if arn.startswith(one)), key=len, default=None)
        if arn == "*":
            return "every resource"
        if owner is None or arn[len(owner) : len(owner) + 1] not in ("", "/", ":"):
            return arn
        place, inside = self._known[owner], arn[len(owner) :]
        return f"`{place.kind}.{place.name}`{f' ({inside})' if inside else ''} in {place.stack}"

    def _who(self, caller: Caller) -> str:
        if caller.name == "*":
            return "Anybody"
        if caller.kind == "AWS" and (root := ROOT.fullmatch(caller.name)):
            return f"Account {root[1] or root[2]}"
        if caller.kind == "AWS" and ":role/" in caller.name:
            return f"Role {caller.name.rpartition('/')[2]}"
        if caller.kind == "AWS" and ":" not in caller.name:
            return f"Role {caller.name}"
        return "Tokens of the cluster" if caller.kind == "Federated" else caller.name


def _attached(verb: str, before: Granted, after: Granted) -> Iterator[Line]:
    for who, policy in sorted({*after.attached()} - {*before.attached()}):
        yield Line(f"{who} {verb}", policy, {"who": who, "policy": policy})


def _connections(verb: str, before: Policies, after: Policies) -> Iterator[Line]:
    for rule in network.opened(before, after):
        yield Line(f"Connections {verb}", str(rule), {"rule": rule._asdict()})


def _conditions(found: frozenset[Condition]) -> str:
    """As a clause; that calls without TLS are denied goes without saying."""
    return "".join(_clauses(one for one in sorted(found) if (one[0].removeprefix(UNLESS), *one[1:]) != _TLS))


def _dropped(found: frozenset[Condition]) -> str:
    """What an action was bound by before, as a clause."""
    clauses = "".join(_clauses(iter(sorted(found))))
    return clauses.replace(", if ", ", no longer only if ").replace(", unless ", ", also if ")


def _listed(found: frozenset[Condition]) -> list[Any]:
    return [[test, key, list(values)] for test, key, values in sorted(found)]


def _clauses(found: Iterator[Condition]) -> Iterator[str]:
    for test, key, values in found:
        word, operator = "unless" if test.startswith(UNLESS) else "if", test.removeprefix(UNLESS)
        how = "" if operator in _PLAIN else f" ({operator})"
        yield f", {word} {key}{how} is {' or '.join(values)}"
