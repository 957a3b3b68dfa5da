"""The base of everything that is read from services.yaml: strict, frozen, no unknown keys."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field


class Model(BaseModel):
    """A mapping in services.yaml."""

    model_config = ConfigDict(
        strict=True, frozen=True, extra="forbid", use_attribute_docstrings=True, allow_inf_nan=False
    )


ServiceName = Annotated[str, Field(min_length=1)]
