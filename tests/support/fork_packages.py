"""CDKTF's fork, installed from PyPI by requirements-cdktn.lock into the user's cache folder, once for each lock."""

import subprocess
import sys
import sysconfig
from hashlib import sha256
from pathlib import Path

from modules import user_cache
from modules.paths import ROOT

LOCK = ROOT / "requirements-cdktn.lock"


def site() -> Path:
    """The folder with the packages, to come first in PYTHONPATH."""
    venv = user_cache.folder() / f"cdktn-{sha256(LOCK.read_bytes()).hexdigest()[:16]}"
    if not (venv / "ready").exists():
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(venv)], check=True, timeout=300)
        install = ["-m", "pip", "install", "--quiet", "--no-compile", "--require-hashes", "-r", str(LOCK)]
        subprocess.run([str(venv / "bin" / "python"), *install], check=True, timeout=900)
        (venv / "ready").touch()
    return Path(sysconfig.get_path("purelib", vars={"base": str(venv), "platbase": str(venv)}))
