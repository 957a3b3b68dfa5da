"""Keeps trimmed assemblies, and what jsii unpacks, in a folder of the user's cache.

What is in them runs as code at the next synth. So nothing is read from a folder that another user owns or can write to.
"""

import contextlib
import hashlib
import os
import stat
import time
import uuid
from pathlib import Path

from modules import terminal
from modules.bindings.loader import assembly

VARIABLE = "EKS_FARGATE_TERRAFORM_CACHE"
DAYS_KEPT_UNUSED = 7


class UnsafeFolderError(RuntimeError):
    """Another user could have written what the folder holds."""


def folder() -> Path:
    """What we keep between runs; other programs of this repository keep theirs beside it."""
    if named := os.environ.get(VARIABLE):
        users = Path(named).absolute()
    else:
        home = os.environ.get("XDG_CACHE_HOME")
        users = (Path(home) if home else Path.home() / ".cache") / "eks-fargate-terraform"
    return users / "bindings"


def trimmed(whole: Path, name: str, version: str, submodules: frozenset[str]) -> Path:
    """A copy of the assembly with these submodules; built if there is none, or if it is not what was once written.

    Raises UnsafeFolderError, and OSError where the folder can't be read or written.
    """
    _make_private(folder())
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
        _make_private(folder())
        _make_private(root)
        writable = os.access(root, os.W_OK)
    except (OSError, RuntimeError):
        # The same reason keeps the assemblies from being trimmed, and is told there.
        writable = False
    if writable:
        os.environ["JSII_RUNTIME_PACKAGE_CACHE_ROOT"] = str(root)
    else:
        os.environ["JSII_RUNTIME_PACKAGE_CACHE"] = "disabled"


def _make_private(path: Path) -> None:
    """Makes the folder if need be. Raises UnsafeFolderError where another user can have put anything into it."""
    with contextlib.suppress(FileExistsError):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.mkdir(mode=0o700)
    if os.name != "posix":
        return
    found = path.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
        raise UnsafeFolderError(f"{path} is not a folder of the user who runs this, and is not used. Remove it")
    if _others_can_write(found):
        raise UnsafeFolderError(f"{path} can be written to by other users, and is not used. Remove it")
    for parent in path.resolve().parents:
        found = parent.stat()
        is_sticky = found.st_mode & stat.S_ISVTX
        if found.st_uid not in (0, os.geteuid()) or (_others_can_write(found) and not is_sticky):
            raise UnsafeFolderError(f"{parent} lets other users replace {path}, which is not used. chmod go-w {parent}")


def _others_can_write(found: os.stat_result) -> bool:
    # A group that has the number of its only user is private to that user, as most distributions set users up.
    is_private_group = found.st_gid == found.st_uid
    return bool(found.st_mode & (stat.S_IWOTH if is_private_group else stat.S_IWOTH | stat.S_IWGRP))


def _is_as_written(copy: Path) -> bool:
    try:
        return _recorded(copy).read_text() == _digest(copy.read_bytes())
    except (OSError, UnicodeDecodeError):
        return False


def _build(whole: Path, name: str, copy: Path, submodules: frozenset[str]) -> Path:
    part = copy.with_suffix(f".{uuid.uuid4().hex}.part")
    try:
        _write(part, b"")
        terminal.say(f"Trimming {name} (once, takes some seconds) ...")
        data = assembly.trim(whole, submodules)
        _write(part, data)
        part.replace(copy)
        _write(part, _digest(data).encode())
        part.replace(_recorded(copy))
    finally:
        part.unlink(missing_ok=True)
    _remove_unused()
    return copy


def _write(path: Path, data: bytes) -> None:
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:  # noqa: PTH123
        file.write(data)


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
