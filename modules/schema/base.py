"""The base of everything that is read from services.yaml: strict, frozen, no unknown keys."""

import re
from collections.abc import Mapping
from types import NoneType
from typing import Annotated, Any, Self, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from modules.schema import docstrings, patterns


class Model(BaseModel):
    """A mapping in services.yaml; the docstrings of its keys are their descriptions in the JSON Schema."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid", allow_inf_nan=False)

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        schema = handler(core)
        properties = handler.resolve_ref_schema(schema).get("properties", {})
        for name, text in docstrings.of(cls).items():
            of = properties[cls.model_fields[name].alias or name]
            if handler.resolve_ref_schema(of).get("description") != text:
                of.setdefault("description", text)
        return schema

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """Without what cached properties keep, which pydantic would copy to a model that has other values."""
        found = super().model_copy(update=update, deep=deep)
        for name in found.__dict__.keys() - type(self).model_fields.keys():
            del found.__dict__[name]
        return found


class Summary(property):
    """A property made of many values, which a build that notes what it reads notes by its own value."""


class Unit:
    """What a number counts, such as `days`: for the documentation."""

    def __init__(self, name: str) -> None:
        self.name = name


class OneOrMany:
    """Marks a list: a single word, or number, can be written in its place."""

    def __init__(self, one: type = str) -> None:
        self.one = one

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_before_validator_function(self._listed, handler(source))

    def _listed(self, value: Any) -> Any:
        return (value,) if type(value) is self.one else value

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        many = handler(schema)
        return {"anyOf": [many["items"], many]}


class OrNone:
    """Marks a mapping, annotated as `Mapping | None`: `none` can be written in its place. An empty value can't."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        (mapping,) = set(get_args(source)) - {NoneType}
        return core_schema.no_info_wrap_validator_function(_or_none, handler(mapping))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {"anyOf": [handler(schema), {"const": "none"}]}


def _or_none(value: Any, validate: core_schema.ValidatorFunctionWrapHandler) -> Any:
    return None if value == "none" else validate(value)


def _seconds(value: Any) -> Any:
    if not isinstance(value, str) or re.fullmatch(patterns.DURATION, value) is None:
        return value
    return int(value[:-1]) * {"s": 1, "m": 60}[value[-1]]


def _duration_schema(schema: JsonSchemaValue) -> None:
    number = {key: schema.pop(key) for key in ("type", "minimum", "maximum") if key in schema}
    schema["anyOf"] = [number, {"type": "string", "pattern": patterns.DURATION}]


Seconds = Annotated[int, BeforeValidator(_seconds), Field(json_schema_extra=_duration_schema), Unit("seconds")]
"""A time: a number of seconds, or text such as `90s` and `5m`."""

ServiceName = Annotated[str, Field(min_length=1)]
EarlierName = Annotated[str, Field(pattern=patterns.SHORT_NAME)]
