"""Nobody outside the account may do anything."""

import re
from collections.abc import Iterator

from modules.gate.tree import PolicyStatement, Tree

ACCOUNT = "${data.aws_caller_identity.current.account_id}"
# References to roles of the system and to its issuer of pods' identities.
OURS = re.compile(r"\$\{(data\.terraform_remote_state\.\w+\.outputs\.\w+|aws_\w+\.\w+\.arn)\}")
SERVICE = re.compile(r"[a-z0-9.-]+\.amazonaws\.com(\.cn)?")
# Conditions, by the start of their key, that bind a statement to this account or to a resource in it.
BINDING = ("aws:SourceAccount", "aws:SourceArn", "aws:PrincipalAccount", "aws:ResourceAccount", "kms:")


def strangers(tree: Tree) -> Iterator[tuple[str, str]]:
    """Principals of other accounts, everybody, and AWS's services that act for any account."""
    for one in tree.statements():
        if one.allows:
            for kind, name in one.principals:
                if said := _stranger(one, kind, name):
                    yield one.place, said


def _stranger(statement: PolicyStatement, kind: str, name: str) -> str | None:
    if kind == "Service":
        if not SERVICE.fullmatch(name):
            return f"{name} is no service of AWS"
        bound = any(variable.startswith(BINDING) for variable in statement.variables)
        return None if bound else f"{name} may do it for any account"
    if kind == "*" or name == "*":
        inside = statement.variables & {"aws:PrincipalAccount", "aws:ResourceAccount"}
        return None if inside else "everybody may do it"
    ours = OURS.fullmatch(name) or re.fullmatch(rf"arn:[\w-]+:iam::{re.escape(ACCOUNT)}:.+", name)
    return None if ours else f"{name} is outside of the account"
