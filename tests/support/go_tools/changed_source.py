"""A Go module whose program is built from a changed copy of its source: `replaced/` has whole folders of it.

go.mod replaces the module by the copy, so that go.sum has no hash of it: replaced/go.sum has.
"""

import json
import re
import shutil
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

REPLACED, COPY, SUM = "replaced", "source", "replaced/go.sum"


class NotTheSource(RuntimeError):
    """What was downloaded is not what replaced/go.sum names, or could not be downloaded."""


def is_one(module: Path) -> bool:
    """Whether a module of ours is built so."""
    return (module / REPLACED).is_dir()


def source(module: Path) -> Path:
    """The folder of the source as it is published, in Go's module cache."""
    name, version, expected = (module / SUM).read_text(encoding="utf-8").split()
    if not re.search(rf"\s{re.escape(name)} {re.escape(version)}\s", (module / "go.mod").read_text(encoding="utf-8")):
        raise NotTheSource(f"{module}/go.mod and {SUM} name different versions of {name}")
    with TemporaryDirectory() as outside:
        command = ["go", "mod", "download", "-json", f"{name}@{version}"]
        done = subprocess.run(command, cwd=outside, capture_output=True, text=True, timeout=600, check=False)
    if done.returncode:
        raise NotTheSource(f"{' '.join(command)}:\n{done.stdout}{done.stderr}")
    found = json.loads(done.stdout)
    if found["Sum"] != expected:
        raise NotTheSource(f"{name} {version} has the hash {found['Sum']}, and {SUM} says {expected}")
    return Path(found["Dir"])


def copy(module: Path, folder: Path) -> None:
    """Makes `folder` the module, with the changed source in it."""
    for file in ("go.mod", "go.sum"):
        shutil.copyfile(module / file, folder / file)
    target = folder / COPY
    shutil.copytree(source(module), target, copy_function=shutil.copyfile)
    for path in (target, *target.rglob("*")):
        if path.is_dir():
            path.chmod(0o755)  # in the module cache nothing can be written
    for changed in sorted((module / REPLACED).rglob("*.go")):
        place = target / changed.parent.relative_to(module / REPLACED)
        shutil.rmtree(place)
        place.mkdir()
        shutil.copyfile(changed, place / changed.name)
