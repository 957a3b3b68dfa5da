"""What git says of the repository around a folder."""

import subprocess
from pathlib import Path

from modules.errors import CommandError

_SECONDS = 120


def output(folder: Path, *arguments: str, text: bytes | None = None) -> bytes | None:
    """Of a git command in this folder, which may be given text; None where it fails.

    Raises CommandError where git is not installed, or does not answer in time.
    """
    try:
        done = subprocess.run(
            ["git", *arguments], cwd=folder, input=text, capture_output=True, timeout=_SECONDS, check=False
        )
    except FileNotFoundError:
        raise CommandError("git", "The program git is not installed.", "Install git.") from None
    except subprocess.TimeoutExpired:
        what = f"git {arguments[0]} gave no answer within {_SECONDS} s."
        raise CommandError("git", what, f"See what git -C {folder} status says.") from None
    return done.stdout if done.returncode == 0 else None


def tree(folder: Path) -> str | None:
    """The id of all that is in a folder, as the last commit has it; None where that has nothing, or there is no git."""
    try:
        found = output(folder.absolute().parent, "rev-parse", "--verify", "--quiet", f"HEAD:./{folder.name}")
    except (CommandError, OSError):
        return None
    return None if found is None else found.decode().strip()


def revision(folder: Path, commit: str, of: Path) -> str:
    """The id of a commit, branch or tag; raises CommandError, which names `of`, where there is none."""
    found = output(folder, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{commit}^{{commit}}")
    if found is None:
        what = f"git finds no such commit in the repository of {of}."
        raise CommandError(f"BASE={commit}", what, "Name a commit, branch or tag: `git log --oneline` lists commits.")
    return found.decode().strip()
