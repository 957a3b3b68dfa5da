"""An evaluator of IAM policies that others wrote: npm package @cloud-copilot/iam-simulate, in the user's cache.

It is used by a test alone, and is no part of what this project gives away (its licence is the AGPL).
"""

import hashlib
import json
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from modules.paths import ROOT
from modules.user_cache import folder as cache_folder
from tests.support.tool_missing import ToolMissing

_FILES = ROOT / "tests" / "support" / "iam_simulate"
_BIN = ROOT / ".venv" / "bin"
_SECONDS = 900


def simulated(simulations: Sequence[Mapping[str, Any]]) -> list[dict[str, str | None]]:
    """Of each simulation what is said of its actions: None where AWS has no such action on such a resource."""
    lines = "\n".join(map(json.dumps, simulations))
    command: list[str | Path] = [_BIN / "node", _folder() / "simulate.mjs"]
    done = subprocess.run(command, input=lines, capture_output=True, text=True, timeout=_SECONDS, check=False)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


@cache
def _folder() -> Path:
    """Where it is installed, as the lock file says it. Raises ToolMissing where npm can't."""
    digest = hashlib.sha256(b"".join(file.read_bytes() for file in sorted(_FILES.iterdir()))).hexdigest()
    folder = cache_folder() / f"iam-simulate-{digest[:12]}"
    if not folder.is_dir():
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent) as place:
            made = shutil.copytree(_FILES, Path(place, "made"))
            command: list[str | Path] = [_BIN / "npm", "ci", "--no-audit", "--no-fund", "--loglevel=error"]
            done = subprocess.run(command, cwd=made, capture_output=True, text=True, timeout=_SECONDS, check=False)
            if done.returncode:
                raise ToolMissing(f"iam-simulate can't be had from npm: {done.stderr.strip()}")
            made.rename(folder)
    return folder
