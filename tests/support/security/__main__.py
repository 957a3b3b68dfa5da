"""`make security`: every scanner on generated/ and on the repository's files.

Exit code 1 is a finding that nobody accepts, or a scanner that read nothing.
"""

import argparse
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from modules.gate.accepted import left
from modules.paths import ROOT
from tests.support.go_tools.build import BuildFailed
from tests.support.security import leaks, scans, users_rules
from tests.support.security.scan import NothingChecked, Scan
from tests.support.security.users_rules import RulesRefused
from tests.support.tool_missing import ToolMissing


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.support.security", description=__doc__)
    parser.add_argument("--file", type=Path, default=ROOT / "services.yaml", help="the system; default: services.yaml")
    parser.add_argument("--out", type=Path, default=ROOT / "generated", help="what was made of it; default: generated")
    parser.add_argument(
        "--plan",
        type=Path,
        action="append",
        default=[],
        help="what `terraform show -json` says of a plan, for your rules",
    )
    options = parser.parse_args()
    system = scans.declared(options.file)
    print(f"{'tool':12}{'reads':12}{'checks':>8}{'found':>8}{'accepted':>10}{'failed':>8}")
    try:
        failed = [line for scan in _scans(options) for line in _reported(scan, system)]
    except (BuildFailed, NothingChecked, RulesRefused, ToolMissing) as reason:
        print(reason, file=sys.stderr)
        return 1
    for line in failed:
        print(line, file=sys.stderr)
    return bool(failed)


def _scans(options: argparse.Namespace) -> Iterator[Scan]:
    yield from users_rules.scans(options.file.parent, options.out, {file.stem: file for file in options.plan})
    yield from scans.of_generated({"": options.out})
    yield leaks.of_files(ROOT, leaks.tracked(ROOT))


def _reported(scan: Scan, system: Mapping[str, Any]) -> list[str]:
    """Prints a line of numbers; a line for each finding that nobody accepts."""
    found, failed = len(scan.findings), left(scan.findings, system)
    numbers = f"{scan.checked:8}{found:8}{found - len(failed):10}{len(failed):8}"
    print(f"{scan.tool:12}{scan.mode:12}{numbers}", flush=True)
    for tool, check, place, said in scan.warnings:
        print(f"warning: {tool} {check} in {place}: {said}", file=sys.stderr)
    return [f"{tool} {check} in {place}: {said}" for tool, check, place, said in failed]


if __name__ == "__main__":
    sys.exit(main())
