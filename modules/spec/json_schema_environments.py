"""What the schema says of an environment: the keys of the whole file, of which none is required."""

from typing import Any

from modules.schema import patterns

Schema = dict[str, Any]
_REFERENCE = "#/$defs/"
# What holds between keys holds once an environment's are merged with the base's.
_CONDITIONS = ("required", "allOf", "oneOf")
_OF_FILE = ("project", "environment", "environments")
_WITHOUT = {
    "description": "Keys of this file that the environment has not, such as services.web.env.DEBUG; one or a list.",
    "anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}, "uniqueItems": True}],
}


def add(whole: Schema) -> None:
    """Adds what `environments:` takes to the schema of a file."""
    definitions = whole["$defs"]
    partial = {name: _name(name) for name in _changed(definitions)}
    definitions |= {copy: _relaxed(definitions[name], partial) for name, copy in partial.items()}
    properties = {key: _relaxed(one, partial) for key, one in whole["properties"].items() if key not in _OF_FILE}
    definitions["Environment"] = {
        "description": "What differs in an environment. Mappings are merged, lists and values replaced.",
        "type": "object",
        "properties": {"without": _WITHOUT, **properties},
        "additionalProperties": False,
    }
    file = {"type": "string", "pattern": patterns.REPOSITORY_FILE}
    whole["properties"]["environments"]["additionalProperties"] = {
        "anyOf": [{"$ref": f"{_REFERENCE}Environment"}, file, {"type": "null"}]
    }


def _name(definition: str) -> str:
    return f"{definition}OfEnvironment"


def _changed(definitions: Schema) -> list[str]:
    """Definitions with a condition, or that refer to one with."""
    found: set[str] = set()
    while True:
        more = {name for name, one in definitions.items() if name not in found and _changes(one, found)}
        if not more:
            return sorted(found)
        found |= more


def _changes(value: Any, changed: set[str]) -> bool:
    if isinstance(value, list):
        return any(_changes(item, changed) for item in value)
    if not isinstance(value, dict):
        return False
    reference = str(value.get("$ref", "")).removeprefix(_REFERENCE)
    return (
        any(word in value for word in _CONDITIONS)
        or reference in changed
        or any(_changes(inner, changed) for inner in value.values())
    )


def _relaxed(value: Any, partial: dict[str, str], parent: str = "") -> Any:
    if isinstance(value, list):
        return [_relaxed(item, partial) for item in value]
    if not isinstance(value, dict):
        return value
    is_names = parent == "properties"
    relaxed = {
        key: _relaxed(inner, partial, "" if is_names else key)
        for key, inner in value.items()
        if is_names or key not in _CONDITIONS
    }
    name = str(relaxed.get("$ref", "")).removeprefix(_REFERENCE)
    return {**relaxed, "$ref": f"{_REFERENCE}{partial[name]}"} if name in partial else relaxed
