"""services.yaml as it counts: what is written, merged for an environment, with the defaults of what is not."""

from collections.abc import Mapping
from typing import Any

from modules.schema.base import Model
from modules.spec.model import Spec

_OF_FILE = ("environment", "environments")
Values = dict[str, Any]


def with_defaults(spec: Spec, written: Mapping[str, Any]) -> Values:
    """Values as a document has them, without lists and mappings that are empty."""
    return {key: value for key, value in _filled(spec, written).items() if key not in _OF_FILE}


def _filled(model: Model, written: Mapping[str, Any]) -> Values:
    found: Values = {}
    for name, field in type(model).model_fields.items():
        key, value = field.alias or name, getattr(model, name)
        if key in written:
            found[key] = _inner(value, written[key])
        elif isinstance(value, Model):
            if inner := _filled(value, {}):
                found[key] = inner
        elif value not in (None, (), {}):
            found[key] = value
    return found


def _inner(value: Any, written: Any) -> Any:
    match value, written:
        case Model(), dict():
            return _filled(value, written)
        case dict(), dict():
            return {key: _inner(value.get(key), one) for key, one in written.items()}
    return written
