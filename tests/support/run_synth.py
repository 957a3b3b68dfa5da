"""Runs main.py on a system, as a user does."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from modules.paths import ROOT

# The architecture's system as the repository shipped it. Users change services.yaml, and tests must not read theirs.
SHIPPED = ROOT / "tests" / "systems" / "architecture" / "services.yaml"


def shipped() -> dict[str, Any]:
    """The architecture's system."""
    return dict(YAML(typ="safe").load(SHIPPED.read_text(encoding="utf-8")))


def command(system: dict[str, Any], folder: Path) -> list[str | Path]:
    """Writes `system` to `folder`; the command line writes `folder`/generated from it."""
    file = folder / "services.yaml"
    YAML(typ="safe").dump(system, file)
    return [sys.executable, ROOT / "main.py", "--file", file, "--out", folder / "generated"]


def synthesise(system: dict[str, Any], folder: Path, *, as_hcl: bool = False) -> Path:
    """The folder of the generated tree; in HCL as `cdktf synth --hcl` asks for it."""
    environment = os.environ | {"SYNTH_HCL_OUTPUT": str(as_hcl).lower()}
    done = subprocess.run(command(system, folder), env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return folder / "generated"
