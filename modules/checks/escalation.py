"""What statements under `statements:` allow beyond the service itself: the warnings `privilege-escalation`.

Each is accepted by name, under `accept_escalations:`: a service, its actions, and what they are on.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Set
from dataclasses import replace
from functools import cache
from typing import NamedTuple

from modules.facts import iam, iam_escalation
from modules.facts.iam_escalation import ASSUME_ROLE, Escalation
from modules.iam.conditions import is_like
from modules.permissions.raw import RawStatement
from modules.spec.model import Spec
from modules.spec.problem import Path, Problem, listed

EVERYTHING = "*"
CODE = "privilege-escalation"
_STEP = "Remove what the service does not need"
_NARROWER = "Write the names in full, or select the resources by a tag in a condition"


class WayOut(NamedTuple):
    """What a service can do beyond its own resources, by which actions, on which ARNs."""

    service: str
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    problem: Problem


def problems(spec: Spec) -> Iterator[Problem]:
    """The warnings, each with how it is accepted."""
    for one in ways_out(spec):
        step = f"{one.problem.next_step}; or accept it by name: {written([one])}."
        is_known = is_accepted(spec, one.service, one.actions, one.resources)
        yield replace(one.problem, next_step=step, is_accepted=is_known)


def ways_out(spec: Spec) -> Iterator[WayOut]:
    """Ways by which a service gets more than its own resources: by some actions, and by wildcards in names."""
    for name, service in spec.services.items():
        held = {one for raw in service.statements.values() for action in raw.actions for one in _expanded(action)}
        for sid, raw in service.statements.items():
            base = ("services", name, "statements", sid)
            for actions, resources, problem in (
                *_by_actions(base, raw, held),
                *_by_assumed_roles(spec, base, raw),
                *_by_wildcards(spec, name, base, raw),
            ):
                yield WayOut(name, actions, resources, problem)


def is_accepted(spec: Spec, service: str, actions: Collection[str], resources: Collection[str]) -> bool:
    """Whether `accept_escalations:` names the service with each of these actions on each of these ARNs."""
    accepted = spec.accept_escalations.get(service, {})
    return all(_covered(accepted, action, resource) for action in actions for resource in resources)


def is_named(action: str, arn: str, way: WayOut) -> bool:
    """Whether an entry of `accept_escalations:` is about a way out."""
    return any(is_like(action, one, {}) for one in way.actions) and any(is_like(arn, one, {}) for one in way.resources)


def written(found: Collection[WayOut]) -> str:
    """What accepts these, as the file says it."""
    accepted: dict[str, dict[str, list[str]]] = {}
    for one in found:
        for action in one.actions:
            arns = accepted.setdefault(one.service, {}).setdefault(action, [])
            arns += [f'"{arn}"' for arn in one.resources if f'"{arn}"' not in arns]
    services = ", ".join(f"{name}: {{{_written(actions)}}}" for name, actions in accepted.items())
    return f"`accept_escalations: {{{services}}}`"


def _written(actions: Mapping[str, list[str]]) -> str:
    found = {action: arns[0] if len(arns) == 1 else f"[{', '.join(arns)}]" for action, arns in actions.items()}
    return ", ".join(f'"{action}": {arns}' if "*" in action else f"{action}: {arns}" for action, arns in found.items())


def _covered(accepted: Mapping[str, Collection[str]], action: str, resource: str) -> bool:
    return any(
        is_like(pattern, action, {}) and any(is_like(one, resource, {}) for one in arns)
        for pattern, arns in accepted.items()
    )


@cache
def _expanded(action: str) -> tuple[str, ...]:
    """The actions that an action with or without a wildcard stands for."""
    prefix, _, word = action.partition(":")
    known = iam.actions(prefix)
    found = [one for one in known if one.startswith(word[:-1])] if word.endswith("*") else {word} & {*known}
    return tuple(f"{prefix}:{one}" for one in found)


@cache
def _matching(action: str, pattern: str) -> tuple[str, ...]:
    return tuple(one for one in _expanded(action) if re.fullmatch(pattern, one))


@cache
def _giving(action: str) -> tuple[str, ...]:
    """Those of the actions that give permissions on resources, and are in no row of the table."""
    prefix = action.partition(":")[0]
    already = {one for row in iam_escalation.ESCALATIONS for one in _matching(action, row.actions)}
    gives = iam.permissions_management(prefix)
    return tuple(
        one
        for one in _expanded(action)
        if (word := one.partition(":")[2]) in gives and re.fullmatch(iam_escalation.GIVES, word) and one not in already
    )


_Found = tuple[tuple[str, ...], tuple[str, ...], Problem]
"""Actions, ARNs, and what is said of them."""


def _by_actions(base: Path, raw: RawStatement, held: Set[str]) -> Iterator[_Found]:
    conditions = {key for keys in raw.conditions.values() for key in keys}
    rows = [(row.can, [_matching(action, row.actions) for action in raw.actions]) for row in _rows(held, conditions)]
    for can, found in (*rows, (iam_escalation.GIVING_CAN, [_giving(action) for action in raw.actions])):
        if actions := tuple(one for some in found for one in some):
            first = next(index for index, some in enumerate(found) if some)
            what = f"With {listed(actions)}, {base[1]} can {can}."
            yield actions, raw.resources, Problem((*base, "actions", first), what, _STEP)


def _rows(held: Set[str], conditions: Set[str]) -> Iterator[Escalation]:
    """The rows of the table for a service that holds these actions, in a statement with these condition keys."""
    for row in iam_escalation.ESCALATIONS:
        if row.needs in (None, *held) and row.unless not in conditions:
            yield row


def _by_assumed_roles(spec: Spec, base: Path, raw: RawStatement) -> Iterator[_Found]:
    if not any(ASSUME_ROLE in _expanded(action) for action in raw.actions):
        return
    for index, arn in enumerate(raw.resources):
        account = "" if arn == EVERYTHING else arn.split(":")[4]
        if spec.account is None or account != spec.account:
            ours = f"this system's account {spec.account}" if spec.account else "an account that `account:` names"
            what = f"With {ASSUME_ROLE}, {base[1]} can act as {arn}, which is not a role of {ours}."
            yield (ASSUME_ROLE,), (arn,), Problem((*base, "resources", index), what, _STEP)


def _by_wildcards(spec: Spec, name: str, base: Path, raw: RawStatement) -> Iterator[_Found]:
    if any("ResourceTag/" in key for keys in raw.conditions.values() for key in keys):
        return
    for index, arn in enumerate(raw.resources):
        services = {arn.split(":")[2], *(["sts"] if ":iam:" in arn else [])} if arn != EVERYTHING else set()
        actions = tuple(action for action in raw.actions if action.partition(":")[0] in services)
        if actions and (reached := _reached(spec, name, arn)):
            what = f'"{arn}" allows {listed(actions)} on {reached}.'
            yield actions, (arn,), Problem((*base, "resources", index), what, _NARROWER)


def _reached(spec: Spec, name: str, arn: str) -> str:
    """What of others an ARN with a wildcard reaches, as a phrase; "" if nothing, or if the ARN needs a reason."""
    _, _, prefix, region, account, rest = arn.split(":", 5)
    is_of_aws = account == "aws" or (region and not account)
    if is_of_aws or not rest.strip("*"):
        return ""
    kind, _, of = re.sub(":", "/", rest, count=1).partition("/")
    if prefix in iam_escalation.WITHOUT_KIND:
        kind, of = iam_escalation.WITHOUT_KIND[prefix], rest
    elif re.search("[*?]", kind):
        kind, of = "resource", "*"
    if prefix in iam_escalation.NAME_IS_LAST:
        of = of.rpartition("/")[2]
    fixed, wildcard, _ = re.sub("[*?].*", "\0", of.lstrip("/")).partition("\0")
    if not wildcard:
        return ""
    if not fixed:
        return f"every {kind} of the account"
    if prefix not in iam_escalation.OWNED:
        return ""
    own = [f"{spec.names.prefix}{sign}" for sign in "-/_"]
    others = [other for other in spec.services if other != name]
    found = [other for other in others if any(f"{start}{other}".startswith(fixed) for start in own)]
    return f"each {kind} of {listed(found)} whose name starts with {fixed}" if found else ""
