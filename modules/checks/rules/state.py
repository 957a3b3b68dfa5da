"""Where the states are."""

from collections.abc import Iterator

from modules.spec.model import Spec
from modules.spec.problem import Problem


def states_are_in_one_place(spec: Spec) -> Iterator[Problem]:
    """A stack has one state."""
    if spec.state and spec.state.s3 and spec.state.hcp:
        what = "The states are in one place, and here are two: s3 and hcp."
        yield Problem(("state", "hcp"), what, "Keep one of them.", also=(("state", "s3"),))
