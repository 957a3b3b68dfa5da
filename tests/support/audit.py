"""`make audit`: asks the advisory databases of PyPI and npm about every locked package.

Exit code 1: an advisory, or a database that could not be asked, which is said.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from modules.paths import ROOT

LOCKS = tuple(sorted(file.name for file in ROOT.glob("requirements*.lock")))
NPM_LOCKS = (
    "package-lock.json",
    "benchmarks/peers/package-lock.json",
    "tests/support/embedded_postgresql/package-lock.json",
    "tests/support/iam_simulate/package-lock.json",
)
SECONDS = 600
_BIN = Path(os.environ.get("LINT_PYTHON") or ROOT / ".venv-lint" / "bin" / "python").parent
Json = dict[str, Any]


class NotAsked(Exception):
    """The database gave no answer; the message is its program's own."""


class Advisory(NamedTuple):
    """`fixed`: the versions without the fault, as the database says it."""

    package: str
    id: str
    fixed: str


def python(lock: str) -> list[Advisory]:
    """Of the packages of a lock file. Raises NotAsked."""
    options = ["--no-deps", "--disable-pip", "--format=json", "--progress-spinner=off"]
    command: list[Path | str] = [_BIN / "pip-audit", "--requirement", lock, *options]
    return list(_of_python(_answer(command, "dependencies")))


def npm(lock: str) -> list[Advisory]:
    """Of the packages of a package-lock.json. Raises NotAsked."""
    command: list[Path | str] = [ROOT / ".venv" / "bin" / "npm", "audit", "--json", "--package-lock-only"]
    return list(_of_npm(_answer(command, "vulnerabilities", (ROOT / lock).parent)))


def _of_python(found: Json) -> Iterator[Advisory]:
    for package in found["dependencies"]:
        if reason := package.get("skip_reason"):  # where PyPI does not know it, pip-audit goes on, and ends with 0
            raise NotAsked(reason)
        for one in package.get("vulns", []):
            fixed = ", ".join(one.get("fix_versions", []))
            yield Advisory(f"{package['name']} {package['version']}", one["id"], fixed)


def _of_npm(found: Json) -> Iterator[Advisory]:
    for name, package in found["vulnerabilities"].items():
        for one in package["via"]:
            if isinstance(one, dict):  # else it is that of another package, which is listed itself
                yield Advisory(
                    f"{name} {package['range']}", one["url"].rpartition("/")[2], str(package["fixAvailable"])
                )


def _answer(command: Sequence[Path | str], key: str, folder: Path = ROOT) -> Json:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=SECONDS, check=False)
    try:
        found: Json = json.loads(done.stdout)
    except ValueError:
        found = {}
    if key not in found:
        lines = (done.stderr or done.stdout).strip().splitlines()
        raise NotAsked(lines[0][:300] if lines else f"exit code {done.returncode}")
    return found


def report(databases: Mapping[str, Callable[[], list[Advisory]]]) -> int:
    """Prints a line for each advisory and each database; returns the exit code."""
    failed = False
    for name, ask in databases.items():
        try:
            found = ask()
        except (NotAsked, OSError, subprocess.TimeoutExpired) as reason:
            print(f"{name}: not asked, so nothing is known: {reason}")
            print("Is there a network, and does it reach the database? Run make audit again where it does.")
            failed = True
            continue
        print(f"{name}: {len(found)} advisories")
        for one in found:
            print(f"  {one.package}: {one.id}, fixed in {one.fixed or 'no version yet'}")
        failed |= bool(found)
    return int(failed)


if __name__ == "__main__":
    asked = {lock: partial(python, lock) for lock in LOCKS} | {lock: partial(npm, lock) for lock in NPM_LOCKS}
    sys.exit(report(asked))
