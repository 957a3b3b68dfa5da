"""`statements:` of a service: IAM statements as they are written, for what no word under `aws:` covers."""

from typing import Annotated

from pydantic import Field

from modules.iam.statement import Condition, Statement
from modules.schema import patterns
from modules.schema.base import Model, OneOrMany

Action = Annotated[str, Field(pattern=patterns.ACTION)]
Resource = Annotated[str, Field(pattern=patterns.RESOURCE)]


# Numbers and truth values are taken as they are written.
Value = Annotated[str, Field(json_schema_extra={"type": ["string", "number", "boolean"]})]
Values = Annotated[tuple[Value, ...], Field(min_length=1), OneOrMany()]


class RawStatement(Model):
    """An IAM statement that allows actions."""

    actions: Annotated[tuple[Action, ...], Field(min_length=1), OneOrMany()]
    """IAM actions, such as ssm:GetParameter."""

    resources: Annotated[tuple[Resource, ...], Field(min_length=1), OneOrMany()]
    """ARNs of the resources; "*" needs a `reason`."""

    conditions: dict[str, dict[str, Values]] = Field({})
    """Condition operator, such as StringEquals; in it condition keys, with one or more values."""

    reason: str | None = Field(None, min_length=1)
    """Why the resource has to be "*"."""

    def statement(self, sid: str) -> Statement:
        """The statement with this name."""
        conditions = tuple(
            Condition(test, variable, values)
            for test, keys in self.conditions.items()
            for variable, values in keys.items()
        )
        return Statement(sid, self.actions, self.resources, conditions=conditions)
