"""What is wrong with services.yaml: where, what, next step; a mistake that stops, or a warning to be accepted."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher

Path = tuple[str | int, ...]
_SHORT = 3  # one letter of so few counts for much


@dataclass(frozen=True)
class Problem:
    """One mistake (`code` is None) or warning; `also` names further places in the file that take part in it."""

    path: Path
    what: str
    next_step: str
    also: tuple[Path, ...] = ()
    code: str | None = None
    line: int | None = field(default=None, compare=False)

    @property
    def places(self) -> tuple[Path, ...]:
        """All places in the file that the problem speaks of."""
        return (self.path, *self.also)


def render_path(path: Path) -> str:
    """A path as people write it: `services.order-service.aws[1]`."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def did_you_mean(word: str, known: Sequence[str]) -> str:
    """The next step for a word that is not known: the nearest one, or all of them."""
    nearest = max(known, key=lambda one: _likeness(word, one), default="")
    least = 0.5 if len(word) <= _SHORT else 0.6
    return f'Did you mean "{nearest}"?' if nearest and _likeness(word, nearest) >= least else known_here(known)


def known_here(known: Sequence[str]) -> str:
    """The next step where all that is known is short enough to be listed."""
    return f"Known here: {', '.join(known)}."


def _likeness(word: str, other: str) -> float:
    """From 0 to 1; an ending that both share, such as -service, says nothing."""
    parts, others = word.lower().split("-"), other.lower().split("-")
    while len(parts) > 1 and len(others) > 1 and parts[-1] == others[-1]:
        parts.pop()
        others.pop()
    return SequenceMatcher(None, "-".join(parts), "-".join(others)).ratio()
