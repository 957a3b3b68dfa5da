"""A folder of the user's cache for what is kept between runs, which a run never needs.

What is kept runs as code, or becomes Terraform, at the next synth. So nothing is read from a folder that another user
owns or can write to.
"""

import contextlib
import os
import stat
from pathlib import Path

VARIABLE = "EKS_FARGATE_TERRAFORM_CACHE"


class UnsafeFolderError(RuntimeError):
    """Another user could have written what the folder holds."""


def folder() -> Path:
    """Where each part of this repository keeps a folder of its own."""
    if named := os.environ.get(VARIABLE):
        return Path(named).absolute()
    users = os.environ.get("XDG_CACHE_HOME")
    return (Path(users) if users else Path.home() / ".cache") / "eks-fargate-terraform"


def make_private(path: Path) -> None:
    """Makes the folder if need be.

    Raises UnsafeFolderError where another user can have put anything into it.
    """
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


def write(path: Path, data: bytes) -> None:
    """Writes a file that only its user can read."""
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:  # noqa: PTH123
        file.write(data)
