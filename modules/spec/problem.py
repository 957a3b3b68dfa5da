"""What is wrong with services.yaml: where, what, next step; a mistake that stops, or a warning to be accepted."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches

Path = tuple[str | int, ...]


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
    near = get_close_matches(word, known, n=1, cutoff=0.5)
    return f'Did you mean "{near[0]}"?' if near else known_here(known)


def known_here(known: Sequence[str]) -> str:
    """The next step where all that is known is short enough to be listed."""
    return f"Known here: {', '.join(known)}."
