"""From YAML text to a document: plain values, with the line and the source text of each."""

import marshal
import re
from collections.abc import Iterator
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.composer import Composer
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from ruamel.yaml.reader import ReaderError

from modules.spec.document import Document
from modules.spec.problem import Path, Problem

MAX_VALUES = 120_000  # what ruamel.yaml reads in about 3 s; 300 services that all call each other are 90,000
MAX_DEPTH = 20
_MAX_YAML_DEPTH = 100  # ruamel.yaml recurses, and its scanner takes longer the deeper it is
_SCALARS = {f"tag:yaml.org,2002:{name}" for name in ("str", "int", "float", "bool", "null")}


# YAML can write both by escapes; UTF-8 has no bytes for half a surrogate pair, and no program takes a NUL in a name.
_NOT_TEXT = re.compile("[\0\ud800-\udfff]")
_NO_TEXT = ("This text contains a NUL or half of a surrogate pair.", "Write the character itself instead of an escape.")


def parse(text: str, document: Document) -> None:
    """Fills `document` from YAML 1.2 text."""
    yaml = YAML(typ="safe", pure=True)
    yaml.Composer = _BoundedComposer
    try:
        root = yaml.compose(text)
    except _OutOfBoundsError as error:
        document.problems.append(Problem((), error.what, error.next_step, line=error.line))
        return
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        what = f"This is not YAML: {error.problem or error.context}."
        line = mark.line + 1 if mark else None
        step = "Check this line and the one above for indentation, colons and quotes."
        if "'\\t'" in what:
            step = "Write spaces in place of the tab: outside of a comment's text and of quotes, this YAML has none."
        document.problems.append(Problem((), what, step, line=line))
        return
    except ReaderError as error:
        line = text[: error.position].count("\n") + 1
        what = f"The character U+{ord(text[error.position]):04X} is not allowed in YAML."
        document.problems.append(Problem((), what, "Remove it, or write an escape in double quotes.", line=line))
        return
    except (YAMLError, RecursionError, ValueError) as error:
        document.problems.append(
            Problem((), f"This is not YAML: {str(error).splitlines()[0]}", "Write plain YAML text.")
        )
        return
    if not isinstance(root, MappingNode):
        what = "The file is empty." if root is None else "The file must be a mapping of keys to values."
        document.problems.append(Problem((), what, "Start with `project:`, `region:` and `services:`."))
        return
    document.values = _value(root, (), document, yaml, set())


def dumped(document: Document) -> bytes:
    """What `parse` has found: values, lines and texts."""
    return marshal.dumps((document.values, document.lines, document.texts))


class _OutOfBoundsError(Exception):
    def __init__(self, what: str, next_step: str, line: int) -> None:
        super().__init__(what)
        self.what, self.next_step, self.line = what, next_step, line


class _BoundedComposer(Composer):
    """Composes nodes until there are too many of them, or too deep ones."""

    values = depth = 0

    def compose_node(self, parent: Any, index: Any) -> Any:
        self.values += 1
        self.depth += 1
        if self.values > MAX_VALUES or self.depth > _MAX_YAML_DEPTH:
            line = self.loader.parser.peek_event().start_mark.line + 1
            if self.depth > _MAX_YAML_DEPTH:
                raise _OutOfBoundsError("This is nested too deeply.", "Write the value itself.", line)
            what = f"The file has more than {MAX_VALUES} keys and values."
            raise _OutOfBoundsError(what, "Move some services to another project.", line)
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node


def _value(node: Node, path: Path, document: Document, yaml: YAML, seen: set[int]) -> Any:
    document.lines.setdefault(path, node.start_mark.line + 1)
    if id(node) in seen or len(path) > MAX_DEPTH:
        what = "YAML aliases (*name) are not supported." if id(node) in seen else "This is nested too deeply."
        document.problems.append(Problem(path, what, "Write the value itself."))
        return None
    seen.add(id(node))
    if isinstance(node, MappingNode):
        return dict(_items(node, path, document, yaml, seen))
    if isinstance(node, SequenceNode):
        return tuple(_value(item, (*path, index), document, yaml, seen) for index, item in enumerate(node.value))
    assert isinstance(node, ScalarNode)
    return _scalar(node, path, document, yaml)


def _items(node: MappingNode, path: Path, document: Document, yaml: YAML, seen: set[int]) -> Iterator[tuple[str, Any]]:
    first: dict[str, int] = {}
    for key_node, value_node in node.value:
        line = key_node.start_mark.line + 1
        if not isinstance(key_node, ScalarNode):
            document.problems.append(Problem(path, "A key must be a string.", "Write `key: value`.", line=line))
            continue
        key = key_node.value
        if key_node.tag == "tag:yaml.org,2002:merge":
            what = "YAML merge keys (<<) are not supported."
            document.problems.append(Problem(path, what, "Write the keys themselves.", line=line))
            continue
        if _NOT_TEXT.search(key):
            document.problems.append(Problem(path, *_NO_TEXT, line=line))
            continue
        place = (*path, key)
        if key in first:
            what = f'The key "{key}" is here a second time; the first is on line {first[key]}.'
            document.problems.append(Problem(place, what, "Remove one of the two.", line=line))
            _value(value_node, (*place, ""), document, yaml, seen)
            continue
        first[key] = document.lines[place] = line
        yield key, _value(value_node, place, document, yaml, seen)


def _scalar(node: ScalarNode, path: Path, document: Document, yaml: YAML) -> Any:
    document.texts[path] = node.value
    if _NOT_TEXT.search(node.value):
        document.problems.append(Problem(path, *_NO_TEXT))
        return None
    tag = str(node.tag)
    if tag not in _SCALARS:
        kind = tag.removeprefix("tag:yaml.org,2002:")
        if kind == "timestamp":
            return node.value
        document.problems.append(
            Problem(path, f"The YAML tag {kind} is not supported.", "Write a plain value; use quotes for a string.")
        )
        return None
    if tag.endswith(":str"):
        return node.value
    try:
        return yaml.constructor.construct_object(node)
    except ValueError:
        document.problems.append(Problem(path, f"{node.value!r} does not fit its YAML tag.", "Remove the tag."))
        return None
