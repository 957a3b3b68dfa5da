"""checkov on Terraform's JSON, on plans, and on rendered charts, with guards: where it can't read a file it ends well.

A `moved` block, `required_version`, or JSON that it does not expect is a parse error for it: no checks, exit code 0.
"""

import json
import os
import subprocess
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from modules.gate.finding import Finding
from modules.paths import ROOT
from tests.support.security.scan import NothingChecked, Scan
from tests.support.tool_missing import ToolMissing

PYTHON = Path(os.environ.get("SECURITY_PYTHON") or ROOT / ".venv-security" / "bin" / "python")
STACK = "cdk.tf.json"
# Files of a stack that checkov can't parse may hold these alone, which make nothing.
TRANSITIONS = {"moved", "removed", "import"}
SECONDS = 600


def of_stacks(stacks: Mapping[str, Path]) -> Scan:
    """The JSON of stacks by name; a name may have a folder before it, such as that of an example."""
    files = {}
    for name, folder in stacks.items():
        files[f"{name}/{STACK}"] = (folder / STACK).read_bytes()
        for other in set(folder.glob("*.tf.json")) - {folder / STACK}:
            if unread := set(json.loads(other.read_text(encoding="utf-8"))) - TRANSITIONS:
                raise NothingChecked(f"{other} has {', '.join(sorted(unread))}, which checkov would not read.")
    return _scan("terraform_json", "JSON", files, {name: f"{name}/{STACK}" for name in stacks})


def of_plans(plans: Mapping[str, str]) -> Scan:
    """What `terraform show -json` says of a saved plan, by stack."""
    files = {f"{stack}/tfplan.json": text.encode() for stack, text in plans.items()}
    return _scan("terraform_plan", "plans", files, {stack: f"{stack}/tfplan.json" for stack in plans})


def of_charts(objects: Mapping[str, str]) -> Scan:
    """Kubernetes objects in YAML, by the release that brings them."""
    files = {f"{release}/objects.yaml": text.encode() for release, text in objects.items()}
    return _scan("kubernetes", "charts", files, {release: f"{release}/objects.yaml" for release in objects})


def _scan(framework: str, mode: str, files: Mapping[str, bytes], expected: Mapping[str, str]) -> Scan:
    with TemporaryDirectory() as folder:
        for path, content in files.items():
            Path(folder, path).parent.mkdir(parents=True, exist_ok=True)
            Path(folder, path).write_bytes(content)
        result = _run(framework, Path(folder))
    passed, failed = result["results"]["passed_checks"], result["results"]["failed_checks"]
    if unread := result["results"]["parsing_errors"]:
        raise NothingChecked(f"checkov ({mode}) could not parse {', '.join(unread)}.")
    made = Counter(one["file_path"].lstrip("/") for one in (*passed, *failed))
    if silent := [name for name, path in expected.items() if not made[path]]:
        raise NothingChecked(f"checkov ({mode}) made no check in {', '.join(silent)}.")
    names = {path: name for name, path in expected.items()}
    findings = (
        Finding("checkov", one["check_id"], f"{names[one['file_path'].lstrip('/')]} {_place(one)}", one["check_name"])
        for one in failed
    )
    return Scan("checkov", mode, len(passed) + len(failed), tuple(sorted(findings)))


def _place(failed: Mapping[str, Any]) -> str:
    """The resource; of JSON, checkov's older checks know its name alone, and say `resource.` before it."""
    return str(failed.get("resource_address") or failed["resource"])


def _run(framework: str, folder: Path) -> dict[str, Any]:
    if not PYTHON.exists():
        raise ToolMissing("checkov is not installed: run `make security`, or name its Python in SECURITY_PYTHON")
    options = [f"--directory={folder}", f"--framework={framework}", "--skip-download", "--compact", "--output=json"]
    command: list[str | Path] = [PYTHON, "-W", "ignore", "-m", "checkov.main", *options]
    # Its own configuration, a proxy's or a token's would change what it does.
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "LOG_LEVEL": "ERROR"}
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=SECONDS, check=False
    )
    try:
        result = json.loads(done.stdout)
    except ValueError:
        raise NothingChecked(
            f"checkov ended with {done.returncode} and no JSON:\n{done.stdout[-2000:]}{done.stderr[-2000:]}"
        ) from None
    if not isinstance(result, dict) or "results" not in result:  # so it is where nothing was to check
        raise NothingChecked(f"checkov ({framework}) made no check at all: {done.stdout[:200]}")
    return result


def stacks_of(generated: Path) -> dict[str, Path]:
    """The stacks of a generated tree that make anything in AWS, by name."""
    return {file.parent.name: file.parent for file in sorted(generated.glob(f"stacks/*/{STACK}")) if _makes(file)}


def _makes(file: Path) -> bool:
    resources = json.loads(file.read_text(encoding="utf-8")).get("resource", {})
    return any(kind.startswith("aws_") for kind in resources)
