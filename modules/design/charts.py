"""The charts of charts/, as they go into generated/: each with a version that says what is in it.

Terraform sees a change of a local chart only by its version, so a digest of the chart's files is part of it.
"""

import re
from functools import cache
from hashlib import sha256
from pathlib import Path

from modules.paths import ROOT

SOURCES = ROOT / "charts"
NETWORK, SERVICE = "microservice-network", "microservice"
DATABASE_USERS, JOB_WATCHER = "database-users", "job-watcher"
TEAM_ACCESS = "team-access"
FOLDER = "charts"
_DIGEST_LENGTH = 8
_VERSION = re.compile(r"^version: (?P<version>\S+)$", re.MULTILINE)


def files(*, teams: bool = False) -> dict[str, bytes]:
    """Path below generated/ -> content, of the charts without their tests; with `teams` also what only these need."""
    return {
        f"{FOLDER}/{name}/{path}": _stamped(name, content) if path == "Chart.yaml" else content
        for name in (NETWORK, SERVICE, DATABASE_USERS, JOB_WATCHER, *([TEAM_ACCESS] if teams else []))
        for path, content in _sources(name).items()
    }


@cache
def version(name: str) -> str:
    """Version of a chart, with the digest of its files as SemVer's build metadata."""
    sources = _sources(name)
    digest = sha256()
    for path, content in sources.items():
        digest.update(f"{path}\0{len(content)}\0".encode() + content)
    match = _VERSION.search(sources["Chart.yaml"].decode())
    if match is None:
        raise ValueError(f"charts/{name}/Chart.yaml has no line `version: …`")
    return f"{match['version']}+{digest.hexdigest()[:_DIGEST_LENGTH]}"


@cache
def _sources(name: str) -> dict[str, bytes]:
    folder = SOURCES / name
    found = {path.relative_to(folder): path for path in folder.rglob("*") if path.is_file()}
    return {path.as_posix(): found[path].read_bytes() for path in sorted(found) if not _is_left_out(path)}


def _is_left_out(path: Path) -> bool:
    """Tests, what is hidden, such as an editor's, and what Python keeps of a program that was imported."""
    return path.parts[0] == "tests" or any(part.startswith((".", "__pycache__")) for part in path.parts)


def _stamped(name: str, content: bytes) -> bytes:
    return _VERSION.sub(f"version: {version(name)}", content.decode(), count=1).encode()
