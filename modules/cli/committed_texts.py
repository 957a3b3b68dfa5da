"""Texts that a command writes beside generated/, and that are committed: which differ, and writing those."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from modules.errors import CommandError


def differing(texts: Mapping[Path, str]) -> list[Path]:
    """The files that do not hold their text; one that can't be read differs."""
    return [file for file, text in texts.items() if _content(file) != text.encode()]


def write(texts: Mapping[Path, str], files: Iterable[Path], next_step: str) -> None:
    """Gives these files their texts. Raises CommandError, with this next step, where that can't be."""
    for file in files:
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(texts[file], encoding="utf-8")
        except OSError as problem:
            raise CommandError(str(file), f"It can't be written: {problem.strerror}.", next_step) from None


def _content(file: Path) -> bytes | None:
    try:
        return file.read_bytes()
    except OSError:
        return None
