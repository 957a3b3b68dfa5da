"""The generator as a digest: two of the same one make the same of the same input."""

import functools
import os
import sys
from collections.abc import Iterator
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path

from modules import signature as signatures
from modules.paths import ROOT

_OURS = ("modules", "charts")
_INSTALLED = ".dist-info"  # ends the name of a folder of each package


@functools.cache
def digest() -> str:
    """Of our modules and charts, of Python, and of its packages by name and version; computed once in a process."""
    found = sha256(f"{sys.version}\0{_packages()}\0".encode())
    for folder in _OURS:
        for path in sorted(_files(str(ROOT / folder))):
            found.update(f"{path[len(str(ROOT)) :]}\0".encode())
            with open(path, "rb") as file:  # noqa: PTH123 (for hundreds of files, pathlib costs as much)
                found.update(sha256(file.read()).digest())
    return found.hexdigest()


def signature(now: int) -> str | None:
    """The same by the signatures of its files, which are not read; None where one may be changing, at `now` in ns."""
    installed = [os.listdir(folder) for folder in sys.path if folder.endswith("-packages")]  # noqa: PTH208
    packages = sorted(name for names in installed for name in names if name.endswith(_INSTALLED))
    found = sha256(f"{sys.version}\0{sys.executable}\0{packages}\0".encode())
    main = str(ROOT / "main.py")
    ours = ((path, one) for folder in _OURS for path, one in signatures.below(str(ROOT / folder), ("/__pycache__",)))
    for path, one in [(main, signatures.of(main)), *ours]:
        if signatures.is_young(one, now):
            return None
        found.update(f"{path}\0{one}\0".encode())
    return found.hexdigest()


def _files(folder: str) -> Iterator[str]:
    for at, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if name != "__pycache__"]
        yield from (f"{at}/{name}" for name in names)


def _packages() -> list[str]:
    """Names and versions of what is installed beside CDKTF."""
    cdktf = find_spec("cdktf")
    if cdktf is None or cdktf.origin is None:
        return []
    return sorted(one.name for one in os.scandir(Path(cdktf.origin).parents[1]) if one.name.endswith(_INSTALLED))
