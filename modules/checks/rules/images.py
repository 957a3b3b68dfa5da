"""Images of services."""

from collections.abc import Iterator

from modules.design import images
from modules.spec.model import Spec
from modules.spec.problem import Problem


def tags_do_not_move(spec: Spec) -> Iterator[Problem]:
    """`latest` can be a different image after every push, and no plan shows the change."""
    for name, service in spec.services.items():
        for place, image in images.written(service).items():
            if image.rpartition(":")[2] == "latest":
                what = f'"{image}" can be a different image after every push, and no plan shows the change.'
                step = "Write a fixed tag such as v1.4, or a digest."
                yield Problem(("services", name, *place), what, step)
