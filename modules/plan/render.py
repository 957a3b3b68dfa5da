"""The page as text for a terminal, and as Markdown for a pull request."""

import re
import textwrap
from collections.abc import Iterator

from modules.plan.page import AT_RISK, MOST_LINES, Page, Section

WIDTH = 110


def text(page: Page) -> str:
    """For a terminal."""
    return "\n".join([*_wrapped(page.headline, ""), *(line for one in page.sections for line in _section(one))])


def _section(section: Section) -> Iterator[str]:
    yield ""
    yield section.heading
    for line in _bounded(section.lines):
        yield from _wrapped(line.replace("`", ""), "  ")


def _wrapped(line: str, indent: str) -> list[str]:
    return textwrap.wrap(
        line,
        WIDTH,
        initial_indent=indent,
        subsequent_indent=f"{indent}  ",
        break_long_words=False,
        break_on_hyphens=False,
    )


def markdown(page: Page) -> str:
    """For a comment on a pull request."""
    mark = "**Data at risk.** " if page.code == AT_RISK else ""
    parts = [f"{mark}{page.headline}"]
    for section in page.sections:
        lines = [f"- {_escaped(line)}" for line in _bounded(section.lines)]
        parts.append("\n".join([f"### {section.heading}", "", *lines]))
    return "\n\n".join(parts)


def _escaped(line: str) -> str:
    """Outside of code, what a name may hold and Markdown would read."""
    pieces = re.split(r"(`[^`]*`)", line)
    return "".join(one if one.startswith("`") else re.sub(r"([\\*_<>\[\]|#])", r"\\\1", one) for one in pieces)


def _bounded(lines: list[str]) -> Iterator[str]:
    yield from lines[:MOST_LINES]
    if len(lines) > MOST_LINES:
        yield f"and {len(lines) - MOST_LINES} more: --json lists all"
