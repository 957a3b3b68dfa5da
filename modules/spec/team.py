"""People who work on services of the system, and what they may do with these in the cluster."""

from typing import Annotated, Literal

from pydantic import Field

from modules.schema import patterns
from modules.schema.base import Model, OneOrMany, ServiceName


class Team(Model):
    """People who assume one IAM role, and what they may do with their services in the cluster."""

    services: Annotated[tuple[ServiceName, ...], OneOrMany(), Field(min_length=1)]
    """The services that are theirs."""

    role: str = Field(pattern=patterns.ROLE)
    """ARN of the IAM role that they assume. One role is one team's."""

    access: Literal["view", "edit", "deploy"] = "view"
    """What they may do with their services. `view`: see all but values of secrets, and read logs. `edit`: also restart
    and scale, and run commands in their pods. `deploy`: also apply the stack of each. In AWS, it is the role's own
    policies that say what it may do."""
