"""IAM's answer to a call, by the policies of the caller and of the resource, as JSON that AWS has.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html, read 2026-11-26. Policies of
an organization, permissions boundaries and policies of sessions are not evaluated: this project makes none, and where
`permissions_boundary` names one, the answer is more than AWS allows.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any, NamedTuple

from modules.iam.conditions import Context, is_like, met

Policy = Mapping[str, Any]
Block = Mapping[str, Any]
ROOT = re.compile(r"arn:[\w-]+:iam::(\d{12}):root|(\d{12})")
_ROLE = re.compile(r"arn:[\w-]+:iam::(\d{12}):")


class Call(NamedTuple):
    """An action on a resource; `context` are the condition keys that AWS would see."""

    action: str
    resource: str
    context: Context = MappingProxyType({})


class Caller(NamedTuple):
    """Who calls: the type and identifier of a principal, as a policy names it."""

    kind: str
    name: str

    @property
    def account(self) -> str | None:
        """That of a role or user; None of an AWS service, and of one who logs in elsewhere."""
        found = _ROLE.match(self.name) if self.kind == "AWS" else None
        return found[1] if found else None


@dataclass(frozen=True)
class Policies:
    """Those that decide about calls of a caller on a resource.

    `asks_resource`: the resource's own policy has to allow each call, as those of KMS keys and the trust policies of
    roles do. `endpoint` only narrows. `is_ours`: the caller and the resource are of one account.
    """

    identity: tuple[Policy, ...] = ()
    resource: Policy | None = None
    endpoint: Policy | None = None
    asks_resource: bool = False
    is_ours: bool = True


def allows(policies: Iterable[Policy], call: Call) -> bool:
    """Whether the policies of a caller alone allow the call: some statement does, and none denies it."""
    return bool(allowed(None, Policies(tuple(policies)), call.resource, call.context, (call.action,)))


def allowed(
    caller: Caller | None, policies: Policies, resource: str, context: Context, actions: Iterable[str]
) -> set[str]:
    """Those of the actions on the resource that are allowed to the caller, all in this context."""
    identity = [one for policy in policies.identity for one in _on(policy, resource, context)]
    own = [one for one in _on(policies.resource, resource, context) if whom(one, caller) is not None]
    ways = list(_on(policies.endpoint, resource, context))
    denied = [one for one in (*identity, *own, *ways) if one["Effect"] == "Deny"]
    granted = [one for one in identity if one["Effect"] == "Allow"]
    direct = [one for one in own if one["Effect"] == "Allow" and whom(one, caller) == DIRECTLY]
    account = [one for one in own if one["Effect"] == "Allow" and whom(one, caller) == BY_ACCOUNT]
    through = [one for one in ways if one["Effect"] == "Allow"]

    def is_allowed(action: str) -> bool:
        if covers_any(denied, action) or (policies.endpoint is not None and not covers_any(through, action)):
            return False
        by_resource = covers_any(direct, action)
        if not policies.is_ours:
            return (by_resource or covers_any(account, action)) and (
                caller is None or caller.kind != "AWS" or covers_any(granted, action)
            )
        by_identity = covers_any(granted, action)
        return by_resource or (by_identity and (not policies.asks_resource or covers_any(account, action)))

    return {action for action in actions if is_allowed(action)}


DIRECTLY, BY_ACCOUNT = "directly", "by the account"


def whom(statement: Block, caller: Caller | None) -> str | None:
    """How a statement of a resource's policy names the caller; None where it does not.

    To name an account allows nothing to its roles by itself: their own policies have to.
    """
    principal = statement.get("Principal", {})
    if principal == "*" or "*" in as_list(principal.get("AWS")):
        return DIRECTLY
    if caller is None:
        return None
    names = as_list(principal.get(caller.kind))
    if caller.name in names:
        return DIRECTLY
    roots = {found[1] or found[2] for one in names if (found := ROOT.fullmatch(one))}
    return BY_ACCOUNT if caller.account in roots else None


def covers(statement: Block, action: str) -> bool:
    """Whether a statement is about an action."""
    if "NotAction" in statement:
        return not any(_is_action(one, action) for one in as_list(statement["NotAction"]))
    return any(_is_action(one, action) for one in as_list(statement["Action"]))


def covers_any(statements: Iterable[Block], action: str) -> bool:
    return any(covers(one, action) for one in statements)


def concerns(statement: Block, resource: str, context: Context) -> bool:
    """Whether a statement is about a resource; one of a trust policy names none. Its conditions are not asked."""
    if "NotResource" in statement:
        return not any(is_like(one, resource, context) for one in as_list(statement["NotResource"]))
    return "Resource" not in statement or any(is_like(one, resource, context) for one in as_list(statement["Resource"]))


def statements(policy: Policy | None) -> list[Block]:
    return as_list(policy["Statement"]) if policy is not None else []


def as_list(value: Any) -> list[Any]:
    """IAM writes a list of one as its value."""
    return value if isinstance(value, list) else [] if value is None else [value]


def _on(policy: Policy | None, resource: str, context: Context) -> Iterator[Block]:
    for one in statements(policy):
        if concerns(one, resource, context) and met(one.get("Condition", {}), context):
            yield one


@cache
def _is_action(pattern: str, action: str) -> bool:
    return is_like(pattern.lower(), action.lower(), {})
