"""From a file to a spec that is safe to build from, or to all mistakes in it."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice
from pathlib import Path as File

from modules.checks.rules import RULES
from modules.checks.warnings import WARNINGS
from modules.spec.document import Document, read
from modules.spec.model import Spec
from modules.spec.parse import MOST, parse
from modules.spec.problem import Path, Problem, render_path
from modules.spec.text_file import Reader


@dataclass(frozen=True)
class Checked:
    """The result for a file: the spec where there is no mistake, and the warnings that are not accepted."""

    document: Document
    spec: Spec | None
    mistakes: list[Problem]
    warnings: list[Problem]
    unlisted: int = 0  # mistakes beyond the first MOST

    def render(self, problem: Problem) -> str:
        """A problem as it is printed: where, what, next step."""
        what = problem.what if problem.code is None else f"warning [{problem.code}]: {problem.what}"
        if others := self.other_lines(problem):
            what += f" (see line {', '.join(map(str, others))})"
        return "\n  ".join(_printable(text) for text in (self.where(problem), what, problem.next_step))

    def where(self, problem: Problem) -> str:
        """File, line and YAML path: `services.yaml:17 services.order-service.aws[1]`."""
        path = render_path(self.document.place(problem.path))
        return _printable(f"{self.document.name}:{self.line(problem)} {path}".rstrip())

    def line(self, problem: Problem) -> int:
        """Where the problem is, from 1."""
        return problem.line or self.document.line(problem.path)

    def other_lines(self, problem: Problem) -> list[int]:
        """Of the further places that take part in the problem."""
        lines = {self.document.line(path) for path in problem.also if self.document.place(path) in self.document.lines}
        return sorted(lines - {self.line(problem)})


def check(file: File, today: date, reader: Reader | None = None) -> Checked:
    """Reads `file` and checks it as of `today`; has no side effects.

    `reader` reads the files that it names; without it, they are beside it.
    """
    document = read(file, reader)
    if document.problems and not document.values:
        return _refused(document, document.problems)
    spec, problems = parse(document)
    broken = {place for problem in (*document.problems, *problems) for place in problem.places} - {()}
    found = [problem for rule in RULES for problem in islice(rule(spec), MOST + 1)]
    mistakes = [
        *document.problems,
        *problems,
        *(problem for problem in found if not _is_consequence_of(problem, broken)),
    ]
    mistakes.sort(key=lambda problem: problem.line or document.line(problem.path))
    if mistakes:
        return _refused(document, mistakes)
    warnings = [
        replace(problem, code=code)
        for code, warn in WARNINGS.items()
        if code not in spec.accept
        for problem in warn(spec, today)
    ]
    return Checked(document, spec, [], warnings)


def _printable(text: str) -> str:
    """The text on one line, whatever was typed into the file."""
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)


def _is_consequence_of(problem: Problem, broken: Collection[Path]) -> bool:
    """Whether a rule's problem is only a consequence of a value that did not fit the model and was left out."""
    return any(place[:length] in broken for place in problem.places for length in range(1, len(place) + 1))


def _refused(document: Document, mistakes: list[Problem]) -> Checked:
    return Checked(document, None, mistakes[:MOST], [], unlisted=len(mistakes) - len(mistakes[:MOST]))
