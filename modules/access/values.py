"""What references in generated/ come to, as far as the files tell; what AWS makes up is made up here, each its own."""

import json
import re
from collections.abc import Mapping
from functools import cached_property
from hashlib import sha256
from typing import Any
from uuid import UUID

from modules.facts import arns, regions, terraform

Stack = Mapping[str, Any]
ACCOUNT = "111122223333"
"""The one of AWS's documentation, where a system names none."""
_REFERENCE = re.compile(r"(?<!\$)\$\{((?:[^{}\"]|\"[^\"]*\")*)\}")
_OUTPUT = re.compile(r'data\.terraform_remote_state\.(\w+)\.outputs\.(\w+)(?:\["([^"]+)"\])?')
_WITHOUT_SCHEME = re.compile(r'replace\((.+), \\*"https://\\*", \\*"\\*"\)')
_ATTRIBUTE = re.compile(r"(?:data\.)?(\w+)\.(\w+)\.(.+)")
_MADE_UP = re.compile(r"<([^>]*)>")
_SAME = {"aws_s3_bucket.id": "bucket"}


class Values:
    """Those of the stacks of a system."""

    def __init__(self, stacks: Mapping[str, Stack]) -> None:
        self.stacks = stacks

    def account(self, stack: str) -> str:
        """The one that Terraform is allowed in."""
        allowed = self._provider(stack).get("allowed_account_ids", [])
        return str(allowed[0]) if allowed else ACCOUNT

    def region(self, stack: str) -> str:
        """That of a stack's first provider."""
        return str(self._provider(stack).get("region", "us-east-1"))

    def _provider(self, stack: str) -> Mapping[str, Any]:
        found: list[Mapping[str, Any]] = self.stacks.get(stack, {}).get("provider", {}).get("aws", [])
        return found[0] if found else {}

    def filled(self, stack: str, value: Any) -> Any:
        """A value of a stack with what its references come to, and IAM's variables as IAM writes them."""
        return json.loads(self.text(stack, json.dumps(value)))

    def text(self, stack: str, text: str) -> str:
        """A text of a stack, likewise."""
        found = _REFERENCE.sub(lambda match: self._value(stack, match[1]), text)
        return found.replace("&{", "${").replace("$${", "${").replace("%%{", "%{")

    def arn(self, stack: str, kind: str, name: str) -> str | None:
        """That of a resource; None of a type whose ARNs are not known."""
        resource = self._block(stack, kind, name)
        if resource is None or kind not in arns.FORMATS:
            return None
        region = self.region(stack)
        known = {**resource, "region": region, "account": self.account(stack)}
        arn = f"arn:{regions.partition(region)}:{arns.form(kind, known)}"
        return _with_made_up(self.text(stack, arn), (stack, kind, name))

    def _value(self, stack: str, reference: str) -> str:
        reference = reference.replace('\\"', '"')
        if output := _OUTPUT.fullmatch(reference):
            return self._output(stack, *output.groups())
        if address := _WITHOUT_SCHEME.fullmatch(reference):
            return self._value(stack, address[1]).removeprefix("https://")
        if reference == "data.aws_caller_identity.current.account_id":
            return self.account(stack)
        attribute = _ATTRIBUTE.fullmatch(reference)
        return self._attribute(stack, *attribute.groups()) if attribute else f"<{_plain(reference)}>"

    def _output(self, stack: str, address: str, output: str, key: str | None) -> str:
        other = self._reads.get((stack, address), address)
        value = self.stacks.get(other, {}).get("output", {}).get(output, {}).get("value")
        if key is not None and isinstance(value, Mapping):
            value = value.get(key)
        return self.text(other, str(value)) if value is not None else f"<{output} of {other}>"

    def _block(self, stack: str, kind: str, name: str) -> Stack | None:
        """The arguments of a resource, or of what is read from AWS under this address."""
        sections = (self.stacks[stack].get(section, {}) for section in ("resource", "data"))
        return next((found for one in sections if (found := one.get(kind, {}).get(name)) is not None), None)

    @cached_property
    def _reads(self) -> Mapping[tuple[str, str], str]:
        """Stack and address of a state that it reads -> the stack whose backend keeps its state there."""
        owners = {
            terraform.state_place(config): name
            for name, stack in self.stacks.items()
            for config in terraform.backend(stack.get("terraform", {})).values()
        }
        return {
            (name, address): owners[place]
            for name, stack in self.stacks.items()
            for address, read in stack.get("data", {}).get("terraform_remote_state", {}).items()
            if (place := terraform.state_place(read.get("config", {}))) in owners
        }

    def _attribute(self, stack: str, kind: str, name: str, attribute: str) -> str:
        if attribute == "arn" and (arn := self.arn(stack, kind, name)):
            return arn
        if made_up := LEARNT.get(f"{kind}.{attribute}"):
            known = {"region": self.region(stack), "account": self.account(stack)}
            return _with_made_up(made_up.format_map(known), (stack, kind, name))
        value = (self._block(stack, kind, name) or {}).get(_SAME.get(f"{kind}.{attribute}", attribute))
        return (
            self.text(stack, str(value))
            if isinstance(value, str | int)
            else f"<{_plain(attribute)} of {stack} {kind}.{name}>"
        )


# What Terraform learns from AWS and is no ARN of the resource itself.
LEARNT = {
    "aws_rds_cluster.cluster_resource_id": "cluster-<resource id>",
    "aws_rds_cluster.master_user_secret[0].secret_arn": (
        "arn:aws:secretsmanager:{region}:{account}:secret:rds!cluster-<cluster id>-<suffix>"
    ),
    "aws_eks_cluster.identity[0].oidc[0].issuer": "https://oidc.eks.{region}.amazonaws.com/id/<issuer>",
}


def _with_made_up(arn: str, place: tuple[str, ...]) -> str:
    """With what AWS makes up: a UUID for what it calls an id, else some capitals; what has a name has the same ARN to
    whoever reads it."""

    def value(found: re.Match[str]) -> str:
        digest = sha256("/".join(place).encode()).hexdigest()
        if found[1] == "suffix":
            return f"Ab{sha256(arn.encode()).hexdigest()[:4]}"
        is_uuid = found[1].endswith(" id") and found[1] != "resource id"
        return str(UUID(digest[:32])) if is_uuid else digest[:26].upper()

    return _MADE_UP.sub(value, arn)


def _plain(reference: str) -> str:
    """Without what would end a text of JSON."""
    return reference.replace("\\", "").replace('"', "'")
