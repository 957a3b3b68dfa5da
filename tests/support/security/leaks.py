"""gitleaks on text files: what looks like a password, a token or a private key."""

import json
import re
import subprocess
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory

from modules.gate.finding import Finding
from tests.support.go_tools import binary
from tests.support.security.scan import NothingChecked, Scan

SECONDS = 300
LEAKS = 64  # exit code; any other but 0 is an error


def tracked(root: Path) -> list[Path]:
    """The files that git keeps or would keep, by their path in the repository."""
    command: list[str | Path] = ["git", "-C", root, "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout.split("\0")
    return [Path(name) for name in sorted({*names} - {""}) if (root / name).is_file()]


def of_files(root: Path, files: Iterable[Path]) -> Scan:
    """The files at these paths below `root`; no comment in them makes it look away."""
    with TemporaryDirectory() as place:
        copy, report = Path(place, "files"), Path(place, "report.json")
        contents = {file: (root / file).read_bytes() for file in files}
        for file, content in contents.items():
            (copy / file).parent.mkdir(parents=True, exist_ok=True)
            (copy / file).write_bytes(content)
        output = [
            "--report-format=json",
            f"--report-path={report}",
            f"--exit-code={LEAKS}",
            "--no-banner",
            "--no-color",
        ]
        command: list[str | Path] = [binary("gitleaks"), "dir", copy, "--redact", "--ignore-gitleaks-allow", *output]
        done = subprocess.run(command, cwd=place, capture_output=True, text=True, timeout=SECONDS, check=False)
        read = re.search(r"scanned ~(\d+) bytes", done.stderr)
        size = sum(map(len, contents.values()))
        # It leaves out pictures and the like.
        if done.returncode not in (0, LEAKS) or not read or int(read[1]) < size / 2:
            raise NothingChecked(f"gitleaks did not read {size} bytes of {root}:\n{done.stderr[-2000:]}")
        found = json.loads(report.read_text(encoding="utf-8"))
    findings = {
        Finding(
            "gitleaks", one["RuleID"], f"{Path(one['File']).relative_to(copy)} {one['StartLine']}", one["Description"]
        )
        for one in found
    }
    return Scan("gitleaks", "files", len(contents) + len(found), tuple(sorted(findings)))
