"""The repository as somebody else has it: with another services.yaml, and nothing generated."""

import shutil
import subprocess
from pathlib import Path

from modules.paths import ROOT
from tests.support.users_files import GENERATED, SERVICES


def copy(folder: Path, services: str) -> None:
    """What git tracks."""
    tracked = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in filter(None, tracked.split("\0")):
        if str(ROOT / name) == SERVICES or str(ROOT / name).startswith(f"{GENERATED}/"):
            continue
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, folder / name, follow_symlinks=False)
    (folder / "services.yaml").write_text(services, encoding="utf-8")
