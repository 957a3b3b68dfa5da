"""A key at any depth of a YAML file: written in its text, with what is missing above it; all other text stays."""

import json
from collections.abc import Sequence

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode

from modules.scaffold.services_text import NotEditableError, content_end, line_end

Value = str | int | float
_STEP = 2
_TEXT = "tag:yaml.org,2002:str"
_SIGNS = set("{}[],#&*!|>'\"%\n")  # that a plain scalar, also one in braces, may not have everywhere
_FIRST = ":?-"  # that begin something else in braces


def write(text: str, path: Sequence[str], value: Value) -> str:
    """The text with this value at the path; a new key comes last in the mapping around it.

    Raises NotEditableError where a value on the way is an alias, or neither a mapping nor empty.
    """
    node = YAML(typ="safe", pure=True).compose(text)
    newline = "\r\n" if "\r\n" in text else "\n"
    if node is None:
        return f"{text}{newline if text and not text.endswith(newline) else ''}{_lines(path, value, 0, newline)}"
    for depth, key in enumerate(path):
        above, rest = ".".join(path[:depth]), path[depth + 1 :]
        if not isinstance(node, MappingNode):
            raise NotEditableError(f"{above or 'The file'} is not a mapping.")
        pairs: dict[str, tuple[Node, Node]] = {name.value: (name, inner) for name, inner in node.value}
        if key not in pairs:
            return _added(text, node, path[depth:], value, newline, is_whole=not depth)
        name, node = pairs[key]
        if node.start_mark.index < name.end_mark.index:
            raise NotEditableError(f"{'.'.join(path[: depth + 1])} is an alias.")
        if not rest or _is_empty(text, node):
            return f"{text[: name.end_mark.index]}: {_inline(rest, value)}{text[_end(text, name, node) :]}"
    raise AssertionError("a path has a key")


def scalar(value: Value) -> str:
    """The value as YAML on one line: text is in quotes where it would be read as something else."""
    if not isinstance(value, str):
        return str(value)
    try:
        node = YAML(typ="safe", pure=True).compose(value)
    except YAMLError:
        return json.dumps(value, ensure_ascii=False)
    is_text = isinstance(node, ScalarNode) and (node.tag, node.value) == (_TEXT, value)
    is_plain = is_text and value[0] not in _FIRST and not _SIGNS & set(value)
    return value if is_plain else json.dumps(value, ensure_ascii=False)


def _added(text: str, node: MappingNode, path: Sequence[str], value: Value, newline: str, *, is_whole: bool) -> str:
    if not node.value:  # in braces
        return f"{text[: node.start_mark.index]}{_inline(path, value)}{text[node.end_mark.index :]}"
    end = _end(text, *node.value[-1])
    if node.flow_style:
        return f"{text[:end]}, {_inline(path, value)[1:-1]}{text[end:]}"
    lines = _lines(path, value, int(node.value[0][0].start_mark.column), newline)
    if is_whole:  # below comments at its end, which are those of what comes before
        return f"{text.rstrip()}{newline * 2}{lines}"
    end = line_end(text, end - 1)
    return f"{text[:end]}{'' if text[:end].endswith(newline) else newline}{lines}{text[end:]}"


def _lines(path: Sequence[str], value: Value, column: int, newline: str) -> str:
    *above, last = path
    keys = [*(f"{key}:" for key in above), f"{last}: {scalar(value)}"]
    return "".join(f"{' ' * (column + _STEP * depth)}{key}{newline}" for depth, key in enumerate(keys))


def _inline(path: Sequence[str], value: Value) -> str:
    if not path:
        return scalar(value)
    return f"{{{path[0]}: {_inline(path[1:], value)}}}"


def _is_empty(text: str, node: Node) -> bool:
    if isinstance(node, MappingNode) and not node.value:
        if "#" in text[node.start_mark.index : node.end_mark.index]:
            raise NotEditableError("Its braces hold a comment.")
        return True
    return isinstance(node, ScalarNode) and node.tag == "tag:yaml.org,2002:null"


def _end(text: str, name: Node, value: Node) -> int:
    """Index after the value; an empty one, which begins where the next token does, ends with its colon."""
    if value.start_mark.index == value.end_mark.index:
        end = int(name.end_mark.index)
        return end + 1 if text[end : end + 1] == ":" else end
    return content_end(value)
