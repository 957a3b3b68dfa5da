"""What a check says: all is well, what is wrong and the next step, or why it could not look."""

from dataclasses import dataclass
from typing import Literal

Status = Literal["ok", "notice", "problem", "not checked"]


@dataclass(frozen=True)
class Finding:
    """One answer of a check.

    A `problem` stops a deployment. A `notice` stops nothing, but its owner should know. `not checked` is no pass.
    """

    status: Status
    what: str
    next_step: str = ""


class NotChecked(Exception):
    """What could not be looked at: why, and the next step; its text is both."""

    def __init__(self, what: str, next_step: str) -> None:
        super().__init__(f"{what} {next_step}")
        self.finding = Finding("not checked", what, next_step)


def ok(what: str) -> Finding:
    """All is well; what was found."""
    return Finding("ok", what)


def problem(what: str, next_step: str) -> Finding:
    """A deployment would fail, or pods would not start."""
    return Finding("problem", what, next_step)


def notice(what: str, next_step: str) -> Finding:
    """Something that works, but not as one would expect."""
    return Finding("notice", what, next_step)
