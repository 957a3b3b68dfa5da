"""Which methods of Node's objects are called without waiting for their end; jsii's own way waits for all."""

from collections.abc import Iterator
from contextlib import contextmanager

METHODS: set[str] = set()


@contextmanager
def running_on(method: str) -> Iterator[None]:
    """Calls of this method within, which returns nothing, are not waited for, unless Python may be called back.

    It has ended, or has failed, when any object gives an answer again.
    """
    METHODS.add(method)
    try:
        yield
    finally:
        METHODS.remove(method)
