"""What tells one content of a file from another without reading it, as git tells what changed in a checkout.

Whoever writes twice within one tick of the file system's clock can change the content alone: a file that is as young
as the look at it is to be read (https://git-scm.com/docs/racy-git).
"""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

Signature = tuple[int, int, int, int]
"""Times of the last change of the content and of the file, in nanoseconds; bytes; inode."""

# Linux stamps files with the time of its last tick, of which there are 100 in a second at least.
_TICK = 20_000_000  # nanoseconds
_COARSE_TICK = 2_000_000_000  # of file systems that keep whole seconds; FAT keeps every other
_SECOND = 1_000_000_000


def of(file: str | Path) -> Signature | None:
    """None where there is no file, or none that may be looked at."""
    try:
        return _of(os.stat(file))  # noqa: PTH116 (of hundreds of files)
    except OSError:
        return None


def below(folder: str, passed_over: tuple[str, ...]) -> Iterator[tuple[str, Signature | None]]:
    """The files and folders in a folder and below, by path; of a folder it counts only that it is there.

    What has a path that ends in one that is passed over does not count. Nothing where there is no such folder; raises
    OSError where one can't be read, and for a link to a folder, which could lead anywhere.
    """
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except FileNotFoundError:
        return
    for entry in entries:
        if entry.path.endswith(passed_over):
            continue
        if entry.is_dir(follow_symlinks=False):
            yield entry.path, None
            yield from below(entry.path, passed_over)
        else:
            found = entry.stat()
            if stat.S_ISDIR(found.st_mode):
                raise NotADirectoryError(0, "it is a link to a folder", entry.path)
            yield entry.path, _of(found)


def is_young(one: Signature | None, now: int) -> bool:
    """Whether the file may change after `now`, nanoseconds of the clock, and keep this signature."""
    if one is None:
        return False
    tick = _TICK if any(time % _SECOND for time in one[:2]) else _COARSE_TICK
    return max(one[:2]) >= now - tick


def _of(found: os.stat_result) -> Signature:
    return found.st_mtime_ns, found.st_ctime_ns, found.st_size, found.st_ino
