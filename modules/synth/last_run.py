"""What the last run of a services.yaml read and left: where all of that is as it was, another one would change nothing.

The files of a run follow from services.yaml with the files that it names, from the generator and from settings in the
environment, unless something is `retired:`; what it says besides its changes follows from these and the day. So where a
run has written all, and nothing went by it, the next one would say the same warnings, and leave all as it is.
"""

import contextlib
import json
import os
import time
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from modules import bounded_file, generator, git, signature, user_cache
from modules.signature import Signature

MOST_KEPT = 50  # records of systems: those that ran last
_MAX_BYTES = 16 * 1024 * 1024  # of a record, or of a file that is compared
_SETTINGS = ("CDKTF_", "SYNTH_HCL_OUTPUT", "EKS_FARGATE_TERRAFORM_")  # how names of the environment begin that count
_PASSED_OVER = ("/.terraform/providers", "/.terraform/modules")


class Begun(NamedTuple):
    """A run, and what counts besides files, as it was before anything was imported or read."""

    at: int
    """Nanoseconds of the clock."""
    generator: str | None
    """Its signature; None where it may be changing."""
    settings: list[list[str]]
    day: str


class Said(NamedTuple):
    """What a run says that changes nothing."""

    problems: list[str]
    lines: list[str]


class Left(NamedTuple):
    """What another run would compare; of files that are not read, signatures."""

    begun: Begun
    read: Mapping[str, Signature | None]
    """Besides generated/, by path."""
    tree: str | None
    """What git calls generated/ as it was last committed."""
    out: str
    """Digest of the signatures in generated/."""
    written: Mapping[str, str]
    """Digests of the files there that this run wrote, by path: they were too young for their signature to be enough."""
    said: Said


class LastRun(NamedTuple):
    """The last run of a services.yaml that succeeded."""

    text: str
    """Digest of services.yaml."""
    left: Left | None
    """None where the next one may have something to do."""


def begin(now: int) -> Begun:
    """Must be called before the rest of the generator is imported."""
    found = None
    with contextlib.suppress(OSError):
        found = generator.signature(now)
    settings = sorted([name, value] for name, value in os.environ.items() if name.startswith(_SETTINGS))
    return Begun(now, found, settings, _today())


def begin_again(run: Begun) -> Begun:
    """Another run of the same process, which has read nothing yet."""
    return run._replace(at=time.time_ns(), day=_today())


def find(file: Path, out: Path) -> LastRun | None:
    """The last run of this services.yaml into this folder; None where none is known."""
    with contextlib.suppress(OSError, RuntimeError, ValueError, TypeError, AttributeError):
        record = _record(file, out)
        user_cache.make_private(record.parent)
        text, left = json.loads(bounded_file.read(record, _MAX_BYTES))
        if left is None:
            return LastRun(text, None)
        begun, read, tree, found, written, said = left
        read = {path: one and tuple(one) for path, one in read.items()}
        return LastRun(text, Left(Begun(*begun), read, tree, found, written, Said(*said)))
    return None


def remember(file: Path, out: Path, last: LastRun) -> None:
    """For the next run, which does without where it can't be kept."""
    with contextlib.suppress(OSError, RuntimeError):
        record = _record(file, out)
        user_cache.make_private(record.parent)
        part = record.with_suffix(f".{os.getpid()}.part")
        user_cache.write(part, json.dumps(last).encode())
        part.replace(record)
        for unused in sorted(record.parent.iterdir(), key=os.path.getmtime, reverse=True)[MOST_KEPT:]:
            unused.unlink()


def left(
    begun: Begun,
    out: Path,
    files: Mapping[str, bytes],
    read: Mapping[str, Signature | None],
    tree: str | None,
    said: Said,
) -> Left | None:
    """What a run left that has made these the files of `out`; None where something may be changing beside it.

    None too for a run that was to build everything by the bindings as they are shipped: each such run is to.
    """
    from modules.bindings import SWITCH  # which the beginning of a run has no time for

    if os.environ.get(SWITCH) == "1":
        return None
    if begun.generator is None or any(signature.is_young(one, begun.at) for one in read.values()):
        return None
    with contextlib.suppress(OSError):
        found = _within(out)
        written = [path for path, one in found.items() if signature.is_young(one, begun.at)]
        if files.keys() >= {*written}:
            digests = {path: digest(files[path]) for path in written}
            return Left(begun, read, tree, _digest_of(found), digests, said)
    return None


def stands(left: Left, begun: Begun, out: Path) -> bool:
    """Whether a run that has begun now would find all as it was left."""
    try:
        return (
            begun.generator is not None
            and begun[1:] == left.begun[1:]
            and all(signature.of(path) == one for path, one in left.read.items())
            and _digest_of(_within(out)) == left.out
            and all(digest(bounded_file.read(out / path, _MAX_BYTES)) == one for path, one in left.written.items())
            and git.tree(out) == left.tree
        )
    except OSError:
        return False


def digest(data: bytes) -> str:
    """SHA-256, in hexadecimal."""
    return sha256(data).hexdigest()


def _today() -> str:
    return time.strftime("%Y-%m-%d", time.gmtime())


def _record(file: Path, out: Path) -> Path:
    both = f"{file.absolute()}\0{out.absolute()}"
    return user_cache.folder() / "runs" / digest(both.encode())[:32]


def _within(out: Path) -> dict[str, Signature | None]:
    above = len(f"{out}/")
    return {path[above:]: one for path, one in signature.below(str(out), _PASSED_OVER)}


def _digest_of(signatures: Mapping[str, Signature | None]) -> str:
    return digest(repr(signatures).encode())
