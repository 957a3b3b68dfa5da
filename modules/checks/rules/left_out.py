"""What the system leaves out, no service needs."""

from collections.abc import Iterator

from modules.design.unused import STORES
from modules.spec.model import Spec
from modules.spec.problem import Problem


def stores_are_there(spec: Spec) -> Iterator[Problem]:
    """`rds` is a login to Aurora, and `redis` one to Redis."""
    for key, (word, title) in STORES.items():
        if getattr(spec, key) is not None:
            continue
        for name, service in spec.services.items():
            if word in service.permissions:
                what = f"{name} has {word}, and the system has no {title}."
                step = f"Leave out `{key}: none`, or `{word}`."
                yield Problem(("services", name, "aws", word), what, step, also=((key,),))
