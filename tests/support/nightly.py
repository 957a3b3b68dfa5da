"""`python -m tests.support.nightly [N/M]` runs a part of the nightly tier and records it in docs/nightly.md."""

import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from modules.paths import ROOT

RECORD = Path("docs/nightly.md")
HEAD = """\
# Runs of the nightly tier

The last run of each part, written by `make nightly` (see [testing.md](testing.md)).

| part | commit | date | passed | failed | skipped | minutes |
|---|---|---|---|---|---|---|
"""


class Counts:
    """A pytest plugin that keeps how many tests ended how."""

    def __init__(self) -> None:
        self.passed = self.failed = self.skipped = 0

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        number = {name: len(reports) for name, reports in terminalreporter.stats.items()}
        self.passed = number.get("passed", 0)
        self.failed = number.get("failed", 0) + number.get("error", 0)
        self.skipped = number.get("skipped", 0)


def row(part: str, counts: Counts, minutes: float) -> str:
    cells = [part, _commit(), f"{datetime.now(UTC):%Y-%m-%d}", counts.passed, counts.failed, counts.skipped]
    return f"| {' | '.join(str(cell) for cell in cells)} | {minutes:.1f} |"


def recorded(text: str, new: str) -> str:
    """The record with `new` for the row of its part; rows of another number of parts are no longer true."""
    part = new.split("|")[1].strip()
    rows = {line.split("|")[1].strip(): line for line in text.removeprefix(HEAD).splitlines() if line.startswith("| ")}
    rows[part] = new
    of = part.split("/")[1]
    kept = sorted((int(key.split("/")[0]), line) for key, line in rows.items() if key.split("/")[-1] == of)
    return HEAD + "".join(f"{line}\n" for _, line in kept)


def _commit() -> str:
    def git(*arguments: str) -> str:
        return subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()

    changed = git("status", "--porcelain", "--untracked-files=no", "--", ".", f":!{RECORD}")
    return git("rev-parse", "--short", "HEAD") + (" and changes" if changed else "")


def main(part: str = "1/1") -> int:
    """Returns pytest's exit code."""
    counts = Counts()
    started = time.monotonic()
    code = pytest.main(["--nightly", "--part", part], plugins=[counts])
    if code in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
        file = ROOT / RECORD
        new = row(part, counts, (time.monotonic() - started) / 60)
        file.write_text(recorded(file.read_text() if file.exists() else HEAD, new))
        print(f"Recorded in {RECORD}: {new}", file=sys.stderr)
    return int(code)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
