"""What somebody changed of a Helm release with helm: its values, which no plan compares, and its status.

The provider reads the values in the cluster into `metadata` and keeps `values` as it once set them:
https://registry.terraform.io/providers/hashicorp/helm/latest/docs/resources/release#metadata.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from modules.plan.change import Change

KIND = "helm_release"
COMPARED = frozenset({"status", "values"})


def with_values(release: Mapping[str, Any]) -> Mapping[str, Any]:
    """Its arguments, with the values that the release has in the cluster."""
    found = (release.get("metadata") or {}).get("values")
    return {**release, "values": json.loads(found)} if found else release


def way_back(change: Change) -> Iterator[str]:
    """The command that puts back values that differ: Terraform compares none, so that an apply changes nothing."""
    if change.kind == KIND and "values" in change.attributes:
        name, namespace = change.before["name"], change.before["namespace"]
        revision = change.before["metadata"]["revision"]
        command = f"helm rollback {name} {revision} --namespace {namespace}"
        yield f"`{command}` puts back the values of {name}, which no plan compares."
