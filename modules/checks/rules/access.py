"""Who administers the cluster."""

from collections.abc import Iterator

from modules.naming import admin
from modules.spec.model import Spec
from modules.spec.problem import Problem


def admins_are_named_once(spec: Spec) -> Iterator[Problem]:
    """Each has an access entry at an address of its own."""
    first: dict[str, int] = {}
    for index, arn in enumerate(spec.cluster.admins):
        if (key := admin(arn)) in first:
            place = ("cluster", "admins", index)
            what = f"{arn} is here already, or one that differs only in signs that an address can't spell."
            yield Problem(place, what, "Name each once.", also=(("cluster", "admins", first[key]),))
        first.setdefault(key, index)
