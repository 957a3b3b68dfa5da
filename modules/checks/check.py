"""From a file to a spec that is safe to build from, or to all mistakes in it."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import islice
from pathlib import Path as File

from modules.checks import environments
from modules.checks.environments import Whole
from modules.checks.rules import RULES
from modules.checks.warnings import WARNINGS
from modules.spec.document import Document, Reader
from modules.spec.environments import layered
from modules.spec.layered import Layered, problem_in_file
from modules.spec.model import Spec
from modules.spec.parse import MOST, parse
from modules.spec.problem import Path, Problem, render_path
from modules.spec.yaml_file import read


@dataclass(frozen=True)
class Checked:
    """The result for a file: the spec where there is no mistake, and the warnings that are not accepted."""

    document: Document
    spec: Spec | None
    mistakes: list[Problem]
    warnings: list[Problem]
    unlisted: int = 0  # mistakes beyond the first MOST
    further: Mapping[str, Spec] = field(default_factory=dict)
    """The environments besides the base, by name; `layers` has what each is read from."""
    layers: Mapping[str, Layered] = field(default_factory=dict)

    @property
    def specs(self) -> list[Spec]:
        """All environments, the base first; none where there is a mistake."""
        return [self.spec, *self.further.values()] if self.spec else []

    def in_file(self, problem: Problem, spec: Spec) -> Problem:
        """A problem at a place of an environment, as one of the file."""
        name = spec.names.environment
        return problem if name is None else problem_in_file(problem, self.layers[name], name)

    def render(self, problem: Problem) -> str:
        """A problem as it is printed: where, what, next step."""
        what = problem.what if problem.code is None else f"warning [{problem.code}]: {problem.what}"
        if others := self.other_lines(problem):
            what += f" (see line {', '.join(map(str, others))})"
        return "\n  ".join(_printable(text) for text in (self.where(problem), what, problem.next_step))

    def where(self, problem: Problem) -> str:
        """File, line and YAML path: `services.yaml:17 services.order-service.aws[1]`."""
        path = render_path(self.document.place(problem.path))
        return _printable(f"{problem.file or self.document.name}:{self.line(problem)} {path}".rstrip())

    def line(self, problem: Problem) -> int:
        """Where the problem is, from 1."""
        return problem.line or self.document.line(problem.path)

    def other_lines(self, problem: Problem) -> list[int]:
        """Of the further places that take part in the problem."""
        lines = {self.document.line(path) for path in problem.also if self.document.has(path)}
        return sorted(lines - {self.line(problem)})


def check(file: File, today: date, reader: Reader | None = None) -> Checked:
    """Reads `file` and checks it as of `today`, with each of its environments; has no side effects.

    `reader` reads the files that it names; without it, they are beside it.
    """
    document = read(file, reader)
    if document.problems and not document.values:
        return _refused(document, document.problems)
    layers, problems = layered(document) if not document.problems else ({}, [])
    spec, mistakes = _spec(document)
    said = {(document.place(one.path), one.what) for one in mistakes}
    further: dict[str, Spec] = {}
    for name, layer in layers.items():
        further[name], theirs = _spec(layer)
        problems += _not_said(theirs, layer, name, said)
    mistakes += problems
    whole = Whole(spec, further, layers)
    if not mistakes:
        mistakes += [problem for rule in environments.RULES for problem in rule(whole)]
    mistakes.sort(key=lambda problem: (problem.file or "", problem.line or document.line(problem.path)))
    if mistakes:
        return _refused(document, mistakes)
    warnings = list(_warnings(spec, today))
    said = {(document.place(one.path), one.what) for one in warnings}
    for name, one in further.items():
        warnings += _not_said(_warnings(one, today), layers[name], name, said)
    for code, warn in environments.WARNINGS.items():
        warnings += [replace(problem, code=code) for problem in warn(whole) if code not in spec.accept]
    return Checked(document, spec, [], warnings, further=further, layers=layers)


def _spec(document: Document) -> tuple[Spec, list[Problem]]:
    """The model of as much as fits, and all mistakes."""
    spec, problems = parse(document)
    broken = {place for problem in (*document.problems, *problems) for place in problem.places} - {()}
    found = [problem for rule in RULES for problem in islice(rule(spec), MOST + 1)]
    return spec, [*document.problems, *problems, *(one for one in found if not _is_consequence_of(one, broken))]


def _warnings(spec: Spec, today: date) -> Iterator[Problem]:
    for code, warn in WARNINGS.items():
        if code not in spec.accept:
            yield from (replace(problem, code=code) for problem in warn(spec, today) if not problem.is_accepted)


def _not_said(
    problems: Iterable[Problem], layer: Layered, environment: str, said: set[tuple[Path, str]]
) -> Iterator[Problem]:
    """Those of an environment that are not said already, of the base or of another one."""
    for problem in problems:
        if (key := (layer.place(problem.path), problem.what)) not in said:
            said.add(key)
            yield problem_in_file(problem, layer, environment)


def _printable(text: str) -> str:
    """The text on one line, whatever was typed into the file."""
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)


def _is_consequence_of(problem: Problem, broken: Collection[Path]) -> bool:
    """Whether a rule's problem is only a consequence of a value that did not fit the model and was left out."""
    return any(place[:length] in broken for place in problem.places for length in range(1, len(place) + 1))


def _refused(document: Document, mistakes: list[Problem]) -> Checked:
    return Checked(document, None, mistakes[:MOST], [], unlisted=len(mistakes) - len(mistakes[:MOST]))
