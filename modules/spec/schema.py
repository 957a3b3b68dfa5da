"""The JSON Schema of services.yaml, so that editors complete and check; what no stack reads yet is left out."""

from typing import Any

from modules.spec.model import Spec

FILE_NAME = "services.schema.json"


def schema() -> dict[str, Any]:
    """The schema as a JSON value."""
    whole = Spec.model_json_schema()
    for model in (whole, *whole["$defs"].values()):
        properties = model.get("properties", {})
        for key in [key for key, value in properties.items() if value.pop("not_yet_read", False)]:
            del properties[key]
    used = _references(whole)
    whole["$defs"] = {name: model for name, model in whole["$defs"].items() if name in used}
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **whole, "title": "services.yaml"}


def _references(whole: dict[str, Any]) -> set[str]:
    """Names of the definitions that are reached from the root."""
    used: set[str] = set()
    todo: list[Any] = [{key: value for key, value in whole.items() if key != "$defs"}]
    while todo:
        match todo.pop():
            case {"$ref": str(reference), **rest}:
                name = reference.removeprefix("#/$defs/")
                if name not in used:
                    used.add(name)
                    todo.append(whole["$defs"][name])
                todo.append(rest)
            case dict() as mapping:
                todo.extend(mapping.values())
            case list() as items:
                todo.extend(items)
    return used
