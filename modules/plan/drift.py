"""What AWS has and the states do not, in words, from plans that only refresh the states; nothing of it is written.

https://developer.hashicorp.com/terraform/internals/json-format#plan-representation has `resource_drift`.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from modules.errors import CommandError
from modules.facts.stores import STORES
from modules.plan import left_out, page_json, release_drift
from modules.plan.change import Change
from modules.plan.page import AT_RISK, CHANGES, NOTHING, Page, Section
from modules.plan.planner import StackPlan
from modules.plan.system import Compared
from modules.plan.words import number, title

ERROR = 1
_TAGS = "tags_all"
_SHOWN = 60  # characters of a value
_NEXT = "`make deploy` puts back what generated/ says; what AWS is to keep belongs into services.yaml."


class Difference(NamedTuple):
    """A resource that is not as its state says: each `words` is an argument of it; `risk` where data is in danger."""

    change: Change
    words: tuple[str, ...]
    risk: str | None


def differences(planned: StackPlan) -> Iterator[Difference]:
    """Of one stack. An argument that generated/ does not set is AWS's or another resource's, and no difference."""
    for one in planned.plan.get("resource_drift", []):
        if one["mode"] == "managed" and (found := _difference(planned, one)):
            yield found


def _difference(planned: StackPlan, drifted: Mapping[str, Any]) -> Difference | None:
    kind, change = drifted["type"], drifted["change"]
    before, after = change["before"] or {}, change["after"] or {}
    store = STORES.get(kind)
    if change["actions"] == ["delete"]:
        gone = Change(planned.stack, kind, drifted["address"], "delete", before, after)
        return Difference(gone, ("was deleted outside of Terraform",), f"It held {store.holds}." if store else None)
    if kind == release_drift.KIND:
        before, after = release_drift.with_values(before), release_drift.with_values(after)
    declared = planned.configuration.get("resource", {}).get(kind, {}).get(drifted["name"], {})
    before, after = (
        {key: _ours(value, [declared[key]] if key in declared else []) for key, value in one.items()}
        for one in (before, after)
    )
    more = release_drift.COMPARED if kind == release_drift.KIND else frozenset()
    ours = {*declared, *more, _TAGS} - {"tags"}  # which are among all of them
    changed = tuple(key for key in sorted(ours) if before.get(key) != after.get(key))
    if not changed:
        return None
    is_off = store is not None and any(key in changed and after.get(key) == off for key, off in store.switches.items())
    words = tuple(word for key in changed for word in _words(key, {**change, "before": before, "after": after}))
    updated = Change(planned.stack, kind, drifted["address"], "update", before, after, changed)
    return Difference(updated, words, f"Nothing protects {store.holds}." if store and is_off else None)


def _ours(value: Any, declared: Sequence[Any]) -> Any:
    """Of blocks what generated/ sets in one of them: the rest is the provider's, such as a resource version."""
    blocks = [one for each in declared for one in (each if isinstance(each, list) else [each]) if isinstance(one, dict)]
    if not (blocks and isinstance(value, list) and all(isinstance(one, dict) for one in value)):
        return value
    names = {key for block in blocks for key in block}
    return [
        {
            key: _ours(inner, [block[key] for block in blocks if key in block])
            for key, inner in one.items()
            if key in names
        }
        for one in value
    ]


def _words(key: str, change: Mapping[str, Any]) -> Iterator[str]:
    for side in ("before", "after"):
        marks = change.get(f"{side}_sensitive")
        if _has_secret(marks.get(key) if isinstance(marks, dict) else marks):
            yield f"{key} is another one (it is secret)"
            return
    yield from _differing(key, change["before"].get(key), change["after"].get(key))


def _has_secret(marks: Any) -> bool:
    """Whether true is anywhere in the marks, which otherwise have the shape of the values."""
    if isinstance(marks, (dict, list)):
        return any(map(_has_secret, marks.values() if isinstance(marks, dict) else marks))
    return marks is True


def _differing(path: str, before: Any, after: Any) -> Iterator[str]:
    """At the deepest place that has two values; a block that there is once is a list of one in Terraform's JSON."""
    if isinstance(before, list) and isinstance(after, list) and len(before) == len(after) == 1:
        before, after = before[0], after[0]
    if before == after:
        return
    if isinstance(before, dict) and isinstance(after, dict):
        for name in sorted(before.keys() | after.keys()):
            yield from _differing(f"{path}.{name}", before.get(name), after.get(name))
    else:
        yield f"{path}: {_value(before)} -> {_value(after)}"


def _value(value: Any) -> str:
    text = "none" if value is None else json.dumps(value, ensure_ascii=False).replace("`", "'")
    return f"`{text if len(text) <= _SHOWN else f'{text[: _SHOWN - 1]}…'}`"


def page(compared: Compared) -> Page:
    """What is at risk first, then all by stack, and what was not compared."""
    planned = [one for one in compared.values() if isinstance(one, StackPlan)]
    found = [one for of in planned for one in differences(of)]
    sections = [
        Section("Data at risk", [f"{_sentence(one)}. {one.risk}" for one in found if one.risk]),
        Section("By stack", [f"{one.change.stack}: {_sentence(one)}" for one in found]),
        Section("Not compared", [*_not_compared(compared), *left_out.sentences(planned)]),
        Section("Next", _next(found)),
    ]
    return Page(_headline(found, planned), [one for one in sections if one.lines], _code(compared, found))


def _next(found: list[Difference]) -> list[str]:
    commands = [command for one in found for command in release_drift.way_back(one.change)]
    return [*commands, *([_NEXT] if found else [])]


def as_json(compared: Compared) -> dict[str, Any]:
    """In values of JSON; unlike those of a plan, with the values in words."""
    planned = [one for one in compared.values() if isinstance(one, StackPlan)]
    found = [
        {
            "stack": one.change.stack,
            "address": one.change.address,
            "type": one.change.kind,
            "action": one.change.action,
            "attributes": list(one.change.attributes),
            "words": [word.replace("`", "") for word in one.words],
            "risk": one.risk,
        }
        for of in planned
        for one in differences(of)
    ]
    return {**page_json.of_page(page(compared)), "stacks": [one.stack for one in planned], "differences": found}


def _sentence(difference: Difference) -> str:
    what = "; ".join(difference.words)
    return f"{title(difference.change)} {what}" if difference.change.destroys else f"{title(difference.change)}: {what}"


def _headline(found: list[Difference], planned: list[StackPlan]) -> str:
    stacks = number(len(planned), "stack")
    if not found:
        return f"AWS is as the states say: {stacks} compared."
    touched = len({one.change.stack for one in found})
    return f"{number(len(found), 'difference')}, in {touched} of {stacks}."


def _not_compared(compared: Compared) -> Iterator[str]:
    for stack, result in compared.items():
        if isinstance(result, CommandError):
            yield f"{stack}: {result.what.splitlines()[0]}"
    never = [stack for stack, result in compared.items() if result is None]
    if never:
        yield f"Stacks that hold nothing: {', '.join(never)}."


def _code(compared: Compared, found: list[Difference]) -> int:
    if any(one.risk for one in found):
        return AT_RISK
    if any(isinstance(one, CommandError) for one in compared.values()):
        return ERROR
    return CHANGES if found else NOTHING
