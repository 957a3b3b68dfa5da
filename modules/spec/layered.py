"""A document of two layers: the values of the base, and an environment's own in their place."""

from dataclasses import dataclass, field, replace
from typing import Any

from modules.spec.document import Document
from modules.spec.problem import Path, Problem


@dataclass
class Layered(Document):
    """The values of an environment. A place is the environment's own where it says as much of it as the base does."""

    base: Document = field(default_factory=lambda: Document(""))
    own: Document = field(default_factory=lambda: Document(""))
    prefix: Path = ()
    """Where the environment's own values are in its file."""

    def is_own(self, path: Path) -> bool:
        """Whether what counts at this place is written for the environment."""
        own = depth(self.own.values, path)
        return own > 0 and own >= depth(self.base.values, path)

    def place(self, path: Path) -> Path:
        """Likewise, of either layer."""
        return (*self.prefix, *self.own.place(path)) if self.is_own(path) else self.base.place(path)

    def line(self, path: Path) -> int:
        """Likewise, of either layer."""
        return self._layer(path).line(path)

    def has(self, path: Path) -> bool:
        """Likewise, of either layer."""
        return self._layer(path).has(path)

    def text(self, path: Path) -> str | None:
        """Likewise, of either layer."""
        return self._layer(path).text(path)

    def file(self, path: Path) -> str:
        """Likewise, of either layer."""
        return self._layer(path).name

    def _layer(self, path: Path) -> Document:
        return self.own if self.is_own(path) else self.base


def problem_in_file(problem: Problem, document: Layered, environment: str) -> Problem:
    """A problem of an environment, as one of the file that has the place."""
    place, file = document.place(problem.path), document.file(problem.path)
    what = problem.what
    if not document.is_own(problem.path):
        what = f"In the environment {environment}: {what}"
    also = tuple(document.place(path) for path in problem.also if document.has(path) and document.file(path) == file)
    is_first = file == document.name
    edit = problem.edit
    # A value of the base is right for the base: what is to be written is the environment's.
    is_one_edit = edit and is_first and document.is_own(edit.path) and document.has(edit.path)
    return replace(
        problem,
        path=place,
        what=what,
        also=also if is_first else (),
        line=problem.line or document.line(problem.path),
        edit=replace(edit, path=document.place(edit.path)) if edit and is_one_edit else None,
        file=None if is_first else file,
    )


def depth(values: Any, path: Path) -> int:
    """How many parts of a path are there."""
    for depth, part in enumerate(path):
        if isinstance(values, dict) and part in values:
            values = values[str(part)]
        elif isinstance(values, tuple) and isinstance(part, int) and part < len(values):
            values = values[part]
        else:
            return depth
    return len(path)
