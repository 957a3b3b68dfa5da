"""Where the services are in the text of a services.yaml, so that one can be added and all other text stays as it is."""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from ruamel.yaml import YAML
from ruamel.yaml.nodes import CollectionNode, MappingNode, Node, ScalarNode

_COMMENT = re.compile(r"(?P<indent> *)#")
_BLANK = re.compile(r"\n[ \t]*\r?\n")


class NotEditableError(ValueError):
    """Services that are written in a way to which no line can be added; says which."""


class Entry(NamedTuple):
    """A key and its value in the text; indices of characters, `end` is that after its last line and its comments."""

    key: ScalarNode
    value: Node
    start: int
    end: int
    indent: int


class Services(NamedTuple):
    """The services of a text by name, and where and how another one is added."""

    entries: dict[str, Entry]
    end: int
    indent: int
    step: int
    is_spaced: bool
    newline: str


def find(text: str) -> Services:
    """Raises NotEditableError where the services are in braces, or not in lines of their own."""
    value = _services(text)
    newline = "\r\n" if "\r\n" in text else "\n"
    if isinstance(value, MappingNode) and not value.value:
        if "#" in text[value.start_mark.index : value.end_mark.index]:
            raise NotEditableError("Their braces hold a comment.")
        return Services({}, line_end(text, value.end_mark.index), 2, 2, False, newline)
    if not isinstance(value, MappingNode) or value.flow_style:
        raise NotEditableError("They are written in braces.")
    entries = {name.value: _entry(text, name, body) for name, body in value.value}
    last = list(entries.values())[-1]
    inner = next((body for _, body in value.value if isinstance(body, MappingNode) and not body.flow_style), None)
    step = inner.start_mark.column - last.indent if inner else 2
    between = [text[one.end : above(text, other.start)] for one, other in pairwise(entries.values())]
    is_spaced = all(_BLANK.search(f"\n{gap}") for gap in between)
    return Services(entries, last.end, last.indent, step, is_spaced, newline)


def add(text: str, services: Services, lines: list[str]) -> str:
    """The text with these lines, which have no indentation of their own, as the last service."""
    end = services.end
    if not services.entries:
        text, end = _without_braces(text)
    block = "".join((line and " " * services.indent + line) + services.newline for line in lines)
    space = services.newline if services.entries and services.is_spaced else ""
    before = text[:end] if text[:end].endswith("\n") else text[:end] + services.newline
    return before + space + block + text[end:]


def remove(text: str, name: str) -> str:
    """The text without this service, its comments, and the blank lines after it; raises NotEditableError as `find`."""
    services = find(text)
    entry = services.entries[name]
    start, end = above(text, entry.start), entry.end
    if len(services.entries) == 1:
        return f"{text[:start].rstrip(' ').removesuffix(services.newline)} {{}}{services.newline}{text[end:]}"
    while text[end : line_end(text, end)].strip() == "" and end < len(text):
        end = line_end(text, end)
    if end == len(text):  # it was the last: no blank lines stay at the end
        return text[:start].rstrip() + services.newline
    return text[:start] + text[end:]


def _without_braces(text: str) -> tuple[str, int]:
    """Of `services: {}` only the key, and the index after its line."""
    value = _services(text)
    head = text[: value.start_mark.index].rstrip()
    text = head + text[value.end_mark.index :]
    return text, line_end(text, len(head))


def _services(text: str) -> Node:
    root = YAML(typ="safe", pure=True).compose(text)
    for key, value in root.value:
        if key.value == "services":
            found: Node = value
            return found
    raise NotEditableError("There are none.")


def _entry(text: str, key: ScalarNode, value: Node) -> Entry:
    start = text.rfind("\n", 0, key.start_mark.index) + 1
    if text[start : key.start_mark.index].strip(" "):
        raise NotEditableError(f'"{key.value}" does not start its line.')
    indent = key.start_mark.index - start
    content = text[: max(key.end_mark.index, content_end(value))].rstrip()
    return Entry(key, value, start, _with_comments(text, line_end(text, len(content)), indent), indent)


def content_end(node: Node) -> int:
    """Index after the last character of a value, without the blank lines and comments that follow it."""
    return max((int(leaf.end_mark.index) for leaf in _leaves(node)), default=int(node.start_mark.index))


def _leaves(node: Node) -> Iterator[Node]:
    """Scalars, and what is in braces or brackets: the others end only where the next token starts."""
    if not isinstance(node, CollectionNode) or node.flow_style:
        yield node
    else:
        for item in node.value:
            for one in item if isinstance(item, tuple) else (item,):
                yield from _leaves(one)


def _with_comments(text: str, end: int, indent: int) -> int:
    """Index after the comments that follow, also after blank lines, and are deeper than the service's name."""
    while (comment := _COMMENT.match(text, _after_blank_lines(text, end))) and len(comment["indent"]) > indent:
        end = line_end(text, comment.end())
    return end


def _after_blank_lines(text: str, start: int) -> int:
    while start < len(text) and not text[start : line_end(text, start)].strip():
        start = line_end(text, start)
    return start


def line_end(text: str, index: int) -> int:
    """Index after the line break of the line that this index is on."""
    found = text.find("\n", index)
    return len(text) if found == -1 else found + 1


def above(text: str, start: int) -> int:
    """Index of the first of the comment lines directly above a line."""
    while start:
        previous = text.rfind("\n", 0, start - 1) + 1
        if not _COMMENT.match(text, previous):
            break
        start = previous
    return start
