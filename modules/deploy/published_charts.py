"""Puts a chart that others publish into a folder, by its digest."""

import urllib.request
import uuid
from hashlib import sha256
from pathlib import Path
from urllib.error import HTTPError

from modules.errors import CommandError
from modules.facts.charts import Chart

MAX_BYTES = 8 * 1024 * 1024  # the largest has 0.2 MB
SECONDS = 60  # without an answer


def fetch(chart: Chart, folder: Path) -> bool:
    """True where it was downloaded, False where `folder` has it.

    Raises CommandError where it can't be had, or has another digest; nothing is written then.
    """
    file = folder / chart.file
    try:
        if file.exists():
            _expect(chart, str(file), file.read_bytes(), f"Remove {file}, and run this again.")
            return False
        data = _downloaded(chart, file)
        _expect(
            chart,
            chart.archive,
            data,
            "Run this again. If it stays, do not use it: a proxy changes it, or what is published has changed.",
        )
        folder.mkdir(parents=True, exist_ok=True)
        part = folder / f".{chart.file}.{uuid.uuid4().hex}"
        try:
            part.write_bytes(data)
            part.replace(file)
        finally:
            part.unlink(missing_ok=True)
    except OSError as problem:
        raise CommandError(str(file), f"It can't be read or written: {problem}.", "Name another folder.") from None
    return True


def _downloaded(chart: Chart, file: Path) -> bytes:
    try:
        with urllib.request.urlopen(chart.archive, timeout=SECONDS) as answer:
            data: bytes = answer.read(MAX_BYTES + 1)
            return data
    except OSError as problem:
        if isinstance(problem, HTTPError):
            problem.close()
        step = f"Put it there from a machine that reaches it: curl -fsSL --create-dirs -o {file} {chart.archive}"
        raise CommandError(chart.archive, f"It can't be read: {problem}.", step) from None


def _expect(chart: Chart, where: str, data: bytes, step: str) -> None:
    if (found := sha256(data).hexdigest()) != chart.sha256:
        raise CommandError(where, f"Its SHA-256 is {found}, and that of {chart.file} is {chart.sha256}.", step)
