"""What the model says about a place of services.yaml: its keys, its type, whether a value would fit."""

import typing
from collections.abc import Iterator
from types import UnionType
from typing import Any

from pydantic import TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from modules.schema.base import Model, OneOrMany, OrNone
from modules.spec.model import Spec
from modules.spec.problem import Path


def keys(model: type[Model]) -> list[str]:
    """The keys of a mapping, as services.yaml writes them."""
    return list(_fields(model))


def known(path: Path) -> list[str]:
    """The keys that the mapping at `path` can have; none where the file gives them their names."""
    return next((keys(one) for one in _alternatives(_annotation(path)) if _is_model(one)), [])


def can_be_a_word(path: Path) -> bool:
    """Whether a single word can be written in place of the list at `path`."""
    return any(isinstance(one, OneOrMany) for one in _metadata(path))


def can_be_none(path: Path) -> bool:
    """Whether `none` can be written in place of the mapping at `path`."""
    return any(isinstance(one, OrNone) for one in _metadata(path))


def is_required(path: Path) -> bool:
    """Whether the key or item at `path` can't be left out."""
    models = (one for one in _alternatives(_annotation(path[:-1])) if _is_model(one))
    field = next((field for one in models if (field := _fields(one).get(str(path[-1])))), None)
    return field is None or field.is_required()


def pattern(path: Path) -> str | None:
    """The pattern of the string at `path`, where it has one."""
    found = (getattr(one, "pattern", None) for one in _metadata(path))
    return next((one for one in found if one is not None), None)


def fits(path: Path, value: Any) -> bool:
    """Whether the model accepts the value at `path`."""
    adapter: TypeAdapter[Any] = TypeAdapter(_annotation(path))
    try:
        adapter.validate_python(value, strict=True)
    except ValidationError:
        return False
    return True


def _fields(model: type[Model]) -> dict[str, FieldInfo]:
    return {field.alias or name: field for name, field in model.model_fields.items()}


def _metadata(path: Path) -> tuple[Any, ...]:
    annotation = _annotation(path)
    return typing.get_args(annotation)[1:] if typing.get_origin(annotation) is typing.Annotated else ()


def _annotation(path: Path) -> Any:
    """Type of a place in the model; Any where the model has no such place."""
    annotation: Any = Spec
    for part in path:
        annotation = _annotation_in(annotation, part)
    return annotation


def _annotation_in(annotation: Any, part: str | int) -> Any:
    for one in _alternatives(annotation):
        if _is_model(one):
            if (field := _fields(one).get(str(part))) is not None:
                return typing.Annotated[field.annotation, *field.metadata] if field.metadata else field.annotation
        elif typing.get_origin(one) is dict:
            return typing.get_args(one)[1]
        elif typing.get_origin(one) is tuple:
            return typing.get_args(one)[0]
    return Any


def _alternatives(annotation: Any) -> Iterator[Any]:
    """What a value of this type can be: the parts of a union, without what pydantic is told about them."""
    if typing.get_origin(annotation) is typing.Annotated:
        yield from _alternatives(typing.get_args(annotation)[0])
    elif typing.get_origin(annotation) in (typing.Union, UnionType):
        for one in typing.get_args(annotation):
            yield from _alternatives(one)
    else:
        yield annotation


def _is_model(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, Model)
