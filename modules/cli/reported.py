"""What a command found, as `--json` prints it: one shape of problems and warnings for all commands."""

import argparse
import json
from dataclasses import asdict, dataclass, field
from typing import Any

from modules import terminal
from modules.checks.check import Checked
from modules.errors import CommandError
from modules.spec.problem import Edit, Problem

Entry = dict[str, Any]


@dataclass
class Reported:
    """Collected while a command runs; `data` has the keys of the command itself, docs/reference/json.md lists them."""

    problems: list[Entry] = field(default_factory=list)
    warnings: list[Entry] = field(default_factory=list)
    unlisted: int = 0
    data: dict[str, Any] = field(default_factory=dict)

    def checked(self, checked: Checked) -> None:
        """Adds the problems and warnings of a services.yaml."""
        self.problems += [of_problem(checked, one) for one in checked.mistakes]
        self.warnings += [of_problem(checked, one) for one in checked.warnings]
        self.unlisted += checked.unlisted

    def refused(self, error: CommandError) -> None:
        """Adds what stands in the way of the command."""
        self.problems.append(entry(error.where.strip(), error.what, error.next_step))

    def text(self, command: str, exit_code: int) -> str:
        """One JSON object."""
        found = {
            "command": command,
            "exit_code": exit_code,
            "problems": self.problems,
            "unlisted_problems": self.unlisted,
            "warnings": self.warnings,
            **self.data,
        }
        return json.dumps(found, indent=2, ensure_ascii=False)


def add_json_option(parser: argparse.ArgumentParser) -> None:
    """Adds `--json`; the command puts its own keys into `options.reported.data`."""
    parser.add_argument("--json", action="store_true", help="print one JSON object to stdout, and all else to stderr")


def entry(where: str, text: str, next_step: str, code: str | None = None) -> Entry:
    """A problem or warning that is about no place in services.yaml."""
    place: Entry = {"where": where, "file": None, "line": None, "path": None, "also_lines": []}
    return {**place, "code": code, "text": text, "next_step": next_step, "edit": None}


def of_problem(checked: Checked, problem: Problem) -> Entry:
    """A problem or warning in services.yaml."""
    return {
        **entry(checked.where(problem), problem.what, problem.next_step, problem.code),
        "file": problem.file or checked.document.name,
        "line": checked.line(problem),
        "path": list(checked.document.place(problem.path)),
        "also_lines": checked.other_lines(problem),
        "edit": _of_edit(checked, problem.edit) if problem.edit else None,
    }


def _of_edit(checked: Checked, edit: Edit) -> Entry:
    return {**asdict(edit), "path": list(checked.document.place(edit.path))}


def say_mistake(text: str) -> None:
    """A mistake in its usual lines, said to be one."""
    where, what, *rest = text.split("\n")
    terminal.say_problem("\n".join((where, f"  error: {what.strip()}", *rest)))
