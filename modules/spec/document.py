"""A YAML file as plain values, with the line and the source text of each of them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from modules.spec.problem import Path, Problem

Reader = Callable[[str], bytes]
"""Content of a file by its path beside services.yaml; raises OSError where it can't be read."""


@dataclass
class Document:
    """Values of a YAML file: mappings as dicts, sequences as tuples; with the line (from 1) and source text of each."""

    name: str
    values: dict[str, Any] = field(default_factory=dict)
    lines: dict[Path, int] = field(default_factory=dict)
    texts: dict[Path, str] = field(default_factory=dict)
    moved: dict[Path, Path] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    reader: Reader | None = None
    """Reads the files that it names."""
    digest: str = ""
    """SHA-256 of the file, in hexadecimal."""
    environment: str | None = None
    """Whose values they are; None for the base."""

    def place(self, path: Path) -> Path:
        """The place in the file for a place in the model: `aws.sqs` may be the second item of a list."""
        return (*self.moved.get(path[:4], path[:4]), *path[4:])

    def has(self, path: Path) -> bool:
        """Whether the file has this place of the model."""
        return self.place(path) in self.lines

    def text(self, path: Path) -> str | None:
        """Source text of a scalar; None where the file has none."""
        return self.texts.get(self.place(path))

    def file(self, path: Path) -> str:
        """Name of the file that has a place."""
        return self.name

    def line(self, path: Path) -> int:
        """Line of a place, or of the nearest enclosing place that is in the file."""
        path = self.place(path)
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)
