"""Rendered stacks of earlier runs: a stack is taken from there where all that its build read is the same again."""

import contextlib
import json
import os
import time
import uuid
from collections.abc import Iterable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

from pydantic_core import from_json

from modules import generator, terminal, user_cache
from modules.spec.reads import Read, Values, canonical, joined
from modules.synth.rendered import Rendered, Wanted

DAYS_KEPT_UNUSED = 7
MOST_KEPT = 4  # of a stack, so that who changes between branches finds both
_DAY = 24 * 3600  # seconds
_LOOKED = "looked"  # beside the folder: a file that is as old as the last look for what is unused
# What CDKTF itself reads of the environment.
_READ_BY_CDKTF = "CDKTF_"


class StackCache:
    """The rendered stacks of an output folder; one that can't be used holds nothing, and says why once."""

    def __init__(self, out: Path, *, as_hcl: bool, state_folder: str) -> None:
        self._folder = Path()
        self._base = canonical((generator.digest(), _settings(), str(out.absolute()), as_hcl, state_folder))
        self._kept: dict[str, list[str]] = {}  # names of files
        self._usable = self._prepare()

    def find(self, wanted: Wanted, values: Values) -> Rendered | None:
        """The stack as an earlier run made it; None where something that it read was not what `values` has."""
        given = _digest_of(wanted.given)
        for file in self._of(self._prefix(wanted)):
            if (found := _read(file)) is None:
                continue
            header, contents = found
            if given == header["given"] and all(values.digest(tuple(path)) == one for path, one in header["reads"]):
                with contextlib.suppress(OSError):
                    os.utime(file)
                return Rendered(header["entry"], header["version"], dict(_split(contents, header["files"])))
        return None

    def keep(self, wanted: Wanted, rendered: Rendered, read: Iterable[Read], values: Values) -> None:
        """Keeps the stack for later runs, beside the last ones of its name that were made of other values."""
        if not self._usable:
            return
        header = {
            "given": _digest_of(wanted.given),
            "reads": [(path, values.digest(path)) for path in joined(read, wanted.spec.services)],
            "entry": rendered.entry,
            "version": rendered.version,
            "files": [(path, len(data)) for path, data in rendered.files.items()],
        }
        data = json.dumps(header).encode() + b"\n" + b"".join(rendered.files.values())
        prefix = self._prefix(wanted)
        digest = sha256(data).hexdigest()
        part = self._folder / f"{prefix}.{uuid.uuid4().hex}.part"
        try:
            user_cache.write(part, f"{digest}\n".encode() + data)
            part.replace(self._folder / f"{prefix}.{digest[:16]}")
            for unused in self._of(prefix)[MOST_KEPT - 1 :]:
                unused.unlink(missing_ok=True)
        except OSError as problem:
            self._usable = False
            _say(problem)
        finally:
            with contextlib.suppress(OSError):
                part.unlink(missing_ok=True)

    def remove_unused(self) -> None:
        """Removes what no run has used for a week, once a day: there may be thousands to look at."""
        if not self._usable:
            return
        now, looked = time.time(), self._folder.with_name(_LOOKED)
        if _used(looked) > now - _DAY:
            return
        oldest = now - DAYS_KEPT_UNUSED * _DAY
        with contextlib.suppress(OSError):
            user_cache.write(looked, b"")
            for file in self._folder.iterdir():
                if file.stat().st_mtime < oldest:
                    file.unlink()

    def _of(self, prefix: str) -> list[Path]:
        """What was used last comes first."""
        found = [self._folder / name for name in self._kept.get(prefix, ())]
        return sorted(found, key=_used, reverse=True) if found[1:] else found

    def _prefix(self, wanted: Wanted) -> str:
        return f"{wanted.name[:60]}-{_digest_of((self._base, wanted.name, wanted.part))[:24]}"

    def _prepare(self) -> bool:
        try:
            self._folder = user_cache.folder() / "stacks"
            user_cache.make_private(self._folder)
            for name in os.listdir(self._folder):  # noqa: PTH208 (of thousands of files, names are enough)
                self._kept.setdefault(name.rpartition(".")[0], []).append(name)
        except (OSError, RuntimeError) as problem:  # an unsafe folder, or a user without a home
            _say(problem)
            return False
        return True


def _used(file: Path) -> float:
    try:
        return file.stat().st_mtime
    except FileNotFoundError:  # another run has just removed it
        return 0


def _read(file: Path) -> tuple[dict[str, Any], bytes] | None:
    """What is said of a stack, and its files; None where it is damaged or half written."""
    try:
        digest, _, data = file.read_bytes().partition(b"\n")
    except OSError:
        return None
    if digest != sha256(data).hexdigest().encode():
        return None
    header, _, contents = data.partition(b"\n")
    return from_json(header), contents


def _split(contents: bytes, sizes: Iterable[tuple[str, int]]) -> Iterator[tuple[str, bytes]]:
    begin = 0
    for path, size in sizes:
        yield path, contents[begin : begin + size]
        begin += size


def _say(problem: Exception) -> None:
    terminal.say(f"Building every stack, with the same result: {problem}")
    terminal.say(f"{user_cache.VARIABLE} can name a folder that you can write, to build only what has changed.")


def _digest_of(value: Any) -> str:
    return sha256(canonical(value).encode()).hexdigest()


def _settings() -> list[tuple[str, str]]:
    return sorted((name, value) for name, value in os.environ.items() if name.startswith(_READ_BY_CDKTF))
