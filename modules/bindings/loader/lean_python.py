"""Loads the Python that jsii generated without what only readers and checks of it need, which halves its time.

Annotations stay as text (PEP 563), and asserts, docstrings and jsii's check of every argument go, as with `python -OO`:
mypy and Node check the arguments too. The compiled files lie beside Python's own, under a tag of theirs (PEP 488).
"""

import __future__

import importlib.util
import marshal
import os
import sys
from contextlib import suppress
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from pathlib import Path
from types import CodeType

from modules.bindings.loader import submodules
from modules.bindings.loader.patches import Patches

PACKAGES = {"cdktf", "constructs", *submodules.PACKAGES}
TAG = "lean2"  # another number with what else is left out
_NO_FLAGS = bytes(4)  # by time and size of the source: https://peps.python.org/pep-0552/


def load_lean(patches: Patches) -> None:
    finder = _Finder()
    sys.meta_path.insert(0, finder)
    patches.on_undo(lambda: sys.meta_path.remove(finder))


class _Finder(MetaPathFinder):
    def find_spec(self, fullname: str, path: object = None, target: object = None) -> ModuleSpec | None:
        if fullname.partition(".")[0] not in PACKAGES:
            return None
        found = PathFinder.find_spec(fullname, path, target)  # type: ignore[arg-type]
        if found and type(found.loader) is SourceFileLoader:
            found.loader = _Loader(fullname, found.loader.path)
        return found


class _Loader(SourceFileLoader):
    def get_code(self, fullname: str) -> CodeType | None:
        path = self.get_filename(fullname)
        kept = Path(importlib.util.cache_from_source(path, optimization=TAG))
        source = self.path_stats(path)
        times = (int(source[what]) & 0xFFFFFFFF for what in ("mtime", "size"))
        head = b"".join([importlib.util.MAGIC_NUMBER, _NO_FLAGS, *(one.to_bytes(4, "little") for one in times)])
        with suppress(OSError):
            data = kept.read_bytes()
            if data.startswith(head):
                code: CodeType = marshal.loads(data[len(head) :])
                return code
        if not _may_write(kept.parent):
            return super().get_code(fullname)  # which may be compiled already
        annotations = __future__.annotations.compiler_flag
        code = compile(_unchecked(self.get_data(path)), path, "exec", flags=annotations, dont_inherit=True, optimize=2)
        self.set_data(str(kept), head + marshal.dumps(code))
        return code


def _may_write(folder: Path) -> bool:
    """Whether a compiled file can be kept in this folder, which Python makes where it is not there."""
    return not sys.dont_write_bytecode and os.access(folder if folder.exists() else folder.parent, os.W_OK)


# Each of the packages' modules asks for the version of the library that checks arguments.
_CHECKER = b"""\
import typeguard
from importlib.metadata import version as _metadata_package_version
TYPEGUARD_MAJOR_VERSION = int(_metadata_package_version('typeguard').split('.')[0])
"""


def _unchecked(source: bytes) -> bytes:
    """The source without that, and with as many lines."""
    return source.replace(_CHECKER, b"\n" * _CHECKER.count(b"\n"))
