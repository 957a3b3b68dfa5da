"""A key at the top of a services.yaml: written or removed in its text, and all other text stays as it is."""

from ruamel.yaml import YAML
from ruamel.yaml.nodes import MappingNode, Node

from modules.scaffold.services_text import NotEditableError, above, content_end, line_end


def write(text: str, key: str, value: str, comment: str) -> str:
    """The text with `key: value`; a new key comes above the services, under a line with this comment.

    `value` is YAML on one line. Raises NotEditableError where the file is in braces.
    """
    root = _root(text)
    for name, old in root.value:
        if name.value == key:
            return f"{text[: name.end_mark.index]}: {value}{text[_end(name, old) :]}"
    start = _start_of_line(text, root, "services")
    column, newline = root.start_mark.column, "\r\n" if "\r\n" in text else "\n"
    start = above(text, start)
    lines = [f"# {comment}", f"{key}: {value}"]
    if text[:start].endswith(newline * 2):
        lines.append("")
    block = "".join((line and " " * column + line) + newline for line in lines)
    return text[:start] + block + text[start:]


def remove(text: str, key: str, comment: str) -> str:
    """The text without the key, its lines, and the line with this comment above it.

    Raises NotEditableError where the file is in braces.
    """
    root = _root(text)
    found = next(((name, value) for name, value in root.value if name.value == key), None)
    if found is None:
        return text
    start = _start_of_line(text, root, key)
    end = line_end(text, _end(*found) - 1)
    first = text.rfind("\n", 0, max(start - 1, 0)) + 1
    if text[first:start].strip() == f"# {comment}":
        start = first
    following = text[end : line_end(text, end)]
    if following and not following.strip() and (not text[:start] or text[:start].endswith(("\n\n", "\r\n\r\n"))):
        end += len(following)
    return text[:start] + text[end:]


def _root(text: str) -> MappingNode:
    root = YAML(typ="safe", pure=True).compose(text)
    if not isinstance(root, MappingNode):
        raise NotEditableError("The file has no keys.")
    return root


def _end(name: Node, value: Node) -> int:
    """Index after the value; an empty one, which starts where the next token does, ends with the colon."""
    colon = int(name.end_mark.index) + 1
    return colon if value.start_mark.index == value.end_mark.index else max(colon, content_end(value))


def _start_of_line(text: str, root: MappingNode, key: str) -> int:
    name: Node | None = next((name for name, _ in root.value if name.value == key), None)
    if name is None or root.flow_style:
        raise NotEditableError("The file is written in braces." if root.flow_style else f'There is no "{key}".')
    start = text.rfind("\n", 0, name.start_mark.index) + 1
    if text[start : name.start_mark.index].strip(" "):
        raise NotEditableError(f'"{key}" does not start its line.')
    return start
