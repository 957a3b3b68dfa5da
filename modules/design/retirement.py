"""What becomes of the stores that `retired:` names: Terraform forgets them, or deletes them in two applies.

The blocks come from what generated/ was before, since services.yaml no longer has their options.
"""

import json
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from modules.design.kept_stores import Resources, is_store, word
from modules.design.transitions import Kept
from modules.facts.stores import KEY, STORES
from modules.naming import DATA, address, renamed
from modules.spec.model import Spec
from modules.spec.retired import SHARED, way

# In a stack's folder: not Terraform's until it is copied to the second name, for the first of two applies.
FILE, APPLIED_AS = "retired.json", "retired.tf.json"
_OF_TERRAFORM = {"lifecycle", "depends_on", "provider", "provisioner", "connection"}
_REFERENCE = re.compile(r"\$\{")


@dataclass(frozen=True)
class Before:
    """What a stack declared when generated/ was last written; `switched` and `kept` as a Retirement has them."""

    resources: Resources
    switched: Resources = field(default_factory=dict)
    kept: Collection[str] = ()


@dataclass(frozen=True)
class Retirement:
    """`kept`: what Terraform forgets; `switched`: what it may delete once these blocks are applied.

    `named` has the addresses of all stores that `retired:` says something of.
    """

    kept: tuple[Kept, ...] = ()
    switched: Resources = field(default_factory=dict)
    named: Collection[str] = ()


def of(spec: Spec, stack: str, before: Before, declared: Collection[str]) -> Retirement:
    """What `retired:` means for a stack that declares these addresses."""
    known = {**before.resources, **before.switched}
    gone = {place: one for place, one in known.items() if place not in declared}
    if stack == DATA:
        return _shared(spec, before, gone)
    retired = spec.retired.get(stack)
    if retired is None:
        return Retirement()
    ways = {place: way(retired, word(stack, place)) for place in gone if is_store(stack, place)}
    keeps = any(one == "keep" for one in retired.model_dump().values())
    if (key := f"{KEY}.{address(stack, 'stores')}") in ways:
        ways[key] = "keep" if keeps else "destroy"
    stores = [place for place, one in ways.items() if one == "keep"]
    earlier = [place for place in before.kept if keeps and place not in declared and ways.get(place) != "destroy"]
    kept = {*earlier, *stores, *(other for place in stores for other in _attached(place, gone))}
    switches = _to_switch(before, gone, [place for place, one in ways.items() if one == "destroy"])
    return Retirement(
        tuple(Kept(place) for place in sorted(kept.union(*(_earlier(spec, stack, place) for place in kept)))),
        {name: one for place, one in switches.items() for name in (place, *_earlier(spec, stack, place))},
        [place for place, one in ways.items() if one],
    )


def _earlier(spec: Spec, stack: str, place: str) -> list[str]:
    """Addresses under which the state may still have it: it may not know yet that the service has another name."""
    return [renamed(place, stack, old, mixed=True) for old in spec.earlier_of(stack)]


def _shared(spec: Spec, before: Before, gone: Resources) -> Retirement:
    """Aurora and Redis can only be destroyed, and with the last of them the key that encrypts them."""
    kinds = [kind for name, (kind, _) in SHARED.items() if name in spec.retired]
    if not kinds:
        return Retirement()
    named = [place for place in gone if place.partition(".")[0] in (*kinds, KEY)]
    return Retirement(switched=_to_switch(before, gone, named), named=named)


def _to_switch(before: Before, gone: Resources, places: Iterable[str]) -> Resources:
    return {place: before.switched.get(place) or switched(place, gone[place]) for place in places if _switches(place)}


def by_address(resources: Mapping[str, Mapping[str, Any]]) -> Resources:
    """From the `resource` of a stack."""
    return {f"{kind}.{name}": one for kind, named in resources.items() for name, one in named.items()}


def by_type(resources: Resources) -> Mapping[str, Mapping[str, Any]]:
    """As the `resource` of a stack has it."""
    found: dict[str, dict[str, Any]] = {}
    for place, one in resources.items():
        kind, _, name = place.partition(".")
        found.setdefault(kind, {})[name] = one
    return found


def switched(place: str, resource: Mapping[str, Any]) -> Mapping[str, Any]:
    """The block of a store that may be deleted with its data; nothing else of it changes, and it refers to nothing."""
    switches = _switches(place)
    arguments = {name: value for name, value in resource.items() if name not in _OF_TERRAFORM}
    written = {
        name: value
        for name, value in arguments.items()
        if name not in switches and not _REFERENCE.search(json.dumps(value))
    }
    changed = {name: value for name, value in switches.items() if value is not None}
    ignored = sorted(arguments.keys() - switches.keys())
    return {**written, **changed, "lifecycle": {"ignore_changes": ignored}}


def _switches(place: str) -> Mapping[str, bool | None]:
    return STORES[place.partition(".")[0]].switches


def _attached(place: str, resources: Resources) -> Iterable[str]:
    """Addresses of what belongs to a store: what refers to it, or it to them, of the types of the table."""
    kinds = STORES[place.partition(".")[0]].attached
    for other, arguments in resources.items():
        if other.partition(".")[0] in kinds and (_names(arguments, place) or _names(resources[place], other)):
            yield other


def _names(arguments: Mapping[str, Any], place: str) -> bool:
    return re.search(rf"\b{re.escape(place)}\b(?!-)", json.dumps(arguments)) is not None
