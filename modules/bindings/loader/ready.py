"""All that a build may call, loaded before there is one: then a fork of this process has it, and jsii's program too.

A fork talks to the program that it was born with, and no other may use that afterwards.
"""

import sys
from typing import Any

from modules import bindings
from modules.bindings.loader import on_call


def load_all() -> bool:
    """Whether that can be done: not with jsii as it is shipped, nor with one that its changes do not fit."""
    bindings.install()
    import modules.bindings.aws
    import modules.bindings.helm
    import modules.bindings.kubernetes  # noqa: F401

    for module in [*sys.modules.values()]:
        if isinstance(module, on_call.Submodule):
            module.load()
    return _program() is not None


def renew() -> None:
    """Lets another program take the place of the one that a fork has used."""
    if program := _program():
        program.start_again()


def _program() -> Any:
    from jsii._runtime import kernel

    provider: Any = kernel.provider
    provider.get  # noqa: B018 (which waits until all is loaded)
    found = getattr(getattr(provider, "_provider", None), "_process", None)
    return found if getattr(found, "is_direct", False) else None
