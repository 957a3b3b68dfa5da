"""Policies that an emulated AWS holds, for modules/iam/evaluation.py: moto does not evaluate them by resource."""

import json
from collections.abc import Mapping
from typing import Any

from modules.iam.evaluation import Caller, Policies, allowed, as_list
from modules.iam.statement import Statement

Json = dict[str, Any]


def role_policies(iam: Any, role: str) -> list[Json]:
    """Documents of the role's own and attached policies."""
    names = iam.list_role_policies(RoleName=role)["PolicyNames"]
    attached = iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"]
    assert attached == [], f"{role} has managed policies, which are not read here"
    return [iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"] for name in names]


def grants(policies: list[Json]) -> list[Json]:
    """What the policies allow, as statements of one action on one resource."""
    return [
        {**statement, "Action": action, "Resource": resource}
        for policy in policies
        for statement in as_list(policy["Statement"])
        for action in as_list(statement["Action"])
        for resource in as_list(statement["Resource"])
    ]


def trusts(trust: Json, provider: str, claims: Mapping[str, Any]) -> bool:
    """Whether a role can be assumed with an OIDC token of these claims."""
    issuer = str(claims["iss"]).removeprefix("https://")
    context = {f"{issuer}:sub": claims["sub"], f"{issuer}:aud": as_list(claims["aud"])[0]}
    policies = Policies(resource=trust)
    return bool(allowed(Caller("Federated", provider), policies, "", context, ["sts:AssumeRoleWithWebIdentity"]))


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
