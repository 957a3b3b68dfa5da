"""Keeps trimmed assemblies, and what jsii unpacks, in a folder of the user's cache.

What is in them runs as code at the next synth. So nothing is read from a folder that another user owns or can write to.
"""

import contextlib
import hashlib
import os
import time
import uuid
from pathlib import Path

from modules import terminal, user_cache
from modules.bindings.loader import assembly

DAYS_KEPT_UNUSED = 7


def folder() -> Path:
    """What is kept between runs."""
    return user_cache.folder() / "bindings"


def trimmed(whole: Path, name: str, version: str, submodules: frozenset[str]) -> Path:
    """A copy of the assembly with these submodules; built if there is none, or if it is not what was once written.

    Raises user_cache.UnsafeFolderError, and OSError where the folder can't be read or written.
    """
    user_cache.make_private(folder())
    asked = f"{name} {version} {assembly.FORMAT} {sorted(submodules)}"
    copy = folder() / f"{name.rpartition('/')[2]}-{version}-{_digest(asked.encode())[:20]}.tgz"
    if _is_as_written(copy):
        with contextlib.suppress(OSError):
            os.utime(copy)
        return copy
    return _build(whole, name, copy, submodules)


def let_jsii_unpack_here() -> None:
    """Where it cannot, jsii must not keep what it unpacks: it would stop with an error instead of doing without."""
    if "JSII_RUNTIME_PACKAGE_CACHE" in os.environ or "JSII_RUNTIME_PACKAGE_CACHE_ROOT" in os.environ:
        return
    root = folder() / "jsii"
    try:
        user_cache.make_private(folder())
        user_cache.make_private(root)
        writable = os.access(root, os.W_OK)
    except (OSError, RuntimeError):
        # The same reason keeps the assemblies from being trimmed, and is told there.
        writable = False
    if writable:
        os.environ["JSII_RUNTIME_PACKAGE_CACHE_ROOT"] = str(root)
    else:
        os.environ["JSII_RUNTIME_PACKAGE_CACHE"] = "disabled"


def _is_as_written(copy: Path) -> bool:
    try:
        return _recorded(copy).read_text() == _digest(copy.read_bytes())
    except (OSError, UnicodeDecodeError):
        return False


def _build(whole: Path, name: str, copy: Path, submodules: frozenset[str]) -> Path:
    part = copy.with_suffix(f".{uuid.uuid4().hex}.part")
    try:
        user_cache.write(part, b"")
        terminal.say(f"Trimming {name} (once, takes some seconds) ...")
        data = assembly.trim(whole, submodules)
        user_cache.write(part, data)
        part.replace(copy)
        user_cache.write(part, _digest(data).encode())
        part.replace(_recorded(copy))
    finally:
        part.unlink(missing_ok=True)
    _remove_unused()
    return copy


def _recorded(copy: Path) -> Path:
    """The file with the digest of what was written: a damaged or half-written copy is found by it."""
    return copy.with_suffix(".sha256")


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _remove_unused() -> None:
    oldest = time.time() - DAYS_KEPT_UNUSED * 24 * 3600
    with contextlib.suppress(OSError):
        for file in folder().iterdir():
            if file.suffix in (".tgz", ".part") and file.stat().st_mtime < oldest:
                file.unlink()
                _recorded(file).unlink(missing_ok=True)
