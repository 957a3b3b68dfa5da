"""The JSON Schema of services.yaml, so that editors complete and check: the model's, and what rules say beyond it."""

import json
import sys
from typing import Any

from modules.permissions import KINDS
from modules.permissions.kind import PermissionKind
from modules.spec import json_schema_environments, json_schema_rules
from modules.spec.model import Spec
from modules.spec.warning_codes import WARNING_CODES

Schema = dict[str, Any]
# Kinds of permission that a word alone does not say enough about.
_NEED_OPTIONS = ("ses",)


def schema() -> Schema:
    """The schema as a JSON value."""
    whole = _tidy(Spec.model_json_schema())
    definitions = whole["$defs"]
    definitions["Service"]["properties"]["aws"] = _permissions(definitions)
    for name, key, more in json_schema_rules.KEYS:
        owner = definitions[name] if name else whole
        here = owner["properties"][key]
        if "type" in more:
            here.pop("anyOf", None)
        if "anyOf" in more:
            here.pop("items", None)
            here.pop("type", None)
        here |= more
    for name, condition in json_schema_rules.CONDITIONS:
        (definitions[name] if name else whole).setdefault("allOf", []).append(condition)
    codes = _choice(WARNING_CODES)
    whole["properties"]["accept"]["anyOf"] = [codes, {"type": "array", "items": codes}]
    services = whole["properties"]["services"]
    services["additionalProperties"] = {"anyOf": [services["additionalProperties"], {"type": "null"}]}
    json_schema_environments.add(whole)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **whole, "title": "services.yaml"}


def _tidy(value: Any, parent: str = "") -> Any:
    """Without the titles and null defaults that pydantic adds; a mapping's patternProperties are its propertyNames."""
    if isinstance(value, list):
        return [_tidy(item) for item in value]
    if not isinstance(value, dict):
        return value
    is_names = parent in ("properties", "$defs")
    tidy = {key: _tidy(inner, "" if is_names else key) for key, inner in value.items()}
    if is_names or parent == "default":
        return tidy
    tidy.pop("title", None)
    if "description" in tidy:
        tidy["description"] = " ".join(tidy["description"].split())
        if tidy.get("default") not in (None, [], {}) and not isinstance(tidy["default"], dict):
            tidy["description"] += f" Default: {_as_yaml(tidy['default'])}."
    if tidy.get("default", ...) is None:
        del tidy["default"]
    if patterns := tidy.pop("patternProperties", None):
        ((pattern, inner),) = patterns.items()
        tidy |= {"propertyNames": {"pattern": pattern}, "additionalProperties": inner}
    return tidy


def _as_yaml(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_as_yaml, value))}]"
    return value if isinstance(value, str) else json.dumps(value)


def _permissions(definitions: Schema) -> Schema:
    """`aws:` as a word, a list of words and mappings, or a mapping."""
    properties = definitions["Permissions"]["properties"]
    for word, kind in KINDS.items():
        options = properties[word]["anyOf"]
        # What editors show is the description of the word, and not that of a class which several words share.
        definitions[kind.options.__name__].pop("description", None)
        reference = options[0] if word in _NEED_OPTIONS else {"anyOf": options}
        properties[word] = {**reference, "description": _about(kind)}
    words = _choice({word: _about(kind) for word, kind in KINDS.items() if word not in _NEED_OPTIONS})
    mapping = {"$ref": "#/$defs/Permissions"}
    # Behind a dash, yaml-language-server would make one of the word and of the key, and insert `s3: s3`; so the key is
    # accepted there and not offered.
    keys = {
        word: {**inner, **({"doNotSuggest": True} if word in words["enum"] else {})}
        for word, inner in properties.items()
    }
    item = {**definitions["Permissions"], "properties": keys}
    return {
        "description": definitions["Service"]["properties"]["aws"]["description"],
        "anyOf": [words, {"type": "array", "items": {"anyOf": [words, item]}, "uniqueItems": True}, mapping],
    }


def _about(kind: PermissionKind[Any]) -> str:
    """What the module of a kind says in its first line, after its word."""
    first = (sys.modules[kind.grants.__module__].__doc__ or "").split("\n")[0]
    return f"{kind.title}: {first.partition(': ')[2]}"


def _choice(words: dict[str, str]) -> Schema:
    """One of these words, each with its description; the last key is that of editors (yaml-language-server)."""
    return {"type": "string", "enum": list(words), "markdownEnumDescriptions": list(words.values())}
