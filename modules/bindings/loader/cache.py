"""Keeps trimmed assemblies, and what jsii unpacks, in a folder of the user's cache."""

import contextlib
import hashlib
import os
import sys
import time
import uuid
from pathlib import Path

from modules.bindings.loader import assembly

VARIABLE = "EKS_FARGATE_TERRAFORM_CACHE"
DAYS_KEPT_UNUSED = 7


def folder() -> Path:
    if named := os.environ.get(VARIABLE):
        return Path(named).absolute()
    users = os.environ.get("XDG_CACHE_HOME")
    return (Path(users) if users else Path.home() / ".cache") / "eks-fargate-terraform"


def trimmed(whole: Path, name: str, version: str, submodules: frozenset[str]) -> Path:
    """A copy of the assembly with these submodules; built if there is none, or if it is not what was once written."""
    asked = f"{name} {version} {assembly.FORMAT} {sorted(submodules)}"
    stem = f"{name.rpartition('/')[2]}-{version}-{_digest(asked.encode())}"
    for copy in folder().glob(f"{stem}-*.tgz"):
        if copy.name == _file_name(stem, copy.read_bytes()):
            with contextlib.suppress(OSError):
                os.utime(copy)
            return copy
    return _build(whole, name, stem, submodules)


def let_jsii_unpack_here() -> None:
    """Where it cannot, jsii must not keep what it unpacks: it would stop with an error instead of doing without."""
    if "JSII_RUNTIME_PACKAGE_CACHE" in os.environ or "JSII_RUNTIME_PACKAGE_CACHE_ROOT" in os.environ:
        return
    try:
        root = folder() / "jsii"
        root.mkdir(mode=0o700, parents=True, exist_ok=True)
        writable = os.access(root, os.W_OK)
    except (OSError, RuntimeError):
        writable = False
    if writable:
        os.environ["JSII_RUNTIME_PACKAGE_CACHE_ROOT"] = str(root)
    else:
        os.environ["JSII_RUNTIME_PACKAGE_CACHE"] = "disabled"


def _build(whole: Path, name: str, stem: str, submodules: frozenset[str]) -> Path:
    folder().mkdir(mode=0o700, parents=True, exist_ok=True)
    part = folder() / f"{stem}.{uuid.uuid4().hex}.part"
    try:
        with part.open("wb") as file:
            print(f"Trimming {name} (once, takes some seconds) ...", file=sys.stderr)
            data = assembly.trim(whole, submodules)
            file.write(data)
        copy = part.replace(folder() / _file_name(stem, data))
    finally:
        part.unlink(missing_ok=True)
    _remove_unused()
    return copy


def _file_name(stem: str, data: bytes) -> str:
    return f"{stem}-{_digest(data)}.tgz"


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:20]


def _remove_unused() -> None:
    oldest = time.time() - DAYS_KEPT_UNUSED * 24 * 3600
    with contextlib.suppress(OSError):
        for file in folder().iterdir():
            if file.is_file() and file.stat().st_mtime < oldest:
                file.unlink()
