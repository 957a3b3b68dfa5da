"""Images of services."""

from collections.abc import Iterator

from modules.spec.model import Spec
from modules.spec.problem import Problem


def tags_do_not_move(spec: Spec) -> Iterator[Problem]:
    """What runs under `latest` is another image tomorrow, and no plan shows it."""
    for name, service in spec.services.items():
        if service.image is not None and service.image.rpartition(":")[2] == "latest":
            what = f'"{service.image}" is another image after each push, and no plan shows it.'
            yield Problem(("services", name, "image"), what, "Write a tag that stays, such as v1.4, or a digest.")
