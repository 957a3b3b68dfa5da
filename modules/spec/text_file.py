"""A text file beside services.yaml, which is read together with it."""

import re
from pathlib import Path as File
from typing import Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError, PydanticKnownError, core_schema

from modules import bounded_file, signature
from modules.facts.config_map import MAX_TEXT_BYTES
from modules.schema import patterns
from modules.schema.base import Model
from modules.spec.document import Reader

READER = "reader"
"""The key of the validation's context under which a Reader is. Without one, only the form of a path is checked."""
read_here: dict[File, signature.Signature | None] = {}
"""What this process has read so, for who waits for a change of it."""
# YAML and editors take no other control characters for text.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


class TextFile(Model):
    """A file's path beside services.yaml, and its text."""

    source: str
    text: str


class InRepository:
    """Marks a TextFile that services.yaml gives by its path."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.with_info_before_validator_function(_read, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {"type": "string", "pattern": patterns.REPOSITORY_FILE}


def beside(folder: File) -> Reader:
    """Reads files in this folder and below; a link must not lead out of it."""

    def read(source: str) -> bytes:
        file = (folder / source).resolve()
        if not file.is_relative_to(folder.resolve()):
            raise OSError(0, "it is a link to a file outside of the folder of services.yaml", source)
        at = (folder / source).absolute()  # a link may lead to another file next time
        read_here.setdefault(at, signature.of(at))
        return bounded_file.read(file, MAX_TEXT_BYTES)

    return read


def _read(value: Any, info: core_schema.ValidationInfo) -> Any:
    if not isinstance(value, str):
        raise PydanticKnownError("string_type")
    if re.search(patterns.REPOSITORY_FILE, value) is None:
        raise PydanticKnownError("string_pattern_mismatch", {"pattern": patterns.REPOSITORY_FILE})
    reader = (info.context or {}).get(READER)
    return {"source": value, "text": _text(value, reader) if reader else ""}


def _text(source: str, reader: Reader) -> str:
    try:
        text = reader(source).decode("utf-8")
    except OSError as error:
        raise PydanticCustomError("text_file", "{reason}", {"reason": f"it can't be read: {error.strerror}"}) from None
    except UnicodeDecodeError:
        raise PydanticCustomError("text_file", "{reason}", {"reason": "it is not UTF-8 text"}) from None
    if found := _CONTROL.search(text):
        line = text[: found.start()].count("\n") + 1
        reason = f"line {line} has the control character U+{ord(found[0]):04X}, so it is no text"
        raise PydanticCustomError("text_file", "{reason}", {"reason": reason})
    return text
