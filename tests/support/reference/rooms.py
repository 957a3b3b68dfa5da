"""The map of the generator, as the package says it."""

import modules


def _map() -> str:
    return (modules.__doc__ or "").partition("Where each kind of change is made")[0]


PARTS = {"rooms": _map}
