"""The control groups that the pods of a node live in: a folder in each hierarchy, of version 1 or 2."""

import time
from contextlib import suppress
from pathlib import Path

ROOT = Path("/sys/fs/cgroup")
CONTROLLERS = "cpu cpuset io memory pids".split()
SECONDS_TO_REMOVE = 10


def make(name: str) -> None:
    """Below the root of every hierarchy."""
    for hierarchy in _hierarchies():
        folder = hierarchy / name
        folder.mkdir()
        if (hierarchy / "cgroup.subtree_control").exists() and hierarchy == ROOT:
            _delegate(hierarchy)
            _delegate(folder)
        for inherited in ("cpuset.cpus", "cpuset.mems"):  # version 1 wants them before the first process
            if (folder / inherited).exists() and not (hierarchy / "cgroup.controllers").exists():
                (folder / inherited).write_text((hierarchy / inherited).read_text())


def remove(name: str) -> None:
    """All of them, within seconds after the last process has ended; raises OSError if one stays."""
    end = time.monotonic() + SECONDS_TO_REMOVE
    for hierarchy in _hierarchies():
        while (folder := hierarchy / name).exists():
            try:
                for inner in sorted(folder.rglob("*/"), reverse=True):
                    inner.rmdir()
                folder.rmdir()
            except OSError:
                if time.monotonic() > end:
                    raise
                time.sleep(0.05)


def _hierarchies() -> list[Path]:
    """/sys/fs/cgroup itself in version 2, its folders in version 1 (some are links to others)."""
    if (ROOT / "cgroup.controllers").exists():
        return [ROOT]
    return [folder for folder in ROOT.iterdir() if folder.is_dir() and not folder.is_symlink()]


def _delegate(folder: Path) -> None:
    there = (folder / "cgroup.controllers").read_text().split()
    with suppress(OSError):
        (folder / "cgroup.subtree_control").write_text(" ".join(f"+{one}" for one in CONTROLLERS if one in there))
