"""Statements as the JSON documents that IAM takes, each of a size that a managed policy may have."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from modules.facts.deployer import POLICIES_A_ROLE, POLICY_CHARACTERS
from modules.iam.statement import Statement

Document = Mapping[str, Any]
VERSION = "2012-10-17"


class TooLarge(ValueError):
    """A role can't have as many policies; the message says how many there are."""


def documents(statements: Sequence[Statement]) -> list[Document]:
    """The statements in documents that IAM takes, in their order. Raises TooLarge where a role can't have so many."""
    return [_document(each) for each in packed(statements)]


def packed(statements: Sequence[Statement]) -> list[list[Statement]]:
    """The statements of each document. Raises TooLarge."""
    found = list(_packed(statements))
    if len(found) > POLICIES_A_ROLE:
        raise TooLarge(f"They need {len(found)} managed policies, and a role can have {POLICIES_A_ROLE}.")
    return found


def characters(document: Document) -> int:
    """As IAM counts them, without white space."""
    return len(json.dumps(document, separators=(",", ":")))


def _packed(statements: Sequence[Statement]) -> Iterator[list[Statement]]:
    held: list[Statement] = []
    for one in statements:
        if held and characters(_document([*held, one])) > POLICY_CHARACTERS:
            yield held
            held = []
        held.append(one)
    yield held


def _document(statements: Sequence[Statement]) -> Document:
    return {"Version": VERSION, "Statement": [_block(one) for one in statements]}


def _block(one: Statement) -> Document:
    conditions: dict[str, dict[str, Any]] = {}
    for condition in one.conditions:
        conditions.setdefault(condition.test, {})[condition.variable] = _one_or_many(condition.values)
    block = {"Sid": one.sid, "Effect": one.effect, "Action": list(one.actions), "Resource": list(one.resources)}
    return block | ({"Condition": conditions} if conditions else {})


def _one_or_many(values: Sequence[str]) -> Any:
    return values[0] if len(values) == 1 else list(values)
