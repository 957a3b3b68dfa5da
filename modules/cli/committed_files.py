"""Files of a folder as a commit of git has them."""

import io
import subprocess
import tarfile
from pathlib import Path

from modules.errors import CommandError

_SECONDS = 120
_MOST_BYTES = 512 * 1024 * 1024  # of all files together


def read(folder: Path, commit: str) -> dict[str, bytes]:
    """Content by path below the folder; raises CommandError where git has no such commit, or not the folder in it."""
    where = f"BASE={commit}"
    top = _git(folder.parent, "rev-parse", "--show-prefix")
    if top is None:
        raise CommandError(where, f"{folder} is in no git repository.", "Run git init, and commit what is generated.")
    revision = _git(folder.parent, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{commit}^{{commit}}")
    if revision is None:
        step = "Name a commit, branch or tag: `git log --oneline` lists commits."
        raise CommandError(where, f"git finds no such commit in the repository of {folder}.", step)
    tree = f"{revision.decode().strip()}:{top.decode().strip()}{folder.name}"
    archive = _git(folder.parent, "archive", "--format=tar", tree)
    if archive is None:
        raise CommandError(where, f"That commit has no folder {folder.name}.", "Name a commit that has one.")
    return dict(_files(archive, where))


def _files(archive: bytes, where: str) -> list[tuple[str, bytes]]:
    found = []
    with tarfile.open(fileobj=io.BytesIO(archive)) as opened:
        members = [one for one in opened.getmembers() if one.isfile()]
        if sum(one.size for one in members) > _MOST_BYTES:
            raise CommandError(where, "That folder is larger than 512 MB in that commit.", "Name another commit.")
        for member in members:
            if content := opened.extractfile(member):
                found.append((member.name, content.read()))
    return found


def _git(folder: Path, *arguments: str) -> bytes | None:
    """Output of a git command; None where it fails."""
    try:
        done = subprocess.run(["git", *arguments], cwd=folder, capture_output=True, timeout=_SECONDS, check=False)
    except FileNotFoundError:
        raise CommandError("git", "The program git is not installed.", "Install git.") from None
    return done.stdout if done.returncode == 0 else None
