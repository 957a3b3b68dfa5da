"""The base of everything that is read from services.yaml: strict, frozen, no unknown keys."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field


class Model(BaseModel):
    """A mapping in services.yaml."""

    model_config = ConfigDict(
        strict=True, frozen=True, extra="forbid", use_attribute_docstrings=True, allow_inf_nan=False
    )


def not_yet_read(default: Any, **limits: Any) -> Any:
    """A key that the model knows and no stack reads yet; the JSON Schema leaves it out until one does."""
    return Field(default, json_schema_extra={"not_yet_read": True}, **limits)


ServiceName = Annotated[str, Field(min_length=1)]
