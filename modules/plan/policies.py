"""What policies allow: as JSON that AWS has, or as the document of a configuration that becomes it."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

# The argument that carries a policy, by type of resource. That of a private endpoint grants nothing: it only narrows.
POLICIES = {
    "aws_ecr_repository_policy": "policy",
    "aws_iam_role": "assume_role_policy",
    "aws_iam_role_policy": "policy",
    "aws_kms_key": "policy",
    "aws_s3_bucket_policy": "policy",
    "aws_sns_topic_policy": "policy",
    "aws_sqs_queue_policy": "policy",
}
_DOCUMENT = re.compile(r"^\$\{data\.aws_iam_policy_document\.(\w+)\.json\}$")
Configuration = Mapping[str, Any]


class Grant(NamedTuple):
    """One action that a statement allows. `rest` is whom and under which conditions, in a form to compare."""

    action: str
    resources: tuple[str, ...]
    rest: str


class Policy(NamedTuple):
    """`is_evaluated` unless its resources are expressions, which compare with no values."""

    grants: list[Grant]
    is_evaluated: bool


NO_POLICY = Policy([], is_evaluated=True)


def policy(value: Any, expression: Any, configuration: Configuration) -> Policy:
    """Of a value if it is JSON; else of the document that the expression refers to."""
    for text in (value, expression):
        if found := _DOCUMENT.match(str(text)):
            documents = configuration.get("data", {}).get("aws_iam_policy_document", {})
            return Policy(list(_of_document(documents.get(found[1], {}))), is_evaluated=False)
        if isinstance(text, str) and (statements := _statements(text)) is not None:
            return Policy([grant for one in statements for grant in _of_statement(one)], is_evaluated=True)
    return NO_POLICY


def new(before: Policy, after: Policy) -> Mapping[tuple[str, ...], list[str]]:
    """Resources -> actions that only `after` allows. Values and expressions are compared by their actions alone."""
    actions = {one.action for one in before.grants}
    alike = before.is_evaluated == after.is_evaluated or not before.grants
    found: dict[tuple[str, ...], list[str]] = {}
    for grant in after.grants:
        if grant not in before.grants if alike else grant.action not in actions:
            found.setdefault(grant.resources, []).append(grant.action)
    return found


def _statements(text: str) -> list[Any] | None:
    try:
        document = json.loads(text)
    except ValueError:
        return None
    return _list(document.get("Statement")) if isinstance(document, dict) else None


def _of_statement(statement: Mapping[str, Any]) -> Iterator[Grant]:
    if statement.get("Effect") == "Allow":
        rest = {key: statement[key] for key in ("Principal", "Condition") if key in statement}
        resources = tuple(sorted(map(str, _list(statement.get("Resource")))))
        for action in _list(statement.get("Action")):
            yield Grant(str(action), resources, json.dumps(rest, sort_keys=True))


def _of_document(document: Mapping[str, Any]) -> Iterator[Grant]:
    for statement in _list(document.get("statement")):
        if statement.get("effect", "Allow") == "Allow":
            rest = {key: statement[key] for key in ("principals", "condition") if key in statement}
            resources = tuple(sorted(map(str, _list(statement.get("resources")))))
            for action in _list(statement.get("actions")):
                yield Grant(str(action), resources, json.dumps(rest, sort_keys=True))


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]
