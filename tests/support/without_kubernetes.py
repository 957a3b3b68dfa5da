"""What of a stack an emulated run can't apply: all of Kubernetes and Helm, or one release."""

import json
import re
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

Stack = dict[str, Any]
PROVIDERS = ("kubernetes", "helm")
REFERENCE = re.compile(r"\b(kubernetes|helm)_\w+\.")
OTHER_HALF = "other_half"
# Charts that others publish. Where kwok plays the nodes no process is behind their webhooks, which would refuse every
# object of their kinds.
PUBLISHED = ("load_balancer_controller", "external_secrets", "keda")


def of(whole: Stack) -> Stack:
    """The stack without its Kubernetes and Helm parts, for machines where those two providers are not to be had."""
    half = deepcopy(whole)
    for section in ("resource", "data"):
        _drop(
            half.get(section, {}), [kind for kind in half.get(section, {}) if kind.startswith(("kubernetes_", "helm_"))]
        )
    for holder in (half.get("provider", {}), half["terraform"].get("required_providers", {})):
        _drop(holder, PROVIDERS)
    for output in half.get("output", {}).values():
        if _refers(output.get("depends_on")):
            del output["depends_on"]
    _drop(half.get("output", {}), [name for name, output in half.get("output", {}).items() if _refers(output)])
    return half


def without_controller(whole: Stack) -> Stack:
    """The stack without the releases of charts that others publish, such as that of the load balancer controller."""
    rest = deepcopy(whole)
    releases = rest.get("resource", {}).pop("helm_release", {})
    _drop(releases, PUBLISHED)
    if releases:
        rest["resource"]["helm_release"] = releases
    return rest


def other(whole: Stack) -> Stack:
    """An output with all that the AWS half lacks, its expressions as Terraform evaluates them."""
    kinds = {
        kind: {
            address: {key: value for key, value in one.items() if key != "depends_on"} for address, one in of.items()
        }
        for kind, of in whole.get("resource", {}).items()
        if kind.startswith(("kubernetes_", "helm_"))
    }
    return {"value": kinds}


def check(whole: Stack, half: Stack) -> None:
    """Nothing but Kubernetes and Helm is gone, nothing is changed, and what stays does not need what went."""
    before, after = dict(_leaves(whole)), dict(_leaves(half))
    assert after.items() <= before.items(), "the AWS half of a stack holds something that the stack does not"
    gone = {path[1:] if path[0] == "terraform" else path for path in before.keys() - after.keys()}
    assert all(
        path[1].startswith(PROVIDERS)
        or (path[0] == "output" and (path[2:3] == ("depends_on",) or _refers(whole["output"][path[1]]["value"])))
        for path in gone
    ), "the AWS half of a stack lacks something that is neither Kubernetes nor Helm"
    assert not _refers(half), "an AWS resource refers to a Kubernetes or Helm resource: its stack has no AWS half"


def _drop(holder: Stack, names: Any) -> None:
    for name in names:
        holder.pop(name, None)


def _refers(part: Any) -> bool:
    return bool(REFERENCE.search(json.dumps(part)))


def _leaves(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    """Each value with its path; a list counts as one value."""
    if isinstance(value, dict) and value:
        for key, inner in value.items():
            yield from _leaves(inner, (*path, key))
    else:
        yield path, json.dumps(value)
