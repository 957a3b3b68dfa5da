"""A key of a service in the text of a services.yaml: written, and all other text stays as it is."""

from ruamel.yaml.nodes import MappingNode, Node

from modules.scaffold.services_text import NotEditableError, content_end, find, line_end


def write(text: str, service: str, key: str, value: str, *, after: str) -> str:
    """The text with `key: value` of the service; a new key follows the key `after`, which the service has.

    `value` is YAML on one line. Raises NotEditableError where the services, or the keys of this one, can't be edited.
    """
    services = find(text)
    entry = services.entries[service]
    body = entry.value
    if not isinstance(body, MappingNode) or body.start_mark.index < entry.key.end_mark.index:
        raise NotEditableError("Its keys are those of an alias.")
    pairs: dict[str, tuple[Node, Node]] = {name.value: (name, one) for name, one in body.value}
    if key in pairs:
        name, old = pairs[key]
        return f"{text[: name.end_mark.index]}: {value}{text[_end(name, old) :]}"
    name, old = pairs[after]
    end = _end(name, old)
    if body.flow_style:
        return f"{text[:end]}, {key}: {value}{text[end:]}"
    end = line_end(text, end - 1)
    before = text[:end] if text[:end].endswith("\n") else text[:end] + services.newline
    return f"{before}{' ' * int(name.start_mark.column)}{key}: {value}{services.newline}{text[end:]}"


def _end(name: Node, value: Node) -> int:
    if value.start_mark.index < name.end_mark.index:
        raise NotEditableError("Its value is that of an alias.")
    return content_end(value)
