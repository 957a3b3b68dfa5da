"""The fenced blocks of README.md and docs/: what language they are in, and why one is not run."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from modules.paths import ROOT

FENCE = re.compile(r"^(?P<indent> *)```(?P<language>\w*)\n(?P<text>.*?)^(?P=indent)```$", re.MULTILINE | re.DOTALL)
NOT_RUN = re.compile(r"<!-- not run: (\S.+) -->\n\Z")
MADE_BY = re.compile(r"<!-- made by: (\S+) -->\n\Z")  # a test, which compares it
SHELL = "console"
LANGUAGES = (SHELL, "yaml", "json", "text")


@dataclass(frozen=True)
class Block:
    page: Path
    line: int
    language: str
    text: str
    reason: str | None
    """Why it is not run; None where it is, or where a test makes it."""

    made_by: str | None = None
    """The file of that test."""

    @property
    def is_run(self) -> bool:
        return self.reason is None and self.made_by is None

    @property
    def place(self) -> str:
        return f"{self.page.relative_to(ROOT)}:{self.line}"


@cache
def pages() -> tuple[Path, ...]:
    return (ROOT / "README.md", *sorted(ROOT.glob("docs/**/*.md")))


@cache
def blocks() -> tuple[Block, ...]:
    """All of them, in the order of the pages."""
    return tuple(block for page in pages() for block in _in(page, page.read_text(encoding="utf-8")))


def _in(page: Path, text: str) -> list[Block]:
    found = []
    for fence in FENCE.finditer(text):
        before = text[: fence.start()]
        reason, made_by = NOT_RUN.search(before), MADE_BY.search(before)
        indent = len(fence["indent"])
        inner = "".join(line[indent:] for line in fence["text"].splitlines(keepends=True))
        line = before.count("\n") + 1
        found.append(Block(page, line, fence["language"], inner, reason and reason[1], made_by and made_by[1]))
    return found


def fences(text: str) -> int:
    """Of whatever kind, so that none is overlooked."""
    return len(re.findall(r"^\s*(?:```|~~~)", text, re.MULTILINE))


def counted() -> str:
    """How many blocks of each language run, and how many do not: for docs/testing.md."""
    run = {language: sum(one.language == language and one.is_run for one in blocks()) for language in LANGUAGES}
    kinds = ", ".join(f"{number} {language}" for language, number in run.items() if number)
    made, left = (sum(getattr(one, of) is not None for one in blocks()) for of in ("made_by", "reason"))
    return f"{sum(run.values())} blocks run ({kinds}), {made} are made by tests, and {left} carry a reason why not."


@dataclass(frozen=True)
class Command:
    """A line after `$`, and the lines of output that follow."""

    line: str
    output: tuple[str, ...]


def commands(text: str) -> list[Command]:
    """Of a console block. A line that ends in a backslash goes on in the next."""
    parts = re.split(r"^\$ ", text.replace("\\\n", ""), flags=re.MULTILINE)
    assert not parts[0].strip(), "A console block begins with `$ `."
    return [
        Command(first, tuple(line for line in rest if line.strip()))
        for first, *rest in (part.splitlines() for part in parts[1:])
    ]


def pattern(line: str) -> str:
    """A line of output as a regular expression: `…` stands for anything."""
    return ".*".join(map(re.escape, line.strip().split("…")))
