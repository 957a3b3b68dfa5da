"""Where a variable or a file of a service gets a secret value from: Secrets Manager, never services.yaml."""

from typing import Annotated, Any

from pydantic import Field, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from modules.schema import patterns
from modules.schema.base import Model, ServiceName

OWN = "own"


class SecretValue(Model):
    """A value in Secrets Manager. Without `of` and `from`, in the service's own secret."""

    of: ServiceName | None = None
    """The other service whose secret it is in."""

    source: str | None = Field(None, alias="from", pattern=patterns.SECRET)
    """ARN or name of a secret that is made elsewhere, in the system's region."""

    key: str | None = Field(None, pattern=patterns.SECRET_KEY)
    """Key of the value in the secret, which holds a JSON object. Without it, the variable's name or the file's, and of
    a secret that is made elsewhere its whole text."""

    @property
    def is_own(self) -> bool:
        """Whether it is in the service's own secret."""
        return self.of is None and self.source is None

    def key_for(self, place: str) -> str | None:
        """Key of the value of the variable or file `place`; None for the whole text of the secret."""
        return self.key if self.key is not None or self.source is not None else place.rpartition("/")[2]


class _Word:
    """Marks the mapping: a word can be written in its place, of which the mapping is the long form."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_before_validator_function(_long_form, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {"anyOf": [{"type": "string", "pattern": patterns.SECRET_WORD}, handler(schema)]}


def _long_form(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    return {} if value == OWN else {"from": value} if "/" in value or value.startswith("arn:") else value


Secret = Annotated[SecretValue, _Word()]
"""A value as services.yaml writes it: `own`, the name or ARN of a secret that is made elsewhere, or a mapping."""
