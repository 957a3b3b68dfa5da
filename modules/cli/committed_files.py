"""Files of a folder as a commit of git has them."""

import io
import tarfile
from collections.abc import Iterable, Mapping
from pathlib import Path

from modules import git
from modules.design.renaming import MADE_ANEW
from modules.errors import CommandError
from modules.spec.model import Spec
from modules.state import renamed_files

_MOST_BYTES = 512 * 1024 * 1024  # of all files together


def read(folder: Path, commit: str) -> dict[str, bytes]:
    """Content by path below the folder; raises CommandError where git has no such commit, or not the folder in it."""
    where = f"BASE={commit}"
    top = git.output(folder.parent, "rev-parse", "--show-prefix")
    if top is None:
        raise CommandError(where, f"{folder} is in no git repository.", "Run git init, and commit what is generated.")
    tree = f"{git.revision(folder.parent, commit, folder)}:{top.decode().strip()}{folder.name}"
    archive = git.output(folder.parent, "archive", "--format=tar", tree)
    if archive is None:
        raise CommandError(where, f"That commit has no folder {folder.name}.", "Name a commit that has one.")
    return dict(_files(archive, where))


def of_today(folder: Path, commit: str, specs: Iterable[Spec]) -> Mapping[str, bytes]:
    """Likewise of generated/, with services called as these specs call them today."""
    found: Mapping[str, bytes] = read(folder, commit)
    for spec in specs:
        found = renamed_files.of_today(found, spec.earlier_names, MADE_ANEW, spec.names)
    return found


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
