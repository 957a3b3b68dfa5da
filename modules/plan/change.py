"""One change of one resource, as Terraform plans it or as files tell it."""

from collections.abc import Iterator, Mapping
from itertools import zip_longest
from typing import Any, Literal, NamedTuple

from modules.plan.planner import StackPlan
from modules.plan.stack_copy import UNKNOWN

Action = Literal["create", "update", "replace", "delete", "forget", "import", "move"]
Value = Mapping[str, Any]
# Attributes by which AWS itself refuses a deletion: of Aurora, of DynamoDB, of the load balancer.
_PROTECTIONS = ("deletion_protection", "deletion_protection_enabled", "enable_deletion_protection")


class Change(NamedTuple):
    """`is_certain` unless it depends on a value that is known only when a stack upstream is applied."""

    stack: str
    kind: str  # Terraform's type
    address: str
    action: Action
    before: Value  # its attributes; empty for a new one
    after: Value  # without those that are unknown
    attributes: tuple[str, ...] = ()  # that differ
    is_certain: bool = True
    refused_by: str | None = None  # who will refuse to destroy it
    because: tuple[str, ...] = ()  # arguments that can't change in place
    imports: bool = False  # it was in no state before

    @property
    def destroys(self) -> bool:
        """Whether what is there now goes."""
        return self.action in ("replace", "delete")


def of_stack(planned: StackPlan) -> Iterator[Change]:
    """The changes of a stack's managed resources, in the order of Terraform's plan, which is that of addresses."""
    for resource in planned.plan.get("resource_changes", []):
        if resource["mode"] == "managed" and resource["name"] != UNKNOWN and (action := _action(resource)):
            yield _change(planned, resource, action)


def _change(planned: StackPlan, resource: Mapping[str, Any], action: Action) -> Change:
    change = resource["change"]
    before, after = change.get("before") or {}, change.get("after") or {}
    differences = dict(_differences(before, after, change.get("after_unknown") or {}))
    address = resource["address"]
    destroys = action in ("replace", "delete")
    return Change(
        planned.stack,
        resource["type"],
        address,
        action,
        before,
        after,
        tuple(sorted({path.partition(".")[0] for path in differences})) if action in ("update", "replace") else (),
        _is_certain(action, resource, differences),
        _refused_by(f"{resource['type']}.{resource['name']}", before, planned.kept) if destroys else None,
        tuple(sorted({str(path[0]) for path in change.get("replace_paths", []) if path})),
        bool(change.get("importing")),
    )


def _action(resource: Mapping[str, Any]) -> Action | None:
    actions = tuple(resource["change"]["actions"])
    match actions:
        case ("create",) | ("update",) | ("delete",) | ("forget",):
            return actions[0]  # type: ignore[no-any-return]
        case ("create", "delete") | ("delete", "create"):
            return "replace"
    if resource["change"].get("importing"):
        return "import"
    return "move" if resource.get("previous_address") else None


def _is_certain(action: Action, resource: Mapping[str, Any], differences: Mapping[str, bool]) -> bool:
    """An update is, where an argument differs whose new value is known; a replacement, where it is one that causes it.

    Terraform replaces a resource too because its argument is unknown, and unknown may become what it was.
    """
    change = resource["change"]
    if action == "update":
        return not _could_be(change.get("before"), change.get("after"), change.get("after_unknown") or False)
    if action != "replace" or resource.get("action_reason") != "replace_because_cannot_update":
        return True
    causes = [".".join(map(str, path)) for path in change.get("replace_paths", [])]
    return any(known for path, known in differences.items() for cause in causes if _is_at(path, cause))


def _is_at(path: str, cause: str) -> bool:
    return path == cause or path.startswith(f"{cause}.") or cause.startswith(f"{path}.")


def _differences(before: Any, after: Any, unknown: Any, path: str = "") -> Iterator[tuple[str, bool]]:
    """Paths at which the values differ, and whether the new one is known."""
    if unknown is True:
        yield path, False
    elif isinstance(after, dict) or isinstance(unknown, dict):
        old, new, flags = _dict(before), _dict(after), _dict(unknown)
        for key in sorted({*old, *new, *flags}):
            yield from _differences(old.get(key), new.get(key), flags.get(key, False), f"{path}.{key}".lstrip("."))
    elif isinstance(after, list) and isinstance(unknown, list) and any(unknown):
        was = before if isinstance(before, list) else []
        for number, (one, now, flag) in enumerate(zip_longest(was, after, unknown)):
            yield from _differences(one, now, flag or False, f"{path}.{number}")
    elif before != after:
        yield path, True


def _could_be(before: Any, after: Any, unknown: Any) -> bool:
    """Whether the new value may turn out to be the old one, once what is unknown of it is known.

    Providers say null, empty, 0 and false of one argument that is left out, sometimes both in one plan.
    """
    if unknown is True:
        return True
    if isinstance(after, dict) or (isinstance(unknown, dict) and unknown):
        old, new, flags = _dict(before), _dict(after), _dict(unknown)
        return all(_could_be(old.get(key), new.get(key), flags.get(key, False)) for key in {*old, *new, *flags})
    if isinstance(unknown, list) and any(unknown):
        return _could_be_list(before, after, unknown)
    return bool(before == after) or not (before or after)


def _could_be_list(before: Any, after: Any, unknown: list[Any]) -> bool:
    """In any order: sets are lists in JSON, and an unknown part moves an element."""
    left = list(before) if isinstance(before, list) else []
    new = after if isinstance(after, list) else []
    pairs = sorted(zip_longest(new, unknown), key=lambda pair: (pair[1] is True, bool(pair[1])))  # the known first
    for value, flag in pairs:
        match = next((one for one in left if _could_be(one, value, flag or False)), None)
        if match is None:
            return False
        left.remove(match)
    return not left


def _dict(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _refused_by(address: str, before: Value, kept: frozenset[str]) -> str | None:
    if address in kept:
        return "Terraform"
    return "AWS" if any(before.get(one) is True for one in _PROTECTIONS) else None
