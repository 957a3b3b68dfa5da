"""What checks the files of an engine: actionlint, zizmor, and the engines' schemas."""

import os
import subprocess
from collections.abc import Iterable
from pathlib import Path

from modules.paths import ROOT
from tests.support.go_tools import binary
from tests.support.tool_missing import ToolMissing

_BIN = Path(os.environ.get("LINT_PYTHON") or ROOT / ".venv-lint" / "bin" / "python").parent
ATLANTIS = Path(__file__).with_name("atlantis.schema.json")
"""Ours, of what https://www.runatlantis.io/docs/repo-level-atlantis-yaml says of the keys that we write."""
SECONDS = 120


def github(root: Path, *, own_runner: bool = False) -> list[str]:
    """What three checkers say of the workflows below `root`; empty where all is well.

    `own_runner`: they name runners of their owner, whose labels actionlint can't know, and which zizmor's strictest
    persona warns of.
    """
    files = sorted((root / ".github" / "workflows").glob("*.yml"))
    assert files, f"no workflows in {root}"
    unknown = ["-ignore", 'label ".+" is unknown'] if own_runner else []
    persona = "pedantic" if own_runner else "auditor"
    actionlint: list[str | Path] = [binary("actionlint"), "-no-color", "-oneline", *unknown, *files]
    zizmor: list[str | Path] = [
        _tool("zizmor"),
        "--offline",
        "--no-progress",
        "--color=never",
        "--persona",
        persona,
        *files,
    ]
    return [
        *_said(actionlint, root),
        *_said(zizmor, root),
        *_schema("vendor.github-workflows", files, root),
    ]


def gitlab(root: Path) -> list[str]:
    """What GitLab's schema says of `.gitlab-ci.yml`."""
    return _schema("vendor.gitlab-ci", [root / ".gitlab-ci.yml"], root)


def atlantis(root: Path) -> list[str]:
    """What our schema says of `atlantis.yaml`."""
    command: list[str | Path] = [_tool("check-jsonschema"), "--schemafile", ATLANTIS, root / "atlantis.yaml"]
    return _said(command, root)


def _schema(name: str, files: Iterable[Path], root: Path) -> list[str]:
    extra = ["--data-transform", "gitlab-ci"] if name.endswith("gitlab-ci") else []
    command: list[str | Path] = [_tool("check-jsonschema"), "--builtin-schema", name, *extra, *files]
    return _said(command, root)


def _said(command: list[str | Path], root: Path) -> list[str]:
    """The output where the exit code is not 0."""
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=SECONDS, check=False)
    return [f"{Path(command[0]).name}: {done.stdout}{done.stderr}"] if done.returncode else []


def _tool(name: str) -> Path:
    if not (found := _BIN / name).exists():
        raise ToolMissing(f"There is no {name} in {_BIN}: make .venv-lint/ready installs it")
    return found
