"""Reads a JSON file of Terraform or cdktf into a model; whatever is damaged about it is a CommandError."""

import os
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from modules import bounded_file
from modules.errors import CommandError

MAX_BYTES = 32 * 1024 * 1024  # a state of 1,000 resources has about 3 MB


class JsonModel(BaseModel):
    """The part of a JSON file that is read here; more keys may be there."""

    model_config = ConfigDict(strict=True, frozen=True, extra="ignore")


Model = TypeVar("Model", bound=JsonModel)


def read(file: Path, model: type[Model], next_step: str) -> Model | None:
    """The content; None where there is no file, or only the empty one that Terraform makes before its first write.

    Raises CommandError, with this next step, where the file can't be read or has another shape.
    """
    try:
        content = bounded_file.read(file, MAX_BYTES)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise CommandError(shown(file), f"The file can't be read: {error.strerror}.", next_step) from None
    return parse(content, model, file, next_step) if content else None


def parse(content: bytes, model: type[Model], where: str | Path, next_step: str) -> Model:
    """The content of a file that `where` names; raises CommandError where it is not JSON or has another shape."""
    try:
        return model.model_validate_json(content)
    except ValidationError as error:
        where = shown(where) if isinstance(where, Path) else where
        raise CommandError(where, f"The file is damaged: {_first(error)}.", next_step) from None


def shown(path: Path) -> str:
    """A path as messages have it: from the working directory."""
    return os.path.relpath(path)


def _first(error: ValidationError) -> str:
    detail: Any = error.errors(include_url=False, include_input=False, include_context=False)[0]
    if detail["type"] == "json_invalid":
        return "it is not JSON"
    place = ".".join(map(str, detail["loc"])) or "its content"
    return f"{place}: {detail['msg'][:1].lower()}{detail['msg'][1:]}"
