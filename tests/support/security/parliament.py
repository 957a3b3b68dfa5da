"""parliament on every policy: it knows IAM's actions, and the resource types and condition keys of each."""

import json
import os
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path

from modules.gate.finding import Finding
from modules.paths import ROOT
from tests.support.security.scan import NothingChecked, Scan
from tests.support.tool_missing import ToolMissing

PYTHON = Path(os.environ.get("LINT_PYTHON") or ROOT / ".venv-lint" / "bin" / "python")
SCRIPT = "tests.support.policy_documents"
SECONDS = 300


def of_policies(systems: Mapping[str, Path]) -> Scan:
    """The policy documents of generated trees, by what comes before the names of their stacks."""
    if not PYTHON.exists():
        raise ToolMissing("parliament is not installed: run `make test`, or name its Python in LINT_PYTHON")
    policies, found = 0, []
    for prefix, generated in systems.items():
        said = _said(generated)
        policies += sum(not issue for issue, _, _ in said)
        found += [Finding("parliament", issue, f"{prefix}{place}", detail) for issue, place, detail in said if issue]
    return Scan("parliament", "policies", policies + len(found), tuple(sorted(found)))


def _said(generated: Path) -> Iterable[tuple[str, str, str]]:
    command: list[str | Path] = [PYTHON, "-W", "ignore", "-m", SCRIPT, generated.resolve()]
    done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False, cwd=ROOT)
    if done.returncode or done.stderr:
        raise NothingChecked(f"parliament could not read the policies of {generated}:\n{done.stderr[-2000:]}")
    return [(issue, place, detail) for issue, place, detail in json.loads(done.stdout)]
