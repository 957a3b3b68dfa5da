"""From a spec to the files of generated/: what has changed is rendered, the rest is taken from the run before."""

import os
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

from modules.bindings import SWITCH
from modules.design import charts, deployer, lifelong_keys, logins, state_location, terraform_text
from modules.design.retirement import Before
from modules.naming import DEPLOYER
from modules.spec import reads
from modules.spec.model import Spec
from modules.synth.rendered import MANIFEST, Rendered, Wanted, as_json
from modules.synth.stack_cache import StackCache

NOTHING: Mapping[str, Before] = MappingProxyType({})


def build(
    spec: Spec,
    out: Path = Path("generated"),
    before: Mapping[str, Before] = NOTHING,
    *,
    further: Iterable[Spec] = (),
    as_hcl: bool = False,
    cached: bool = False,
) -> dict[str, bytes]:
    """Path below the output folder -> content, the same for the same spec on every machine; stacks in JSON or in HCL.

    `further` are environments besides this one. Nothing is written to `out`; where it is decides where local states
    are. `before` is what the stacks declared, by name, of which `retired:` needs what services.yaml no longer has.
    `cached`: what an earlier run rendered is not rendered again, but with the bindings as jsii ships them.
    """
    specs = [spec, *further]
    wanted = [one for each in specs for one in _wanted(each, before)]
    _each_has_its_state([one.spec.names.state(one.part) for one in wanted])
    folder = state_location.state_folder(out)
    cached = cached and os.environ.get(SWITCH) != "1"
    cache = StackCache(out, as_hcl=as_hcl, state_folder=folder) if cached else None
    rendered = _rendered(wanted, folder, cache, as_hcl=as_hcl)
    files = charts.files(teams=any(each.cluster.teams for each in specs))
    for each in specs:
        files[lifelong_keys.file(each.names)] = as_json({"values": lifelong_keys.recorded(each)})
    for stack in rendered.values():
        files |= stack.files
    manifest = {
        "version": next(iter(rendered.values())).version,
        "stacks": {name: stack.entry for name, stack in rendered.items()},
    }
    return {MANIFEST: as_json(manifest), **files}


def _wanted(spec: Spec, before: Mapping[str, Before]) -> list[Wanted]:
    spec = logins.with_secrets(terraform_text.literal(spec))
    parts = (*spec.platform_stacks, *spec.order, *spec.retired_services)
    return [Wanted(spec, part, before.get(spec.names.stack(part), Before({}))) for part in parts]


def _each_has_its_state(called: list[str]) -> None:
    if len({*called}) < len(called):
        raise AssertionError(f"two stacks have one state: {sorted(called)}")


def _rendered(wanted: list[Wanted], folder: str, cache: StackCache | None, *, as_hcl: bool) -> dict[str, Rendered]:
    """The stacks by name; `deployer` comes last, since it is made of what the others have."""
    values = {id(one.spec): reads.Values(one.spec) for one in wanted}
    others = [one for one in wanted if one.part != DEPLOYER]
    found = _taken_or_rendered(others, values, folder, cache, as_hcl=as_hcl)
    last = [
        replace(one, types=_types(found[other.name] for other in others if other.spec is one.spec))
        for one in wanted
        if one.part == DEPLOYER
    ]
    return found | _taken_or_rendered(last, values, folder, cache, as_hcl=as_hcl)


def _types(stacks: Iterable[Rendered]) -> tuple[str, ...]:
    return tuple(sorted(deployer.types(one.configuration for one in stacks)))


def _taken_or_rendered(
    wanted: list[Wanted], values: Mapping[int, reads.Values], folder: str, cache: StackCache | None, *, as_hcl: bool
) -> dict[str, Rendered]:
    """In their order; CDKTF, which takes most of a second to load, only where one is needed."""
    found = {one.name: cache.find(one, values[id(one.spec)]) if cache else None for one in wanted}
    missing = [one for one in wanted if found[one.name] is None]
    if missing:
        from modules.synth.render import render

        read: dict[str, set[reads.Read]] = {one.name: set() for one in missing}
        asked = [replace(one, spec=reads.watched(one.spec, read[one.name])) for one in missing]
        for one, stack in zip(missing, render(asked, folder, as_hcl=as_hcl), strict=True):
            found[one.name] = stack
            if cache:
                cache.keep(one, stack, read[one.name], values[id(one.spec)])
        if cache:
            cache.remove_unused()
    return {name: stack for name, stack in found.items() if stack}
