"""What a service runs at times or once a deployment, and not all the time."""

from typing import Annotated, Literal

from pydantic import Field

from modules.facts import time_zones
from modules.schema.base import Model, OneOrMany, Seconds

_DAY = 24 * 3600


class Job(Model):
    """A program that runs at times and ends, with the service's image, environment, files, role and database user."""

    schedule: str
    """When it runs: minute, hour, day of the month, month, day of the week, such as `"30 9 * * 1-5"`, or `@daily`."""

    time_zone: str = time_zones.UTC
    """Time zone of the schedule, such as Europe/Berlin. An hour that summer time leaves out has no run, and one that it
    repeats has two."""

    overlap: Literal["forbid", "allow", "replace"] = "forbid"
    """What happens when the run before has not ended. `forbid`: this one starts when that one has ended, and is left
    out where that is an hour later. `allow`: both run. `replace`: that one is ended."""

    deadline: Seconds = Field(3600, ge=30, le=_DAY)
    """Time after which a run that has not ended is killed, and has failed, in seconds. The start of its pod and its
    retries are a part of it."""

    retries: int = Field(0, ge=0, le=10)
    """How often a run that failed is tried again."""

    command: Annotated[tuple[Annotated[str, Field(min_length=1)], ...], OneOrMany()] = ()
    """Replaces the image's entrypoint, one item per word. Without it, the image's own."""


class BeforeDeploy(Model):
    """A program that runs once in each deployment of the service, to its end, before any new pod starts; where it
    fails, the old pods go on."""

    command: Annotated[tuple[Annotated[str, Field(min_length=1)], ...], OneOrMany(), Field(min_length=1)]
    """Replaces the image's entrypoint, one item per word."""

    timeout: Seconds = Field(600, ge=30, le=3600)
    """Time that it has, in seconds; what has not ended then has failed."""
