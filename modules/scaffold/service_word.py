"""A key of a service, or a word under its `aws:`, in the text of a services.yaml: all other text stays as it is."""

import json
from typing import Any

from ruamel.yaml.nodes import CollectionNode, MappingNode, Node, ScalarNode, SequenceNode

from modules.scaffold import services_text
from modules.scaffold.services_text import NotEditableError, content_end

AWS = "aws"


def write(text: str, service: str, path: tuple[str, ...], options: dict[str, Any]) -> str:
    """The text in which the mapping at `path` of the service has these options too; others of its own stay.

    `path` is ("repository",) or ("aws", word). Raises NotEditableError where it can't be written there.
    """
    services = services_text.find(text)
    entry = services.entries[service]
    if isinstance(entry.value, ScalarNode):  # a service without a key
        lines = _line(" " * (entry.indent + services.step), path, options)
        return _insert(text, entry.end, lines, services.newline)
    if not isinstance(entry.value, MappingNode):
        raise NotEditableError(f"{service} is not a mapping.")
    return _in_mapping(text, entry.value, path, options, services.newline)


def _in_mapping(text: str, node: MappingNode, path: tuple[str, ...], options: dict[str, Any], newline: str) -> str:
    key, *rest = path
    found = next(((name, value) for name, value in node.value if name.value == key), None)
    if found is None:
        return _add(text, node, path, options, newline)
    name, value = found
    if rest:
        return _in_words(text, name, value, rest[0], options, newline)
    return _options(text, name, value, options, newline)


def _in_words(text: str, name: Node, value: Node, word: str, options: dict[str, Any], newline: str) -> str:
    """`aws:` is a word, a list of words and mappings, or a mapping."""
    if isinstance(value, MappingNode):
        return _in_mapping(text, value, (word,), options, newline)
    if isinstance(value, SequenceNode):
        for item in value.value:
            if isinstance(item, ScalarNode) and item.value == word:
                new = _flow({word: options})
                return _replace(text, item, new if value.flow_style else new[1:-1])
            if isinstance(item, MappingNode) and any(one.value == word for one, _ in item.value):
                return _in_mapping(text, item, (word,), options, newline)
        new = _flow({word: options})
        if value.flow_style:
            return _into_brackets(text, value, new)
        last = value.value[-1]
        column = " " * value.start_mark.column
        return _insert(text, services_text.line_end(text, _end(last)), [f"{column}- {new[1:-1]}"], newline)
    if isinstance(value, ScalarNode) and value.value == word:
        return _replace(text, value, _flow({word: options}))
    if isinstance(value, ScalarNode) and value.value:
        return _replace(text, value, f"[{value.value}, {_flow({word: options})}]")
    return _after_colon(text, name, _flow({word: options}))


def _options(text: str, name: Node, value: Node, options: dict[str, Any], newline: str) -> str:
    if isinstance(value, ScalarNode):
        return _after_colon(text, name, _flow(options)) if not value.value else _replace(text, value, _flow(options))
    if not isinstance(value, MappingNode):
        raise NotEditableError(f'"{name.value}" is a list.')
    for key in options:
        there = next(((one, old) for one, old in value.value if one.value == key), None)
        if there is not None:
            raise NotEditableError(f'"{name.value}" has "{key}" already, on line {there[0].start_mark.line + 1}.')
    if value.flow_style:
        return _into_brackets(text, value, _flow(options)[1:-1])
    lines = [" " * value.start_mark.column + f"{key}: {_flow(inner)}" for key, inner in options.items()]
    return _insert(text, services_text.line_end(text, _end(value)), lines, newline)


def _add(text: str, node: MappingNode, path: tuple[str, ...], options: dict[str, Any], newline: str) -> str:
    (line,) = _line("", path, options)
    if node.flow_style:
        return _into_brackets(text, node, line)
    end = services_text.line_end(text, _end(node))
    return _insert(text, end, [" " * node.start_mark.column + line], newline)


def _line(indent: str, path: tuple[str, ...], options: dict[str, Any]) -> list[str]:
    value: dict[str, Any] = options
    for key in reversed(path[1:]):
        value = {key: value}
    return [f"{indent}{path[0]}: {_flow(value)}"]


def _end(node: Node) -> int:
    """Index after the last character of a value; an empty one, which starts where the next token does, has none."""
    if isinstance(node, MappingNode) and not node.flow_style:
        name, value = node.value[-1]
        return int(name.end_mark.index) if value.start_mark.index == value.end_mark.index else _end(value)
    return content_end(node)


def _into_brackets(text: str, node: CollectionNode, new: str) -> str:
    """Before the bracket or brace that ends it."""
    end = int(node.end_mark.index) - 1
    inner = text[int(node.start_mark.index) + 1 : end]
    if "#" in inner:
        raise NotEditableError("There is a comment between the braces.")
    head = text[:end].rstrip()
    comma = "" if not node.value else " " if head.endswith(",") else ", "
    return f"{head}{comma}{new}{text[end:]}"


def _replace(text: str, node: Node, new: str) -> str:
    return text[: node.start_mark.index] + new + text[node.end_mark.index :]


def _after_colon(text: str, name: Node, new: str) -> str:
    colon = text.index(":", name.end_mark.index) + 1
    return f"{text[:colon]} {new}{text[colon:]}"


def _insert(text: str, index: int, lines: list[str], newline: str) -> str:
    before = text[:index] if not index or text[:index].endswith("\n") else text[:index] + newline
    return before + "".join(line + newline for line in lines) + text[index:]


def _flow(value: Any) -> str:
    """YAML in braces, with quotes where a word needs them."""
    match value:
        case dict():
            return f"{{{', '.join(f'{key}: {_flow(one)}' for key, one in value.items())}}}"
        case list():
            return f"[{', '.join(map(_flow, value))}]"
        case bool():
            return str(value).lower()
        case str() if _is_plain(value):
            return value
    return json.dumps(value)


def _is_plain(text: str) -> bool:
    """Whether YAML reads it as this string without quotes, in braces too: words, never numbers, ARNs or URLs."""
    is_word = text.replace("-", "a").replace("_", "a").replace(".", "a").replace("/", "a").isalnum()
    return (
        is_word
        and text[:1].isalpha()
        and text.lower() not in ("true", "false", "yes", "no", "on", "off", "null", "n", "y")
    )
