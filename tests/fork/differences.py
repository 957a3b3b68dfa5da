"""What CDKTF's fork writes otherwise than CDKTF: the one list, which a test holds complete and without a stale line."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from importlib.metadata import version
from typing import Any

from modules.synth.rendered import as_json

CDKTF, FORK = version("cdktf"), "0.24.0"


@dataclass(frozen=True)
class Difference:
    """In a file, the value at `path`, where `*` is any key; `undone` makes CDKTF's value of the fork's.

    `undone` raises ValueError where the fork's value is not what `why` says.
    """

    file: str
    path: tuple[str, ...]
    undone: Callable[[Any], Any]
    why: str


def _version(of: Any) -> str:
    if of != FORK:
        raise ValueError(f"version {of} is not that of the fork, {FORK}")
    return CDKTF


def _only(of: Any) -> Any:
    if not isinstance(of, list) or len(of) != 1:
        raise ValueError(f"not a list of one block: {of}")
    return of[0]


DIFFERENCES = (
    Difference("manifest.json", ("version",), _version, "the version of the library"),
    Difference("stacks/*/cdk.tf.json", ("//", "metadata", "version"), _version, "the version of the library"),
    # Release notes of hashicorp/kubernetes 3.3.0 (2026-10-01): the resource moved to the plugin framework, "retaining
    # the existing resource name and configuration block syntax".
    Difference(
        "stacks/*/cdk.tf.json",
        ("resource", "kubernetes_namespace_v1", "*", "metadata"),
        _only,
        "the fork's classes are made from the schema of hashicorp/kubernetes 3, which has a list there",
    ),
)


def as_cdktf(file: str, data: bytes) -> tuple[bytes, set[Difference]]:
    """A file of the fork without the known differences, and those that it had."""
    mine = [one for one in DIFFERENCES if fnmatch(file, one.file)]
    if not mine:
        return data, set()
    content, had = json.loads(data), set()
    assert as_json(content) == data, f"{file} is written in another form"
    for one in mine:
        for holder, key in _places(content, one.path):
            holder[key] = one.undone(holder[key])
            had.add(one)
    return as_json(content), had


def _places(content: Any, path: tuple[str, ...]) -> Iterator[tuple[Any, str]]:
    first, *rest = path
    for key in list(content) if first == "*" else [first] if first in content else []:
        if rest:
            yield from _places(content[key], tuple(rest))
        else:
            yield content, key
