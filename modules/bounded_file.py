"""Reads a file whole without ever waiting: no device, no pipe, and no more bytes than the caller has a use for."""

import errno
import stat
from pathlib import Path


def read(file: Path, max_bytes: int) -> bytes:
    """Content of the file.

    Raises OSError where it can't be read, is not a regular file, or has more than `max_bytes` bytes.
    """
    mode = file.stat().st_mode
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, "it is a folder", str(file))
    if not stat.S_ISREG(mode):
        raise OSError(errno.EINVAL, "it is a device or a pipe, not a regular file", str(file))
    with file.open("rb") as stream:
        content = stream.read(max_bytes + 1)  # the size that stat tells is 0 for files such as those of /proc
    if len(content) > max_bytes:
        raise OSError(errno.EFBIG, f"it is larger than {max_bytes} bytes, the most that is read", str(file))
    return content
