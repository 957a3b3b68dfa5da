"""The generator as a digest: two of the same one make the same of the same input."""

import functools
import os
import sys
from collections.abc import Iterator
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path

from modules.paths import ROOT


@functools.cache
def digest() -> str:
    """Of our modules and charts, of Python, and of its packages by name and version; computed once in a process."""
    found = sha256(f"{sys.version}\0{_packages()}\0".encode())
    for folder in ("modules", "charts"):
        for path in sorted(_files(str(ROOT / folder))):
            found.update(f"{path[len(str(ROOT)) :]}\0".encode())
            with open(path, "rb") as file:  # noqa: PTH123 (for hundreds of files, pathlib costs as much)
                found.update(sha256(file.read()).digest())
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
    return sorted(one.name for one in os.scandir(Path(cdktf.origin).parents[1]) if one.name.endswith(".dist-info"))
