"""Copies a jsii assembly with nothing but the given submodules: jsii then unpacks, parses and runs no more."""

import gzip
import io
import json
import re
import tarfile
from collections.abc import Callable, Set
from pathlib import Path

FORMAT = 1  # to be raised when `trim` keeps other things than before

REQUIRE = re.compile(rb'^exports\.\w+ = require\("\./([\w-]+)"\);$')
SOURCE_MAP = re.compile(rb"^//# sourceMappingURL=data:.*\n?", re.MULTILINE)


class UnknownLayoutError(Exception):
    """The assembly is not laid out as `trim` expects."""


def trim(whole: Path, submodules: frozenset[str]) -> bytes:
    """The trimmed copy of the packed assembly `whole`; `submodules` are the names that Python knows them by."""
    wanted = {_flat(name) for name in submodules}
    kept: set[str] = set()
    copy = io.BytesIO()
    with (
        tarfile.open(whole) as source,
        gzip.GzipFile(fileobj=copy, mode="wb", compresslevel=1, mtime=0) as packed,
        tarfile.open(fileobj=packed, mode="w") as target,
    ):
        for member in source:
            content = source.extractfile(member)
            if content is not None and _is_needed(member.name, wanted):
                data = EDITS.get(member.name, _without_source_map)(content.read(), wanted)
                member.size = len(data)
                target.addfile(member, io.BytesIO(data))
                kept.add(member.name)
    if missing := EDITS.keys() - kept:
        raise UnknownLayoutError(f"{whole.name} lacks {', '.join(sorted(missing))}")
    _check_complete({_folder(name) for name in kept}, wanted, "folders")
    return copy.getvalue()


def _flat(name: str) -> str:
    """One spelling for what is `s3_bucket` in Python, `s3Bucket` in the assembly and `s3-bucket` as a folder."""
    return name.replace("_", "").replace("-", "").lower()


def _folder(path: str) -> str | None:
    """The submodule that a file belongs to; most other files belong to all."""
    match path.split("/"):
        case ["package", "lib", folder, _, *_]:
            return _flat(folder)
        case _:
            return None


def _is_needed(path: str, wanted: set[str]) -> bool:
    folder = _folder(path)
    return folder is None or (folder in wanted and path.endswith(".js"))


def _trim_types(data: bytes, wanted: set[str]) -> bytes:
    spec = json.loads(data)
    names = {name: _flat(name.removeprefix(f"{spec['name']}.")) for name in spec["submodules"]}
    _check_complete(set(names.values()), wanted, "types")
    kept = {name for name, flat in names.items() if flat in wanted}
    spec["submodules"] = {name: spec["submodules"][name] for name in spec["submodules"] if name in kept}
    spec["types"] = {name: kind for name, kind in spec["types"].items() if ".".join(name.split(".")[:2]) in kept}
    spec.pop("readme", None)
    return json.dumps(spec).encode()


def _trim_index(data: bytes, wanted: set[str]) -> bytes:
    folders = {line: _flat(match[1].decode()) for line in data.split(b"\n") if (match := REQUIRE.match(line))}
    _check_complete(set(folders.values()), wanted, "requires")
    lines = [line for line in data.split(b"\n") if folders.get(line) is None or folders[line] in wanted]
    return _without_source_map(b"\n".join(lines), wanted)


def _without_source_map(data: bytes, _: set[str]) -> bytes:
    return SOURCE_MAP.sub(b"", data)


def _check_complete(found: Set[str | None], wanted: set[str], what: str) -> None:
    if not wanted <= found:
        raise UnknownLayoutError(f"found no {what} for {', '.join(sorted(wanted - found))}")


EDITS: dict[str, Callable[[bytes, set[str]], bytes]] = {
    "package/.jsii": _trim_types,
    "package/lib/index.js": _trim_index,
}
