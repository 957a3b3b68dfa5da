"""What each principal may do by the policies of generated/: actions on resources, with the conditions that remain.

Conditions whose keys are known here, such as the account of the caller, are decided; the others are part of the answer.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache, cached_property
from typing import Any, NamedTuple

from modules.access.policies import ATTACHED, Place, Policies
from modules.facts import iam
from modules.facts.arns import FORMATS
from modules.iam.conditions import is_like, met
from modules.iam.evaluation import (
    BY_ACCOUNT,
    DIRECTLY,
    ROOT,
    Block,
    Caller,
    as_list,
    concerns,
    covers,
    statements,
    whom,
)

Condition = tuple[str, str, tuple[str, ...]]
"""Operator, key and values."""
Ways = tuple[frozenset[Condition], ...]
"""Each way in which something is allowed, by its conditions; none where it is denied."""
# Services that ask the resource's own policy in any case.
_ASKING = ("kms", "sts")
# Prefix in an ARN -> prefixes of the actions on it, where they are others.
_PREFIXES = {
    "iam": ("iam", "sts"),
    "rds": ("rds", "rds-data"),
    "redshift-serverless": ("redshift-serverless", "redshift-data"),
}
_ACCOUNT = ("aws:PrincipalAccount", "kms:CallerAccount")
UNLESS = "unless "
"""Begins the operator of a condition under which something is denied."""


class Known(NamedTuple):
    """A resource of the system, by its ARN."""

    arn: str
    place: Place


class Granted:
    """That of the stacks of a system."""

    def __init__(self, stacks: Mapping[str, Mapping[str, Any]]) -> None:
        self._policies = Policies(stacks)
        self._identity: dict[str, list[Block]] = {
            arn: [one for policy in policies for one in statements(policy)]
            for arn, policies in self._policies.of_roles.items()
        }

    @cached_property
    def known(self) -> dict[str, Place]:
        """ARN -> the resource of the system."""
        values = self._policies.values
        places = self._policies.places(*FORMATS)
        return {arn: place for place in places if (arn := values.arn(*place))}

    @cached_property
    def callers(self) -> dict[Caller, str]:
        """The roles, and whom the policies of resources name, each with the account that it is seen from."""
        found = {Caller("AWS", arn): [*arn.split(":"), *[""] * 5][4] for arn in self._identity}
        for arn, policy in self._policies.of_resources.items():
            account = self._account(arn)
            for statement in statements(policy):
                principal = statement.get("Principal", {})
                pairs = principal.items() if isinstance(principal, Mapping) else [("AWS", "*")]
                for kind, names in pairs:
                    for name in as_list(names):
                        caller = Caller(kind, name)
                        root = ROOT.fullmatch(name)
                        if statement["Effect"] == "Allow" and (root is None or account not in root.groups()):
                            found.setdefault(caller, account)
        return found

    def targets(self, caller: Caller, known: Mapping[str, Place]) -> set[str]:
        """What the statements about a caller name, and those of the known resources that wildcards cover."""
        patterns = {one for statement in self._of(caller) for one in as_list(statement.get("Resource", "*"))}
        found = set(patterns)
        for arn, policy in self._policies.of_resources.items():
            for statement in statements(policy):
                if statement["Effect"] == "Allow" and whom(statement, caller) == DIRECTLY:
                    named = as_list(statement.get("Resource", "*"))
                    found |= {arn if one == "*" else one for one in named}
        wild = [one for one in patterns if re.search(r"[*?]", one)]
        return found | {arn for arn in known for one in wild if is_like(one, arn, {})}

    def allowed(self, caller: Caller, target: str) -> dict[str, Ways]:
        """Action -> the ways in which the caller may do it on the target."""
        owner = self._owner(target)
        own = [one for one in statements(self._policies.of_resources.get(owner or "")) if whom(one, caller)]
        relevant = [*self._of(caller), *own]
        account = self.callers.get(caller, "")
        context = dict.fromkeys(_ACCOUNT, account) if caller.kind == "AWS" else {}
        found: dict[str, Ways] = {}
        for action in {each for one in relevant if one["Effect"] == "Allow" for each in _expanded(one, target)}:
            if ways := self._ways(caller, action, target, own, context, asks=owner is not None):
                found[action] = ways
        return found

    def _ways(
        self, caller: Caller, action: str, target: str, own: list[Block], context: Mapping[str, str], *, asks: bool
    ) -> Ways:
        def left(blocks: list[Block], effect: str, how: str | None = None) -> list[frozenset[Condition]]:
            return [
                rest
                for one in blocks
                if one["Effect"] == effect and covers(one, action) and concerns(one, target, {})
                if how is None or whom(one, caller) == how
                if (rest := _rest(one, context)) is not None
            ]

        identity = self._of(caller)
        denials = [*left(identity, "Deny"), *left(own, "Deny")]
        if frozenset() in denials:
            return ()
        by_identity = left(identity, "Allow")
        if asks and action.partition(":")[0] in _ASKING:
            by_account = left(own, "Allow", BY_ACCOUNT)
            by_identity = [one | other for one in by_identity for other in by_account]
        unless = {(f"{UNLESS}{test}", key, values) for one in denials for test, key, values in one}
        ways = {one | unless for one in (*by_identity, *left(own, "Allow", DIRECTLY))}
        return tuple(one for one in ways if not any(other < one for other in ways))

    def _of(self, caller: Caller) -> list[Block]:
        return self._identity.get(caller.name, []) if caller.kind == "AWS" else []

    def _owner(self, target: str) -> str | None:
        """The resource of the system whose policy decides about a target, which is it or is inside of it."""
        found = (
            arn for arn in self._policies.of_resources if target == arn or target.startswith((f"{arn}/", f"{arn}:"))
        )
        return max(found, key=len, default=None)

    def _account(self, arn: str) -> str:
        return arn.split(":")[4] or self._policies.values.account(self.known[arn].stack if arn in self.known else "")

    def attached(self) -> Iterator[tuple[str, str]]:
        """Role or user, and a policy of AWS's that is attached to it, which is not evaluated."""
        values = self._policies.values
        for place in self._policies.places(*ATTACHED):
            block = self._policies.block(place)
            who = values.text(place.stack, str(block.get("role") or block.get("principal_arn")))
            policy = values.text(place.stack, str(block.get("policy_arn")))
            if policy not in self._policies.managed:
                yield who, policy.rpartition("/")[2]


def _rest(statement: Block, context: Mapping[str, str]) -> frozenset[Condition] | None:
    """The conditions that are not decided; None where one is not met."""
    found = set()
    for test, keys in statement.get("Condition", {}).items():
        for key, values in keys.items():
            if key not in context:
                found.add((test, key, tuple(sorted(map(str, as_list(values))))))
            elif not met({test: {key: values}}, context):
                return None
    return frozenset(found)


def _expanded(statement: Block, target: str) -> Iterator[str]:
    """The actions of a statement on a target; of wildcards those that AWS has for the target's service."""
    parts = target.split(":")
    has_service = len(parts) > 5 and not re.search(r"[*?]", parts[2])
    prefixes = _PREFIXES.get(parts[2], (parts[2],)) if has_service else iam.prefixes()
    is_named = target in as_list(statement.get("Resource"))
    for pattern in as_list(statement.get("Action", "*")):
        if re.search(r"[*?]", pattern):
            yield from (one for prefix in prefixes for one in _matching(pattern, prefix) if covers(statement, one))
        elif is_named or pattern.partition(":")[0] in prefixes:
            yield pattern


@cache
def _matching(pattern: str, prefix: str) -> tuple[str, ...]:
    whole = (f"{prefix}:{one}" for one in iam.actions(prefix))
    return tuple(one for one in whole if is_like(pattern.lower(), one.lower(), {}))
