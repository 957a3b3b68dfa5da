"""The configuration of a stack as its copy is planned: no prevent_destroy, and reads of planned stacks by their values.

Terraform would stop at what it may not destroy, and hide all that follows; what it will refuse is said instead.
"""

import json
import re
from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any, NamedTuple

from modules.facts import terraform

Configuration = dict[str, Any]
Expressions = Mapping[str, Any]
"""Outputs of a stack by name, as values and expressions of Terraform's JSON syntax."""

READS = "terraform_remote_state"
KUBERNETES = ("kubernetes", "helm")  # providers that talk to the cluster
_OF_KUBERNETES = re.compile(r"\b(?:kubernetes|helm)_\w+\.")
UNKNOWN = "unknown_until_apply"
# Unknown at plan, and of any type: as the input of a terraform_data, so that its output is too.
_UNKNOWN_INPUT = "${jsondecode(timestamp())}"
UNKNOWN_EXPRESSION = f"${{terraform_data.{UNKNOWN}.output}}"


class Copy(NamedTuple):
    """What Terraform plans; `kept` are the addresses that it will refuse to destroy, `lost` the outputs left out."""

    configuration: Configuration
    kept: frozenset[str]
    lost: frozenset[str]


def reads(configuration: Mapping[str, Any]) -> Mapping[str, Mapping[str, Any]]:
    """The reads of other stacks' outputs, by address."""
    found: Mapping[str, Mapping[str, Any]] = configuration.get("data", {}).get(READS, {})
    return found


def stacks_read(configuration: Mapping[str, Any], all_: Mapping[str, Mapping[str, Any]]) -> Mapping[str, str]:
    """Whose outputs a stack reads, by address of the read: of the stack whose backend keeps its state at that place."""
    owners = {
        terraform.state_place(config): stack
        for stack, whole in all_.items()
        for config in terraform.backend(whole.get("terraform", {})).values()
    }
    places = {address: terraform.state_place(read.get("config", {})) for address, read in reads(configuration).items()}
    return {address: owners[place] for address, place in places.items() if place in owners}


def make(whole: Mapping[str, Any], planned: Mapping[str, Expressions], *, with_kubernetes: bool) -> Copy:
    """The copy of a stack where the reads at these addresses give these outputs, with its state beside it."""
    copy = deepcopy(dict(whole))
    for block in terraform.STATE_BLOCKS:
        copy.get("terraform", {}).pop(block, None)
    kept = frozenset(_allow_destroy(copy))
    lost: frozenset[str] = frozenset()
    if not with_kubernetes:
        lost = _drop_kubernetes(copy)
    return Copy(_with_values(copy, planned), kept, lost)


def is_of_kubernetes(kind: str) -> bool:
    """Whether a type of resource belongs to the cluster, not to AWS."""
    return kind.startswith(tuple(f"{provider}_" for provider in KUBERNETES))


def literal(value: Any) -> Any:
    """A value as Terraform's JSON syntax has it, where every string, also a key, is a template."""
    match value:
        case str():
            return value.replace("${", "$${").replace("%{", "%%{")
        case dict():
            return {literal(key): literal(inner) for key, inner in value.items()}
        case list():
            return [literal(inner) for inner in value]
    return value


def _allow_destroy(copy: Configuration) -> Iterator[str]:
    for kind, resources in copy.get("resource", {}).items():
        for name, resource in resources.items():
            lifecycle = resource.get("lifecycle")
            for block in lifecycle if isinstance(lifecycle, list) else [lifecycle]:
                if isinstance(block, dict) and block.pop("prevent_destroy", False):
                    yield f"{kind}.{name}"


def _drop_kubernetes(copy: Configuration) -> frozenset[str]:
    copy.pop("ephemeral", None)  # the login
    for section in ("resource", "data"):
        copy[section] = {kind: held for kind, held in copy.get(section, {}).items() if not is_of_kubernetes(kind)}
    for holder in (copy.get("provider", {}), copy.get("terraform", {}).get("required_providers", {})):
        for provider in KUBERNETES:
            holder.pop(provider, None)
    for output in copy.get("output", {}).values():
        if _OF_KUBERNETES.search(json.dumps(output.get("depends_on", ""))):
            del output["depends_on"]
    lost = {name for name, output in copy.get("output", {}).items() if _OF_KUBERNETES.search(json.dumps(output))}
    for name in lost:
        del copy["output"][name]
    return frozenset(lost)


def _with_values(copy: Configuration, planned: Mapping[str, Expressions]) -> Configuration:
    """A postcondition of a read goes with it: it asks whether the other stack was applied, which comes first."""
    remote = copy.get("data", {}).get(READS, {})
    replaced = [name for name in planned if name in remote]
    for name in replaced:
        del remote[name]
    if not remote:
        copy.get("data", {}).pop(READS, None)
    text = json.dumps(copy)
    for name in replaced:
        text = re.sub(rf"\bdata\.{READS}\.{re.escape(name)}\.outputs\b", f"local.{_local(name)}", text)
    copy = json.loads(text)
    if replaced:
        copy.setdefault("locals", {}).update({_local(name): planned[name] for name in replaced})
        copy.setdefault("resource", {}).setdefault("terraform_data", {})[UNKNOWN] = {"input": _UNKNOWN_INPUT}
    return {block: held for block, held in copy.items() if held}  # Terraform refuses one that is empty


def _local(name: str) -> str:
    return f"planned_{name.replace('-', '_')}"
