"""Which KMS key encrypts what, and who can decrypt with it: a page in Markdown, from the policies of generated/."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from modules.access.granted import Granted
from modules.access.policies import Place, Policies
from modules.iam.evaluation import ROOT

_KEY = "aws_kms_key"
# What only names a key, and encrypts nothing with it.
_NAMES = (_KEY, "aws_kms_alias", "aws_iam_role_policy", "helm_release")


def page(stacks: Mapping[str, Mapping[str, Any]]) -> str:
    """Of a system; `stacks` are its configurations by name."""
    policies, granted = Policies(stacks), Granted(stacks)
    lines = [
        "# Keys",
        "",
        "`main.py exposure` writes this page from `services.yaml`, and compares it with `--check`. AWS rotates each",
        "key once a year; an administrator of the account can use every key that IAM lets him use.",
        "",
        "| key | encrypts | who decrypts with it |",
        "|---|---|---|",
    ]
    for place in sorted(policies.places(_KEY)):
        arn = str(policies.values.arn(*place))
        encrypts = ", ".join(f"`{one.kind}.{one.name}` in `{one.stack}`" for one in _encrypted(policies, arn))
        users = ", ".join(f"`{one}`" for one in sorted(set(_users(granted, arn))))
        lines.append(f"| `{place.name}` in `{place.stack}` | {encrypts or '-'} | {users or '-'} |")
    return "\n".join(lines) + "\n"


def _encrypted(policies: Policies, arn: str) -> Iterator[Place]:
    kinds = sorted({kind for stack in policies.stacks.values() for kind in stack.get("resource", {})} - {*_NAMES})
    for place in policies.places(*kinds):
        if arn in json.dumps(policies.values.filled(place.stack, policies.block(place))):
            yield place


def _users(granted: Granted, arn: str) -> Iterator[str]:
    for caller in granted.callers:
        if ROOT.fullmatch(caller.name) is None and "kms:Decrypt" in granted.allowed(caller, arn):
            yield caller.name.rpartition(":role/")[2] or caller.name
