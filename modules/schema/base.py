"""The base of everything that is read from services.yaml: strict, frozen, no unknown keys."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field


class Model(BaseModel):
    """A mapping in services.yaml."""

    model_config = ConfigDict(
        strict=True, frozen=True, extra="forbid", use_attribute_docstrings=True, allow_inf_nan=False
    )


def one_or_many(value: Any) -> Any:
    """Where a list can stand, a single word can too."""
    return (value,) if isinstance(value, str) else value


ServiceName = Annotated[str, Field(min_length=1)]
