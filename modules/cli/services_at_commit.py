"""services.yaml as it is in a commit of git."""

import subprocess
import tempfile
from datetime import date
from pathlib import Path

from modules.checks.check import check
from modules.errors import CommandError
from modules.spec.model import Spec


def load_at(file: Path, commit: str, today: date) -> Spec:
    """The checked spec of `file` in that commit; raises CommandError where there is none, or it has a mistake."""
    where = f"BASE={commit}"
    revision = _git(file, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{commit}^{{commit}}")
    if revision is None:
        what = f"git finds no such commit in the repository of {file}."
        raise CommandError(where, what, "Name a commit, branch or tag: `git log --oneline` lists commits.")
    content = _git(file, "show", f"{revision.decode().strip()}:./{file.name}")
    if content is None:
        raise CommandError(where, f"That commit has no {file.name}.", "Name a commit that has one.")
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder, file.name)
        copy.write_bytes(content)
        checked = check(copy, today)
    if checked.spec is None:
        mistakes = "\n  ".join(checked.render(problem) for problem in checked.mistakes)
        what = f"{file.name} of that commit has mistakes, as this version of the generator reads it:\n  {mistakes}"
        raise CommandError(where, what, "Name a commit whose file has none.")
    return checked.spec


def _git(file: Path, *arguments: str) -> bytes | None:
    """Output of a git command in the folder of the file; None where it fails."""
    try:
        done = subprocess.run(["git", *arguments], cwd=file.parent, capture_output=True, check=False)
    except FileNotFoundError:
        raise CommandError("git", "The program git is not installed.", "Install git, or leave out BASE.") from None
    return done.stdout if done.returncode == 0 else None
