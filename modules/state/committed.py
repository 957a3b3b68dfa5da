"""generated/ as the last commit of git has it."""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from modules import git
from modules.errors import CommandError


class Committed(NamedTuple):
    """The files by their path below generated/; `tree` is git's name for all of them together."""

    tree: str
    files: Mapping[str, bytes]


def read(generated: Path, wanted: tuple[str, ...]) -> Committed | None:
    """The files of these names; None where there is no git, no repository, or nothing of generated/ is committed."""
    if (name := git.tree(generated)) is None:
        return None
    listing = _git(generated, "ls-tree", "-r", "-z", "--full-tree", "--name-only", name)
    paths = [path for path in (listing or b"").decode().split("\0") if path.rpartition("/")[2] in wanted]
    asked = "".join(f"{name}:{path}\n" for path in paths)
    content = _git(generated, "cat-file", "--batch", text=asked.encode())
    return Committed(name, dict(zip(paths, _blobs(content or b""), strict=False)))


def _blobs(output: bytes) -> list[bytes]:
    """What `git cat-file --batch` printed: each is `<id> <type> <bytes>`, a line break, the content, a line break."""
    found, at = [], 0
    while at < len(output):
        end = output.index(b"\n", at)
        start, size = end + 1, int(output[at:end].rpartition(b" ")[2])
        found.append(output[start : start + size])
        at = start + size + 1
    return found


def _git(generated: Path, *arguments: str, text: bytes | None = None) -> bytes | None:
    """Of a git command in the folder around generated/; None where it fails, or there is no git or no such folder."""
    try:
        return git.output(generated.absolute().parent, *arguments, text=text)
    except (CommandError, OSError):
        return None
