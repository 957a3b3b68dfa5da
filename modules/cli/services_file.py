"""How every command reads services.yaml: problems go to stderr, and with a mistake nothing is done."""

import argparse
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from modules import terminal
from modules.checks.check import Checked, check
from modules.cli.reported import Reported, say_mistake
from modules.deploy import environments
from modules.paths import ROOT
from modules.spec.model import Spec
from modules.spec.problem import Problem, render_path

_LIKEWISE = 3  # places of a kind of warning that are named after the first


def add_file_option(parser: argparse.ArgumentParser) -> None:
    """Adds `--file`."""
    parser.add_argument(
        "--file", type=Path, default=ROOT / "services.yaml", help="what to read (default: services.yaml)"
    )


def add_environment_option(parser: argparse.ArgumentParser) -> None:
    """Adds `--env`."""
    parser.add_argument("--env", metavar="ENVIRONMENT", help="one of `environments:` (default: the file itself, base)")


def load(file: Path, reported: Reported | None = None, environment: str | None = None) -> Spec | None:
    """The checked spec of an environment; None where the file has a mistake.

    Says mistakes and warnings, and adds them to `reported`. Raises CommandError where there is no such environment.
    """
    checked = load_checked(file, reported)
    return environments.named(checked, environment) if checked.spec else None


def load_checked(
    file: Path, reported: Reported | None = None, settle: Callable[[Checked], bool] | None = None
) -> Checked:
    """Likewise, with the places in the file; `settle` is asked whether it has mended the mistakes in the file."""
    checked = check(file, datetime.now(UTC).date())
    if checked.mistakes and settle and settle(checked):
        checked = check(file, datetime.now(UTC).date())
    if reported:
        reported.checked(checked)
    say_problems(checked)
    if checked.unlisted:
        terminal.say(f"{checked.unlisted} more are not listed: fix these first, and run this again.")
    if checked.spec is None:
        terminal.say(
            f"{count(len(checked.mistakes) + checked.unlisted, 'mistake')} in {file.name}; nothing was changed."
        )
    for line in warning_lines(checked):
        terminal.say(line)
    return checked


def say_problems(checked: Checked) -> None:
    """Says each mistake, and each kind of warning once, with the other places of that kind on one line."""
    for mistake in checked.mistakes:
        say_mistake(checked.render(mistake))
    for warning in warnings(checked):
        terminal.say_problem(warning)


def warnings(checked: Checked) -> list[str]:
    """Text of each kind of warning."""
    found = []
    for alike in _by_kind(checked.warnings):
        others = f"\n  {_likewise(checked, alike[1:])}" if alike[1:] else ""
        found.append(f"{checked.render(alike[0])}{others}")
    return found


def warning_lines(checked: Checked) -> list[str]:
    """What is said after the warnings, if there are any."""
    if checked.spec is None or not checked.warnings:
        return []
    return [f"{count(len(checked.warnings), 'warning')}; list a code under `accept:` once you have dealt with it."]


def _by_kind(warnings: Sequence[Problem]) -> Iterator[list[Problem]]:
    kinds: dict[str | None, list[Problem]] = {}
    for warning in warnings:
        kinds.setdefault(warning.code, []).append(warning)
    yield from kinds.values()


def _likewise(checked: Checked, others: Sequence[Problem]) -> str:
    places = [_place(checked, one) for one in others[:_LIKEWISE]]
    more = len(others) - _LIKEWISE
    words = ", ".join([*places, *([f"{more} more"] if more > 0 else [])])
    return f"Likewise: {words}. JSON=1 prints each in full."


def _place(checked: Checked, problem: Problem) -> str:
    file = f"{problem.file} " if problem.file else ""
    return f"{render_path(checked.document.place(problem.path))} ({file}line {checked.line(problem)})"


def count(number: int, noun: str) -> str:
    """`1 file`, `2 files`."""
    return f"{number} {noun}{'' if number == 1 else 's'}"
