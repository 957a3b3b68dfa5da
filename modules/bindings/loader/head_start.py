"""Starts jsii's program before Python has imported what a build needs, and lets it load what the last one loaded.

Whether that is what this build wants is known when it asks; until then, nothing of the answers is used.
"""

import atexit
import contextlib
import os
from collections.abc import Sequence
from typing import NamedTuple

from modules import user_cache
from modules.bindings.loader import cache, node, program
from modules.bindings.loader.program import Program

_FILE = "loads"
# How long a program that nobody took may take to end.
_END_SECONDS = 5.0


class HeadStart(NamedTuple):
    """A program with the requests that it was sent, as lines."""

    program: Program
    loads: list[bytes]


_begun: list[HeadStart] = []


def begin() -> None:
    """Must be called in the main thread, and before `install()`; where it can't be done, nothing is lost."""
    if os.name != "posix" or "JSII_RUNTIME" in os.environ:
        return
    with contextlib.suppress(OSError, RuntimeError):
        user_cache.make_private(cache.folder())
        loads = (cache.folder() / _FILE).read_bytes().splitlines(keepends=True)
        node.use_installed()
        cache.let_jsii_unpack_here()
        begun = HeadStart(program.start(), loads)
        _begun.append(begun)
        atexit.register(_end)
        for line in loads:
            begun.program.connection.write(line)


def take() -> HeadStart | None:
    """The one that was begun, if there is one, which the caller ends."""
    return _begun.pop() if _begun else None


def remember(loads: Sequence[bytes]) -> None:
    """Notes what a build loaded, for the next one, unless it was only the first of what is noted."""
    with contextlib.suppress(OSError, RuntimeError):
        user_cache.make_private(cache.folder())
        file, data = cache.folder() / _FILE, b"".join(loads)
        if not file.is_file() or not file.read_bytes().startswith(data):
            part = file.with_suffix(f".{os.getpid()}.part")
            user_cache.write(part, data)
            part.replace(file)


def _end() -> None:
    if begun := take():
        begun.program.process.kill()
        begun.program.process.wait(_END_SECONDS)
