"""A policy as an `aws_iam_policy_document` block, which diffs by line; never an escaped JSON string."""

from collections.abc import Iterable

from modules.bindings.aws import (
    DataAwsIamPolicyDocument,
    DataAwsIamPolicyDocumentStatement,
    DataAwsIamPolicyDocumentStatementCondition,
    DataAwsIamPolicyDocumentStatementPrincipals,
)
from modules.constructs.component import Component
from modules.iam.statement import Statement


def policy_json(scope: Component, address: tuple[str, ...], statements: Iterable[Statement]) -> str:
    """JSON text of a policy, as Terraform renders the document at `address`."""
    blocks = [_block(statement) for statement in statements]
    document = DataAwsIamPolicyDocument(scope, "-".join((*address, "document")), statement=blocks)
    return scope.set_address(document, *address).json


def _block(statement: Statement) -> DataAwsIamPolicyDocumentStatement:
    return DataAwsIamPolicyDocumentStatement(
        sid=statement.sid,
        effect=None if statement.effect == "Allow" else statement.effect,
        actions=list(statement.actions),
        resources=list(statement.resources) or None,
        principals=[
            DataAwsIamPolicyDocumentStatementPrincipals(type=kind, identifiers=list(identifiers))
            for kind, identifiers in statement.principals
        ]
        or None,
        condition=[
            DataAwsIamPolicyDocumentStatementCondition(test=one.test, variable=one.variable, values=list(one.values))
            for one in statement.conditions
        ]
        or None,
    )
