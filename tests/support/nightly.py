"""`python -m tests.support.nightly [N/M]` runs a part of the nightly tier and records it in docs/nightly.md.

`python -m tests.support.nightly tests/page/test_drawio.py` runs what one file has of it, such as a new one.
"""

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
    """The record with `new` for the row of its part or file; rows of another number of parts are no longer true."""
    rows = {_part(line): line for line in text.removeprefix(HEAD).splitlines() if line.startswith("| ")}
    rows[_part(new)] = new
    of = {_part(new).split("/")[-1]} if not _is_file(_part(new)) else {part.split("/")[-1] for part in rows}
    numbered = sorted(
        (int(part.split("/")[0]), line)
        for part, line in rows.items()
        if not _is_file(part) and part.split("/")[1] in of
    )
    files = sorted((part, line) for part, line in rows.items() if _is_file(part))
    return HEAD + "".join(f"{line}\n" for _, line in (*numbered, *files))


def _part(line: str) -> str:
    return line.split("|")[1].strip()


def _is_file(part: str) -> bool:
    return part.endswith(".py")


def _commit() -> str:
    def git(*arguments: str) -> str:
        return subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()

    changed = git("status", "--porcelain", "--untracked-files=no", "--", ".", f":!{RECORD}")
    return git("rev-parse", "--short", "HEAD") + (" and changes" if changed else "")


def main(part: str = "1/1") -> int:
    """Returns pytest's exit code."""
    counts = Counts()
    started = time.monotonic()
    code = pytest.main(["--nightly", *([part] if _is_file(part) else ["--part", part])], plugins=[counts])
    if code in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
        file = ROOT / RECORD
        new = row(part, counts, (time.monotonic() - started) / 60)
        file.write_text(recorded(file.read_text() if file.exists() else HEAD, new))
        print(f"Recorded in {RECORD}: {new}", file=sys.stderr)
    return int(code)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
