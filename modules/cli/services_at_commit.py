"""services.yaml as it is in a commit of git."""

from datetime import UTC, date, datetime
from pathlib import Path
from shutil import which

from modules import git
from modules.checks.check import Checked
from modules.cli.services_edit import check_content
from modules.deploy import environments
from modules.errors import CommandError
from modules.spec.model import Spec
from modules.spec.problem import Path as Place


def load_at(file: Path, commit: str, today: date, environment: str | None = None) -> Spec:
    """The checked spec of an environment of `file` in that commit.

    Raises CommandError where there is none, or the file has a mistake.
    """
    return environments.named(checked_at(file, commit, today), environment)


def checked_at(file: Path, commit: str, today: date) -> Checked:
    """`file` in that commit; raises CommandError where there is none, or it has a mistake."""
    where = f"BASE={commit}"
    revision = git.revision(file.parent, commit, file)
    content = git.output(file.parent, "show", f"{revision}:./{file.name}")
    if content is None:
        raise CommandError(where, f"That commit has no {file.name}.", "Name a commit that has one.")

    def read(source: str) -> bytes:
        found = git.output(file.parent, "show", f"{revision}:./{source}")
        if found is None:
            raise OSError(0, "that commit has no such file", source)
        return found

    checked = check_content(content, file, today, read)
    if checked.spec is None:
        mistakes = "\n  ".join(checked.render(problem) for problem in checked.mistakes)
        what = f"{file.name} of that commit has mistakes, as this version of the generator reads it:\n  {mistakes}"
        raise CommandError(where, what, "Name a commit whose file has none.")
    return checked


def line_at(file: Path, commit: str, place: Place) -> int | None:
    """The line on which that commit has this place of `file`; None where it has none."""
    content = git.output(file.parent, "show", f"{commit}:./{file.name}") if which("git") else None
    if content is None:
        return None
    document = check_content(content, file, datetime.now(UTC).date()).document
    return document.line(place) if document.has(place) else None
