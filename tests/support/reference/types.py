"""What a key of services.yaml takes, in words, read from the model."""

import typing
from itertools import chain
from types import NoneType, UnionType
from typing import Any

from pydantic.fields import FieldInfo

from modules.schema import patterns
from modules.schema.base import Model, OneOrMany, OrNone, Unit
from modules.spec.text_file import InRepository
from modules.spec.warning_codes import WARNING_CODES
from tests.support.reference.table import codes


def type_of(field: FieldInfo) -> str:
    """Such as `integer, 1 to 35, days`."""
    return _words(field.annotation, list(field.metadata))


def _words(annotation: Any, metadata: list[Any]) -> str:
    if typing.get_origin(annotation) is typing.Annotated:
        inner, *more = typing.get_args(annotation)
        if any(isinstance(one, InRepository) for one in more):
            return patterns.EXAMPLES[patterns.REPOSITORY_FILE][0]
        return _words(inner, [*metadata, *chain.from_iterable(_flat(one) for one in more)])
    unit = next((f", {one.name}" for one in metadata if isinstance(one, Unit)), "")
    return _plain(annotation, metadata) + unit


def _flat(metadata: Any) -> list[Any]:
    return list(metadata.metadata) if isinstance(metadata, FieldInfo) else [metadata]


def _plain(annotation: Any, metadata: list[Any]) -> str:
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin in (typing.Union, UnionType):
        (one,) = (argument for argument in arguments if argument is not NoneType)
        or_none = " or `none`" if any(isinstance(mark, OrNone) for mark in metadata) else ""
        return _words(one, [mark for mark in metadata if not isinstance(mark, Unit)]) + or_none
    if origin is typing.Literal:
        return "a code of [warnings](warnings.md)" if arguments == tuple(WARNING_CODES) else codes(arguments, "or")
    if origin is tuple:
        alone = ", or one alone" if any(isinstance(mark, OneOrMany) for mark in metadata) else ""
        return f"list{alone}; each {_words(arguments[0], [])}"
    if origin is dict:
        return f"mapping of names; each {_words(arguments[1], [])}"
    if isinstance(annotation, type) and issubclass(annotation, Model):
        return "mapping"
    return _scalar(annotation, metadata)


def _scalar(annotation: Any, metadata: list[Any]) -> str:
    if annotation is Any:
        return "keys of a whole file, or the name of a file"
    if annotation is bool:
        return "`true` or `false`"
    if annotation is str:
        pattern = next((one.pattern for one in metadata if getattr(one, "pattern", None)), None)
        return patterns.EXAMPLES[pattern][0] if pattern in patterns.EXAMPLES else "text"
    name = {int: "integer", float: "number"}[annotation]
    least = next((getattr(one, key) for one in metadata for key in ("ge", "gt") if hasattr(one, key)), None)
    most = next((one.le for one in metadata if hasattr(one, "le")), None)
    if least is None:
        return name
    above = " above" if any(hasattr(one, "gt") for one in metadata) else ""
    return f"{name},{above} {least:,} to {most:,.10g}" if most is not None else f"{name} from {least:,} on"
