"""Images of services."""

from collections.abc import Iterator

from modules.spec.model import Spec
from modules.spec.problem import Problem


def tags_do_not_move(spec: Spec) -> Iterator[Problem]:
    """`latest` can be a different image after every push, and no plan shows the change."""
    for name, service in spec.services.items():
        if service.image is not None and service.image.rpartition(":")[2] == "latest":
            what = f'"{service.image}" can be a different image after every push, and no plan shows the change.'
            yield Problem(("services", name, "image"), what, "Write a fixed tag such as v1.4, or a digest.")
