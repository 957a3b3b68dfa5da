"""No secret is an argument of Terraform's, which would write it into its state."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from modules.gate.tree import Tree

# An argument with a value, by its name; `_wo` are write-only, and `password_wo_version` is a number.
SECRET = re.compile(
    r"(.*_)?(password|passwords|secret_string|secret_binary|auth_token|token|private_key|private_key_pem|secret_key)"
)
# They put what they make or read into the state, whatever their arguments say.
KINDS = {
    "resource": ("aws_iam_access_key", "aws_key_pair", "random_password", "random_string", "tls_private_key"),
    "data": ("aws_ecr_authorization_token", "aws_eks_cluster_auth", "aws_secretsmanager_secret_version"),
}
# What a Secret of Kubernetes holds is an argument.
OBJECTS = ("kubernetes_secret", "kubernetes_secret_v1")


def secrets_in_state(tree: Tree) -> Iterator[tuple[str, str]]:
    """Arguments with a secret's name, and kinds of resources that hold one."""
    for section, kinds in KINDS.items():
        for one in tree.resources(*kinds, section=section):
            yield one.place, "what it holds would be in the state"
    for section in ("resource", "data"):
        for one in tree.resources(section=section):
            if one.kind in OBJECTS and any(one.block.get(key) for key in ("data", "binary_data", "string_data")):
                yield one.place, "what it holds would be in the state"
            for path in _secret(one.block):
                yield one.place, f"`{path}` would be in the state"


def _secret(found: Any, path: str = "") -> Iterator[str]:
    """Paths of arguments with a secret's name, and text or a list for it."""
    if isinstance(found, Mapping):
        for key, inner in found.items():
            where = f"{path}.{key}".lstrip(".")
            if SECRET.fullmatch(key) and isinstance(inner, str | list):
                yield where
            else:
                yield from _secret(inner, where)
    elif isinstance(found, list):
        for inner in found:
            yield from _secret(inner, path)
