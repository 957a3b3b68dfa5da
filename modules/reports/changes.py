"""What a run changed, in a few lines: which stacks, and which of their resources."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from modules.bounded_file import read
from modules.state.generated import CONFIGURATION_NAMES

MOST_STACKS, MOST_ADDRESSES = 12, 2
NOT_BLOCKS = {"resource", "data", "//"}  # the first two are said by address; CDKTF's notes are not Terraform's
NAMES = {"output": "outputs", "provider": "providers"}  # of blocks; others as they are
_MAX_SIZE = 16 * 1024 * 1024  # bytes of a configuration


class Change(NamedTuple):
    """Of one stack, by Terraform addresses; `also` names what else of it differs."""

    stack: str
    is_new: bool
    is_gone: bool
    added: list[str]
    changed: list[str]
    removed: list[str]
    also: list[str]


def held(generated: Path, stacks: Iterable[str] = ("*",)) -> dict[str, bytes]:
    """Files of these stacks, or of all, by path; one that can't be read counts as one that is not there."""
    found = {}
    for file in (file for stack in stacks for file in generated.glob(f"stacks/{stack}/*")):
        try:
            found[file.relative_to(generated).as_posix()] = read(file, _MAX_SIZE)
        except OSError:
            continue
    return found


def stack_of(path: str) -> str | None:
    """The stack that has a file; None where it is not in the folder of one."""
    match path.split("/"):
        case ["stacks", stack, _]:
            return stack
    return None


def changes(before: Mapping[str, bytes], after: Mapping[str, bytes]) -> list[Change]:
    """Of each stack that differs, in the order of `after`; stacks that go come first.

    Files that only `before` has are not the generator's, such as a lock file.
    """
    old, new = _by_stack(before), _by_stack(after)
    gone = [stack for stack in old if stack not in new and _configuration(old[stack])]
    both = [stack for stack, files in new.items() if not files.items() <= old.get(stack, {}).items()]
    return [_change(stack, old.get(stack, {}), new.get(stack, {})) for stack in (*gone, *both)]


def lines(found: list[Change]) -> list[str]:
    """Text of these changes: a line each, of the first dozen."""
    width = max((len(one.stack) for one in found[:MOST_STACKS]), default=0)
    text = [f"{_sign(one)} {one.stack:{width}}  {_words(one)}" for one in found[:MOST_STACKS]]
    left = len(found) - MOST_STACKS
    return text if left <= 0 else [*text, f"  and {left} more: git diff --stat generated"]


def _by_stack(files: Mapping[str, bytes]) -> dict[str, dict[str, bytes]]:
    stacks: dict[str, dict[str, bytes]] = {}
    for path, content in files.items():
        if stack := stack_of(path):
            stacks.setdefault(stack, {})[path.rpartition("/")[2]] = content
    return stacks


def _change(stack: str, old: Mapping[str, bytes], new: Mapping[str, bytes]) -> Change:
    was, now = _configuration(old), _configuration(new)
    before, after = _addresses(was), _addresses(now)
    blocks = [block for block in sorted((was.keys() | now.keys()) - NOT_BLOCKS) if was.get(block) != now.get(block)]
    files = [name for name in sorted(new) if name not in CONFIGURATION_NAMES and old.get(name) != new[name]]
    return Change(
        stack,
        is_new=not was,
        is_gone=not new,
        added=sorted(after.keys() - before.keys()),
        changed=sorted(one for one in after.keys() & before.keys() if after[one] != before[one]),
        removed=sorted(before.keys() - after.keys()),
        also=[*(NAMES.get(block, block) for block in blocks), *files],
    )


def _configuration(files: Mapping[str, bytes]) -> dict[str, Any]:
    """Of a stack; nothing where there is none, or a damaged one."""
    for name in CONFIGURATION_NAMES:
        try:
            content = json.loads(files.get(name, b""))
        except ValueError:
            continue
        if isinstance(content, dict):
            return content
    return {}


def _addresses(configuration: Mapping[str, Any]) -> dict[str, Any]:
    """Resources and data sources."""
    return {
        f"{prefix}{kind}.{name}": one
        for block, prefix in (("resource", ""), ("data", "data."))
        for kind, named in configuration.get(block, {}).items()
        for name, one in named.items()
    }


def _sign(change: Change) -> str:
    return "+" if change.is_new else "-" if change.is_gone else "~"


def _words(change: Change) -> str:
    if change.is_new:
        return f"new, {_resources(change.added)}"
    if change.is_gone:
        return f"gone, with {_resources(change.removed)}"
    counted = {"added": change.added, "changed": change.changed, "removed": change.removed}
    parts = [f"{len(found)} {what}: {_some(found)}" for what, found in counted.items() if found]
    return "; ".join([*parts, *([", ".join(change.also)] if change.also else [])])


def _some(addresses: list[str]) -> str:
    more = len(addresses) - MOST_ADDRESSES
    return ", ".join([*addresses[:MOST_ADDRESSES], *([f"{more} more"] if more > 0 else [])])


def _resources(addresses: list[str]) -> str:
    number = sum(not one.startswith("data.") for one in addresses)
    return f"{number} resource{'' if number == 1 else 's'}"
