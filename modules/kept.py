"""What this generator computes of the same input again and again, kept in the user's cache folder from run to run.

A folder that can't be used, or that other users can write to, keeps nothing.
"""

import contextlib
import os
import uuid
from hashlib import sha256
from pathlib import Path

from modules import generator, user_cache

MOST = 20
"""Results of a kind that are kept: those that were used last."""


def find(kind: str, of: bytes) -> bytes | None:
    """What was kept of this input; None where nothing is, or something damaged."""
    with contextlib.suppress(OSError, RuntimeError):
        file = _file(kind, of)
        digest, _, found = file.read_bytes().partition(b"\n")
        if digest == sha256(found).hexdigest().encode():
            os.utime(file)
            return found
    return None


def keep(kind: str, of: bytes, result: bytes) -> None:
    """Keeps what follows from this input and from the generator, and from nothing else."""
    with contextlib.suppress(OSError, RuntimeError):
        file = _file(kind, of)
        part = file.with_name(f"{uuid.uuid4().hex}.part")
        user_cache.write(part, sha256(result).hexdigest().encode() + b"\n" + result)
        part.replace(file)
        for unused in sorted(file.parent.iterdir(), key=os.path.getmtime, reverse=True)[MOST:]:
            unused.unlink()


def _file(kind: str, of: bytes) -> Path:
    folder = user_cache.folder() / kind
    user_cache.make_private(folder)
    return folder / sha256(f"{generator.digest()}\0".encode() + of).hexdigest()
