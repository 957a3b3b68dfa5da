"""Who administers the cluster."""

from collections.abc import Iterator

from modules.naming import admin
from modules.spec.model import Spec
from modules.spec.problem import Path, Problem, remove


def admins_are_named_once(spec: Spec) -> Iterator[Problem]:
    """Each has an access entry at an address of its own."""
    first: dict[str, int] = {}
    for index, arn in enumerate(spec.cluster.admins):
        if (key := admin(arn)) in first:
            place: Path = ("cluster", "admins", index)
            also = (("cluster", "admins", first[key]),)
            if arn == spec.cluster.admins[first[key]]:
                yield Problem(place, f"{arn} is listed twice.", "Remove this one.", also=also, edit=remove(place))
            else:
                what = f"{arn} differs from another one only in punctuation, and both get the same Terraform address."
                yield Problem(place, what, "Rename one of the two roles, or remove it here.", also=also)
        first.setdefault(key, index)
