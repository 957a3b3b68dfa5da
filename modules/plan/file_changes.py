"""What two versions of generated/ tell without Terraform: changes of resources, and what may follow from them.

A file does not say what AWS holds, so whatever depends on another value is announced as something that may happen.
"""

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any, NamedTuple

from modules.plan.change import Change
from modules.plan.replacing import REPLACING
from modules.plan.stack_copy import READS, stacks_read
from modules.state.generated import CONFIGURATION_NAMES
from modules.state.record import TRANSITIONS

Files = Mapping[str, bytes]
"""Content by path below generated/."""
_REFERENCE = re.compile(r"(?<![\w.])(data\.)?([a-z]\w*)\.([a-z_]\w*)(?:\.outputs\.(\w+))?")
_FILE = re.compile(r"\$\{path\.module\}/([\w./-]+)|path\.module\}/([\w./-]+)")
Reads = Mapping[str, Mapping[str, str]]
"""Stack -> address of a read -> the stack that it reads."""
_BLOCKS = ("resource", "data")


class Node(NamedTuple):
    """Something that others can refer to: a resource, a data source, a local value, an output or a file of a stack."""

    stack: str
    address: str


def configurations(files: Files) -> dict[str, dict[str, Any]]:
    """Of each stack; one whose configuration can't be read is left out."""
    found: dict[str, dict[str, Any]] = {}
    for name in reversed(CONFIGURATION_NAMES):
        for path, content in files.items():
            match path.split("/"):
                case ["stacks", stack, file] if file == name:
                    try:
                        whole = json.loads(content)
                    except ValueError:
                        continue
                    if isinstance(whole, dict):
                        found[stack] = whole
    return found


def changes(before: Files, after: Files) -> list[Change]:
    """By stack and address; what only may change comes with `is_certain` False."""
    old, new = configurations(before), configurations(after)
    own = [
        _announced(change, _transitions(after, stack))
        for stack in sorted({*old, *new})
        for change in _own(stack, old.get(stack, {}), new.get(stack, {}))
    ]
    changed = {Node(one.stack, one.address) for one in own}
    moving = {Node(one.stack, one.address) for one in own if one.action != "update"}
    nodes = _nodes(new, after)
    earlier = _nodes(old, before)
    moving |= {
        node for node, text in nodes.items() if not _is_resource(node) and node in earlier and earlier[node] != text
    }
    reads = {stack: stacks_read(whole, new) for stack, whole in new.items()}
    for node in _followers(nodes, moving, reads):
        if _is_resource(node) and node not in changed:
            kind, _, name = node.address.partition(".")
            held = new[node.stack]["resource"][kind][name]
            own.append(Change(node.stack, kind, node.address, "update", held, held, (), is_certain=False))
    return sorted(own, key=lambda one: (one.stack, one.address))


def notes(before: Files, after: Files) -> dict[str, list[str]]:
    """What else of a stack differs, that can't be said of single resources."""
    old, new = configurations(before), configurations(after)
    both = [stack for stack in sorted(new) if stack in old and _provider(old[stack]) != _provider(new[stack])]
    return {stack: ["settings of the AWS provider differ, such as tags: every resource may change"] for stack in both}


def _provider(configuration: Mapping[str, Any]) -> Any:
    """Its settings, but for who asks AWS."""
    providers = configuration.get("provider", {}).get("aws", [])
    return [{key: value for key, value in one.items() if key != "assume_role"} for one in providers]


def _own(stack: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    """What differs in the resources themselves."""
    before, after = _resources(old), _resources(new)
    for address in sorted({*before, *after}):
        kind = address.partition(".")[0]
        was, now = before.get(address), after.get(address)
        if was is None and now is not None:
            yield Change(stack, kind, address, "create", {}, now)
        elif now is None and was is not None:
            yield Change(stack, kind, address, "delete", was, {}, refused_by=_refused_by(was))
        elif was is not None and now is not None and _known(was) != _known(now):
            names = tuple(sorted(key for key in {*was, *now} if was.get(key) != now.get(key)))
            because = tuple(one for one in names if one in REPLACING.get(kind, ()))
            yield Change(
                stack,
                kind,
                address,
                "replace" if because else "update",
                was,
                now,
                names,
                is_certain=not because,
                refused_by=_refused_by(was) if because else None,
                because=because,
            )


def _announced(change: Change, transitions: Mapping[str, Any]) -> Change:
    """What goes and is kept, or comes and is there, does not in AWS."""
    kept = {one["from"] for one in transitions.get("removed", []) if one["lifecycle"]["destroy"] is False}
    if change.action == "delete" and change.address in kept:
        return change._replace(action="forget", refused_by=None)
    if change.action == "create" and change.address in {one["to"] for one in transitions.get("import", [])}:
        return change._replace(action="import", imports=True)
    return change


def _transitions(files: Files, stack: str) -> Mapping[str, Any]:
    """Of a stack; none where the file is damaged."""
    with suppress(ValueError):
        return dict(json.loads(files.get(f"stacks/{stack}/{TRANSITIONS[0]}", b"{}")))
    return {}


def _known(resource: Mapping[str, Any]) -> Mapping[str, Any]:
    """What AWS could see of it."""
    return {key: value for key, value in resource.items() if key not in ("depends_on", "lifecycle")}


def _refused_by(was: Mapping[str, Any]) -> str | None:
    protections = ("deletion_protection", "deletion_protection_enabled", "enable_deletion_protection")
    return "AWS" if any(was.get(one) is True for one in protections) else None


def _resources(configuration: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    return {
        f"{kind}.{name}": one
        for kind, named in configuration.get("resource", {}).items()
        for name, one in named.items()
    }


def _nodes(of: Mapping[str, Mapping[str, Any]], files: Files) -> dict[Node, str]:
    """All that can be referred to, with its text."""
    found = {}
    for stack, whole in of.items():
        for block in _BLOCKS:
            prefix = "data." if block == "data" else ""
            for kind, named in whole.get(block, {}).items():
                if kind != READS:
                    for name, one in named.items():
                        found[Node(stack, f"{prefix}{kind}.{name}")] = json.dumps(one, sort_keys=True)
        for name, value in whole.get("locals", {}).items():
            found[Node(stack, f"local.{name}")] = json.dumps(value, sort_keys=True)
        for name, output in whole.get("output", {}).items():
            found[Node(stack, f"output.{name}")] = json.dumps(output.get("value"), sort_keys=True)
    for path, content in files.items():
        match path.split("/"):
            case ["stacks", stack, file] if file not in CONFIGURATION_NAMES:
                found[Node(stack, f"file.{file}")] = content.decode("utf-8", "replace")
    return found


def _is_resource(node: Node) -> bool:
    return not node.address.startswith(("data.", "local.", "output.", "file."))


def _followers(nodes: Mapping[Node, str], moving: set[Node], reads: Reads) -> Iterator[Node]:
    """What refers to what moves, directly or through values; a resource that only may change moves nothing else."""
    followed_by: dict[Node, list[Node]] = {}
    for node, text in nodes.items():
        for reference in _references(node, text, reads):
            followed_by.setdefault(reference, []).append(node)
    waiting, seen = sorted(moving), set(moving)
    while waiting:
        for follower in followed_by.get(waiting.pop(), ()):
            if follower not in seen:
                seen.add(follower)
                yield follower
                if not _is_resource(follower):
                    waiting.append(follower)


def _references(node: Node, text: str, reads: Reads) -> Iterator[Node]:
    for data, kind, name, output in _REFERENCE.findall(text):
        if kind == READS:
            yield Node(reads[node.stack].get(name, ""), f"output.{output}")
        else:
            yield Node(node.stack, f"{data}{kind}.{name}")
    for first, second in _FILE.findall(text):
        yield Node(node.stack, f"file.{first or second}")
