"""Rendered stacks of earlier runs: a stack is taken from there where all that its build read is the same again."""

import contextlib
import json
import os
import sys
import time
import uuid
from collections.abc import Iterable
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path

from modules import terminal, user_cache
from modules.paths import ROOT
from modules.spec.reads import Read, Values, canonical, joined
from modules.synth.rendered import Rendered, Wanted

DAYS_KEPT_UNUSED = 7
# What CDKTF itself reads of the environment.
_READ_BY_CDKTF = "CDKTF_"


class StackCache:
    """The rendered stacks of an output folder; one that can't be used holds nothing, and says why once."""

    def __init__(self, out: Path, *, as_hcl: bool, state_folder: str) -> None:
        self._folder = user_cache.folder() / "stacks"
        self._base = canonical((_generator(), str(out.absolute()), as_hcl, state_folder))
        self._usable = self._prepare()

    def find(self, wanted: Wanted, values: Values) -> Rendered | None:
        """The stack as an earlier run made it; None where something that it read was not what `values` has."""
        if not self._usable:
            return None
        file = self._file(wanted)
        try:
            written, _, rest = file.read_bytes().partition(b"\n")
        except OSError:
            return None
        if written != _digest(rest):  # damaged, or half written
            return None
        header, _, contents = rest.partition(b"\n")
        found = json.loads(header)
        if found["before"] != _digest(canonical(wanted.before).encode()).decode():
            return None
        if any(values.digest(tuple(path)) != digest for path, digest in found["reads"]):
            return None
        with contextlib.suppress(OSError):
            os.utime(file)
        files, begin = {}, 0
        for path, size in found["files"]:
            files[path] = contents[begin : begin + size]
            begin += size
        return Rendered(found["entry"], found["version"], files)

    def keep(self, wanted: Wanted, rendered: Rendered, read: Iterable[Read], values: Values) -> None:
        """Keeps the stack for the next run."""
        if not self._usable:
            return
        header = {
            "before": _digest(canonical(wanted.before).encode()).decode(),
            "reads": [(path, values.digest(path)) for path in joined(read, wanted.spec.services)],
            "entry": rendered.entry,
            "version": rendered.version,
            "files": [(path, len(data)) for path, data in rendered.files.items()],
        }
        rest = json.dumps(header).encode() + b"\n" + b"".join(rendered.files.values())
        file = self._file(wanted)
        part = file.with_suffix(f".{uuid.uuid4().hex}.part")
        try:
            user_cache.write(part, _digest(rest) + b"\n" + rest)
            part.replace(file)
        except OSError as problem:
            self._usable = False
            _say(problem)
        finally:
            with contextlib.suppress(OSError):
                part.unlink(missing_ok=True)

    def remove_unused(self) -> None:
        """Removes what no run has used for a week."""
        oldest = time.time() - DAYS_KEPT_UNUSED * 24 * 3600
        with contextlib.suppress(OSError):
            for file in self._folder.iterdir():
                if file.stat().st_mtime < oldest:
                    file.unlink()

    def _file(self, wanted: Wanted) -> Path:
        asked = canonical((self._base, wanted.name, wanted.part))
        return self._folder / f"{wanted.name[:60]}-{_digest(asked.encode()).decode()[:24]}"

    def _prepare(self) -> bool:
        try:
            user_cache.make_private(self._folder)
        except (OSError, user_cache.UnsafeFolderError) as problem:
            _say(problem)
            return False
        return True


def _say(problem: Exception) -> None:
    terminal.say(f"Building every stack, with the same result: {problem}")
    terminal.say(f"{user_cache.VARIABLE} can name a folder that you can write, to build only what has changed.")


def _digest(data: bytes) -> bytes:
    return sha256(data).hexdigest().encode()


def _generator() -> str:
    """Digest of all that makes Terraform of a spec: our modules and charts, Python, its packages, and settings."""
    found = sha256()
    for folder in (ROOT / "modules", ROOT / "charts"):
        for file in sorted(_files(folder)):
            found.update(f"{file.relative_to(ROOT)}\0".encode())
            found.update(sha256(file.read_bytes()).digest())
    settings = {name: value for name, value in os.environ.items() if name.startswith(_READ_BY_CDKTF)}
    found.update(canonical((sys.version, _packages(), sorted(settings.items()))).encode())
    return found.hexdigest()


def _files(folder: Path) -> Iterable[Path]:
    for at, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if name != "__pycache__"]
        yield from (Path(at) / name for name in names)


def _packages() -> list[str]:
    """Names and versions of what is installed beside CDKTF."""
    cdktf = find_spec("cdktf")
    if cdktf is None or cdktf.origin is None:
        return []
    beside = Path(cdktf.origin).parents[1]
    return sorted(one.name for one in os.scandir(beside) if one.name.endswith(".dist-info"))
