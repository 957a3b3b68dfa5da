"""Stacks as they were before a plan: what generated/ would say, had it made what the states hold.

Each planned change of what carries a policy, or is named in one, is undone in a copy of generated/. What AWS made up,
such as the id of a key, gets the name that access/values.py gives it, so that both versions speak of the same resource.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from modules.access.policies import ATTACHED, OF_RESOURCES, OF_ROLE
from modules.access.values import LEARNT, Values
from modules.facts.arns import FORMATS
from modules.plan.planner import StackPlan
from modules.plan.stack_copy import READS
from modules.plan.unreachable import Configurations

_KINDS = {*FORMATS, *OF_RESOURCES, OF_ROLE, *ATTACHED}
_GIVES = {"assume_role_policy", "policy", "policy_arn"}
_SCHEME = "https://"


def before(planned: Sequence[StackPlan], after: Configurations) -> Configurations:
    """The stacks of `after` without what was planned."""
    found = {stack: {**whole, "resource": _copied(whole.get("resource", {}))} for stack, whole in after.items()}
    undone = [(one, change) for one in planned for change in _changes(one) if change["change"]["actions"] != ["no-op"]]
    for one, change in undone:
        _undo(found[one.stack]["resource"], change, _owners(one))
    names = dict(_names(planned, found))
    longest_first = sorted(names, key=len, reverse=True)
    real = re.compile("|".join(map(re.escape, longest_first)) or "(?!)")
    for one, change in undone:
        block = found[one.stack]["resource"].get(change["type"], {}).get(change["name"], {})
        for argument in _GIVES & block.keys():
            block[argument] = real.sub(lambda match: names[match[0]], str(block[argument]))
    return found


def _copied(blocks: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    return {kind: {name: dict(block) for name, block in named.items()} for kind, named in blocks.items()}


def _changes(planned: StackPlan) -> list[Mapping[str, Any]]:
    managed = [one for one in planned.plan.get("resource_changes", []) if one["mode"] == "managed"]
    return [one for one in managed if one["type"] in _KINDS]


def _undo(blocks: dict[str, dict[str, Any]], change: Mapping[str, Any], owners: Mapping[str, str]) -> None:
    """What stays is the resource at its address, whatever its name was; what goes comes back with its own."""
    kind, name, actions = change["type"], change["name"], change["change"]["actions"]
    was, now = change["change"].get("before") or {}, change["change"].get("after") or {}
    texts = {key: value for key, value in was.items() if isinstance(value, str)}
    if actions == ["create"]:
        blocks.get(kind, {}).pop(name, None)
    elif actions == ["delete"]:
        owner = OF_RESOURCES.get(kind, ("", None))[1]
        of = {owner: owners.get(texts[owner], "")} if owner in texts else {}
        blocks.setdefault(kind, {})[name] = texts | of
    elif actions != ["forget"] and (block := blocks.get(kind, {}).get(name)) is not None:
        block.update({key: texts[key] for key in _GIVES & block.keys() & texts.keys() if was[key] != now.get(key)})


def _owners(planned: StackPlan) -> dict[str, str]:
    """Id of what can have a policy of its own -> how generated/ refers to it."""
    changes = [(one, one["change"].get("before") or {}) for one in _changes(planned)]
    return {was["id"]: f"${{{one['type']}.{one['name']}.id}}" for one, was in changes if "id" in was}


def _names(planned: Sequence[StackPlan], stacks: Configurations) -> Iterator[tuple[str, str]]:
    """What AWS made up, and the name that it has in `stacks`: ARNs, ids, the account."""
    values = Values(stacks)
    for one in planned:
        for kind, name, was in _held(one):
            arn = was.get("arn")
            if isinstance(arn, str) and (called := values.arn(one.stack, kind, name)):
                yield arn, called
                if account := arn.split(":")[4]:
                    yield account, values.account(one.stack)
            for attribute in [key.partition(".")[2] for key in LEARNT if key.startswith(f"{kind}.")]:
                if isinstance(real := _at(was, attribute), str):
                    called = values.text(one.stack, f"${{{kind}.{name}.{attribute}}}")
                    yield real.removeprefix(_SCHEME), called.removeprefix(_SCHEME)
        for address, outputs in _reads(one):
            for output, real in _flat(outputs):
                yield real, values.text(one.stack, f"${{data.{READS}.{address}.outputs.{output}}}")


def _held(planned: StackPlan) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Of the state: type, name and attributes of what has an ARN, also of what is only read."""
    for one in _changes(planned):
        yield one["type"], one["name"], one["change"].get("before") or {}
    for one in _data(planned):
        yield one["type"], one["name"], one.get("values", {})


def _reads(planned: StackPlan) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Of stacks that were not planned: the address of each read, and the outputs."""
    for one in _data(planned):
        if one["type"] == READS:
            yield one["name"], one["values"].get("outputs") or {}


def _data(planned: StackPlan) -> list[Mapping[str, Any]]:
    module = planned.plan.get("prior_state", {}).get("values", {}).get("root_module", {})
    return [one for one in module.get("resources", []) if one["mode"] == "data"]


def _flat(outputs: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Those that AWS may have made up, each with the expression behind `outputs.`; a short word could be anything."""
    for name, value in outputs.items():
        pairs = (
            {f'{name}["{key}"]': inner for key, inner in value.items()} if isinstance(value, dict) else {name: value}
        )
        yield from ((key, one) for key, one in pairs.items() if isinstance(one, str) and re.match(r"arn:|oidc\.", one))


def _at(value: Any, path: str) -> Any:
    """`a[0].b` of a value; None where it is not there."""
    for step in re.findall(r"\w+", path):
        try:
            value = value[int(step)] if step.isdigit() else value.get(step)
        except (AttributeError, IndexError, KeyError, TypeError):
            return None
    return value
