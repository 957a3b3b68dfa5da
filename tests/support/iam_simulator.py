"""IAM's answer to a call, by the policies that AWS holds; moto does not evaluate them by resource."""

import json
import operator
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from modules.iam.statement import Statement

Json = dict[str, Any]


class Call(NamedTuple):
    """An action on a resource; `context` are the condition keys that AWS would see."""

    action: str
    resource: str
    context: Mapping[str, str] = {}


def role_policies(iam: Any, role: str) -> list[Json]:
    """Documents of the role's own and attached policies."""
    names = iam.list_role_policies(RoleName=role)["PolicyNames"]
    attached = iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"]
    assert attached == [], f"{role} has managed policies, which are not read here"
    return [iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"] for name in names]


def allows(policies: list[Json], call: Call) -> bool:
    """Whether some statement allows the call, and none denies it."""
    effects = {
        statement["Effect"]
        for policy in policies
        for statement in _list(policy["Statement"])
        if _matches(statement, call)
    }
    return effects == {"Allow"}


def grants(policies: list[Json]) -> list[Json]:
    """What the policies allow, as statements of one action on one resource."""
    return [
        {**statement, "Action": action, "Resource": resource}
        for policy in policies
        for statement in _list(policy["Statement"])
        for action in _list(statement["Action"])
        for resource in _list(statement["Resource"])
    ]


def trusts(trust: Json, provider: str, claims: Mapping[str, Any]) -> bool:
    """Whether a role can be assumed with an OIDC token of these claims."""
    issuer = str(claims["iss"]).removeprefix("https://")
    context = {f"{issuer}:sub": claims["sub"], f"{issuer}:aud": _list(claims["aud"])[0]}
    return any(
        statement["Effect"] == "Allow"
        and provider in _list(statement["Principal"]["Federated"])
        and "sts:AssumeRoleWithWebIdentity" in _list(statement["Action"])
        and _holds(statement.get("Condition", {}), context)
        for statement in _list(trust["Statement"])
    )


def as_iam(statement: Statement) -> Json:
    """A statement as IAM gets it from Terraform."""
    conditions = {one.test: {one.variable: [_iam(value) for value in one.values]} for one in statement.conditions}
    return {
        "Effect": statement.effect,
        "Action": list(statement.actions),
        "Resource": [_iam(arn) for arn in statement.resources],
        "Condition": conditions,
    }


def _iam(value: str) -> str:
    """Terraform writes IAM's variables with an ampersand."""
    return value.replace("&{", "${")


def document(value: str | Json) -> Json:
    """A policy, which moto gives as text or as a document."""
    return json.loads(value) if isinstance(value, str) else value


def _matches(statement: Json, call: Call) -> bool:
    return (
        any(_like(action.lower(), call.action.lower()) for action in _list(statement["Action"]))
        and any(_like(resource, call.resource) for resource in _list(statement["Resource"]))
        and _holds(statement.get("Condition", {}), call.context)
    )


def _holds(conditions: Json, context: Mapping[str, Any]) -> bool:
    return all(
        key in context and any(TESTS[test](_filled(wanted, context), context[key]) for wanted in _list(values))
        for test, keys in conditions.items()
        for key, values in keys.items()
    )


def _filled(wanted: str, context: Mapping[str, Any]) -> str:
    """A value whose policy variables, ${aws:userid}, are those of the caller."""
    return re.sub(r"\$\{(.*?)\}", lambda variable: str(context.get(variable[1], "")), wanted)


def _like(pattern: str, value: str) -> bool:
    parts = (".*" if part == "*" else "." if part == "?" else re.escape(part) for part in re.split(r"([*?])", pattern))
    return re.fullmatch("".join(parts), value) is not None


TESTS = {"StringEquals": operator.eq, "StringLike": _like}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
