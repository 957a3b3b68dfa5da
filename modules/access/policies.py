"""The policies of generated/ as AWS gets them, and whose they are: of roles, of resources, of private endpoints."""

import json
import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any, NamedTuple

from modules.access.values import Stack, Values

Policy = dict[str, Any]
# Type of the resource that carries a policy -> the argument with it, and the one that names what it is of.
OF_RESOURCES = {
    "aws_ecr_repository_policy": ("policy", "repository"),
    "aws_kms_key": ("policy", None),
    "aws_s3_bucket_policy": ("policy", "bucket"),
    "aws_sns_topic_policy": ("policy", "arn"),
    "aws_sqs_queue_policy": ("policy", "queue_url"),
    "aws_iam_role": ("assume_role_policy", None),
}
OF_ROLE = "aws_iam_role_policy"
MANAGED = "aws_iam_policy"
ATTACHED = ("aws_iam_role_policy_attachment", "aws_eks_access_policy_association")
"""Whose policies are AWS's, which are not evaluated, but for those that the system makes."""
_DOCUMENT = re.compile(r"data\.aws_iam_policy_document\.(\w+)\.json")
_OWNER = re.compile(r"\$\{(aws_\w+)\.(\w+)\.\w+\}")


class Place(NamedTuple):
    """A resource of Terraform."""

    stack: str
    kind: str
    name: str


class Policies:
    """Those of the stacks of a system."""

    def __init__(self, stacks: Mapping[str, Stack]) -> None:
        self.values = Values(stacks)
        self.stacks = stacks

    def documents(self) -> Iterator[tuple[str, str, Policy]]:
        """Stack, address and content of each."""
        for (stack, address), policy in self._documents.items():
            yield stack, address, policy

    @cached_property
    def of_roles(self) -> Mapping[str, list[Policy]]:
        """ARN of a role -> its policies; what AWS manages is not among them."""
        found: dict[str, list[Policy]] = {str(self.values.arn(*role)): [] for role in self.places("aws_iam_role")}
        for place in self.places(OF_ROLE, *ATTACHED):
            block = self.block(place)
            name = self.values.text(place.stack, str(block.get("role", "")))
            arn = next((one for one in found if name and one.endswith(f"/{name}")), name)
            managed = self.managed.get(self.values.text(place.stack, str(block.get("policy_arn", ""))))
            if policy := managed or self._of(place.stack, block.get("policy")):
                found.setdefault(arn, []).append(policy)
        return found

    @cached_property
    def managed(self) -> Mapping[str, Policy]:
        """ARN -> a policy of the system's own that is attached to roles."""
        places = {str(self.values.arn(*place)): place for place in self.places(MANAGED)}
        found = {arn: self._of(place.stack, self.block(place).get("policy")) for arn, place in places.items()}
        return {arn: policy for arn, policy in found.items() if policy}

    @cached_property
    def of_resources(self) -> Mapping[str, Policy]:
        """ARN -> the policy of the resource."""
        found = {}
        for kind, (argument, names) in OF_RESOURCES.items():
            for place in self.places(kind):
                block = self.block(place)
                owner = place if names is None else self._owner(place.stack, block.get(names))
                arn = self.values.arn(*owner) if owner else None
                policy = self._of(place.stack, block.get(argument))
                if kind == "aws_kms_key" and argument not in block:
                    policy = _default_of_key(self.values.account(place.stack))
                if arn and policy:
                    found[arn] = policy
        return found

    @cached_property
    def of_endpoints(self) -> Mapping[str, Policy]:
        """Address of a private endpoint -> its policy."""
        found = {}
        for place in self.places("aws_vpc_endpoint"):
            if policy := self._of(place.stack, self.block(place).get("policy")):
                found[place.name] = policy
        return found

    def places(self, *kinds: str) -> Iterator[Place]:
        """The resources of these types."""
        for stack, whole in self.stacks.items():
            for kind in kinds:
                yield from (Place(stack, kind, name) for name in whole.get("resource", {}).get(kind, {}))

    def block(self, place: Place) -> Mapping[str, Any]:
        """The arguments of a resource."""
        found: Mapping[str, Any] = self.stacks[place.stack]["resource"][place.kind][place.name]
        return found

    @cached_property
    def _documents(self) -> Mapping[tuple[str, str], Policy]:
        return {
            (stack, address): _policy(self.values.filled(stack, document))
            for stack, whole in self.stacks.items()
            for address, document in whole.get("data", {}).get("aws_iam_policy_document", {}).items()
        }

    def _of(self, stack: str, expression: Any) -> Policy | None:
        """The document that an argument refers to, also where AWS is asked whether it takes one; or the JSON of one."""
        if found := _DOCUMENT.search(str(expression)):
            return self._documents.get((stack, found[1]))
        return dict(json.loads(expression)) if str(expression).startswith("{") else None

    def _owner(self, stack: str, reference: Any) -> Place | None:
        found = _OWNER.fullmatch(str(reference))
        return Place(stack, found[1], found[2]) if found else None


def _default_of_key(account: str) -> Policy:
    """What AWS gives a key for which Terraform names no policy, such as one that was there before the system:
    https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html, read 2026-11-26."""
    principal = {"AWS": [f"arn:aws:iam::{account}:root"]}
    return {"Statement": [{"Effect": "Allow", "Action": ["kms:*"], "Resource": ["*"], "Principal": principal}]}


def _policy(document: Mapping[str, Any]) -> Policy:
    return {"Version": "2012-10-17", "Statement": [_statement(one) for one in document.get("statement", [])]}


def _statement(block: Mapping[str, Any]) -> dict[str, Any]:
    statement: dict[str, Any] = {"Sid": block.get("sid", ""), "Effect": block.get("effect", "Allow")}
    for key, name in (("actions", "Action"), ("not_actions", "NotAction"), ("not_resources", "NotResource")):
        if key in block:
            statement[name] = block[key]
    if resources := block.get("resources"):
        statement["Resource"] = resources
    if principals := {one["type"]: one["identifiers"] for one in block.get("principals", [])}:
        statement["Principal"] = "*" if "*" in principals else principals
    for condition in block.get("condition", []):
        # As Terraform writes it; parliament fails at a list of one.
        value = condition["values"][0] if len(condition["values"]) == 1 else condition["values"]
        statement.setdefault("Condition", {}).setdefault(condition["test"], {})[condition["variable"]] = value
    return statement
