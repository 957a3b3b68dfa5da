"""How every command reads services.yaml: problems go to stderr, and with a mistake nothing is done."""

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path

from modules.checks.check import Checked, check
from modules.paths import ROOT
from modules.spec.model import Spec


def add_file_option(parser: argparse.ArgumentParser) -> None:
    """Adds `--file`."""
    parser.add_argument(
        "--file", type=Path, default=ROOT / "services.yaml", help="what to read (default: services.yaml)"
    )


def load(file: Path) -> Spec | None:
    """The checked spec; None where the file has a mistake. Prints mistakes and warnings to stderr."""
    return load_checked(file).spec


def load_checked(file: Path) -> Checked:
    """Likewise, with the places in the file."""
    checked = check(file, datetime.now(UTC).date())
    for problem in (*checked.mistakes, *checked.warnings):
        print(checked.render(problem), file=sys.stderr)
    if checked.unlisted:
        print(f"{checked.unlisted} more are not listed: fix these first, and run this again.", file=sys.stderr)
    if checked.spec is None:
        print(
            f"{count(len(checked.mistakes) + checked.unlisted, 'mistake')} in {file.name}; nothing was changed.",
            file=sys.stderr,
        )
    elif checked.warnings:
        print(
            f"{count(len(checked.warnings), 'warning')}; list a code under `accept:` once you have dealt with it.",
            file=sys.stderr,
        )
    return checked


def count(number: int, noun: str) -> str:
    """`1 file`, `2 files`."""
    return f"{number} {noun}{'' if number == 1 else 's'}"
