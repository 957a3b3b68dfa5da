"""Whether a run will build anything, told before it has read services.yaml: then Node starts while Python imports.

It is only likely: where the text is another one than at the last run, some stack is too, unless there is a mistake, or
an earlier run had that text. A wrong answer costs time, and changes nothing.
"""

import contextlib
import os
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

from modules import bounded_file, user_cache
from modules.paths import ROOT

_MAX_BYTES = 1024 * 1024  # what services.yaml may have: modules/spec/yaml_file.py
_COMMAND = "synth"  # main.py's own, without a name too


def begin(arguments: Sequence[str]) -> None:
    """Starts jsii's program where this command line of main.py will need it."""
    if not _is_likely(arguments):
        return
    from modules.bindings import SWITCH
    from modules.bindings.loader import head_start

    if os.environ.get(SWITCH) != "1":
        head_start.begin()


def remember(file: Path) -> None:
    """Notes the text that generated/ is made of now."""
    with contextlib.suppress(OSError, RuntimeError):
        noted, digest = _noted(file), _digest(file)
        if not noted.is_file() or noted.read_bytes() != digest:
            user_cache.make_private(noted.parent)
            user_cache.write(noted, digest)


def _is_likely(arguments: Sequence[str]) -> bool:
    words = [*arguments]
    if words and not words[0].startswith("-") and words.pop(0) != _COMMAND:
        return False
    if {"-h", "--help"} & {*words}:
        return False
    file = ROOT / "services.yaml"
    for number, word in enumerate(words):
        name, equals, value = word.partition("=")
        if name == "--file":
            file = Path(value if equals else "".join(words[number + 1 : number + 2]))
    with contextlib.suppress(OSError, RuntimeError):
        digest = _digest(file)
        return "--rebuild" in words or not _noted(file).is_file() or _noted(file).read_bytes() != digest
    return False


def _noted(file: Path) -> Path:
    return user_cache.folder() / "texts" / sha256(str(file.absolute()).encode()).hexdigest()[:32]


def _digest(file: Path) -> bytes:
    return sha256(bounded_file.read(file, _MAX_BYTES)).hexdigest().encode()
