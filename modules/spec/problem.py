"""What is wrong with services.yaml: where, what, next step; a mistake that stops, or a warning to be accepted."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher

Path = tuple[str | int, ...]
_LISTED = 3
_SHORT = 3  # in so short a word, one letter is much


@dataclass(frozen=True)
class Edit:
    """One change of services.yaml.

    The value at `path` becomes `text`, which is YAML; with `text` None the key or list item is removed; with `renames`
    the key itself becomes `text`. A list item that is a word has no key, so there the word becomes `text`.
    """

    path: Path
    text: str | None
    renames: bool = False


@dataclass(frozen=True)
class Problem:
    """One mistake (`code` is None) or warning; `also` names further places in the file that take part in it.

    `edit` is the next step as data, where the step is exactly one change of the file; None where it needs a decision.
    """

    path: Path
    what: str
    next_step: str
    also: tuple[Path, ...] = ()
    code: str | None = None
    line: int | None = field(default=None, compare=False)
    edit: Edit | None = field(default=None, compare=False)
    file: str | None = field(default=None, compare=False)
    """Name of the file, where it is another one than that which is read first; then `line` is a line of it."""
    is_accepted: bool = field(default=False, compare=False)
    """Whether a warning is accepted by itself, and not by its code."""

    @property
    def places(self) -> tuple[Path, ...]:
        """All places in the file that the problem is about."""
        return (self.path, *self.also)


def remove(path: Path) -> Edit:
    """The edit that removes the key or list item at `path`."""
    return Edit(path, None)


def render_path(path: Path) -> str:
    """A path as people write it: `services.order-service.aws[1]`."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def nearest(word: str, known: Sequence[str]) -> str | None:
    """The known word that `word` was probably meant to be, if any is near enough."""
    best = max(known, key=lambda one: _likeness(word, one), default="")
    least = 0.5 if len(word) <= _SHORT else 0.6
    if best and _likeness(word, best) >= least:
        return best
    # Other tools' names go on where ours end: `healthy_threshold`, `memory_mb`.
    return next((one for one in known if word.startswith(f"{one}_")), None)


def did_you_mean(word: str, known: Sequence[str]) -> str:
    """The next step for a word that is not valid: the nearest valid one, or all of them."""
    best = nearest(word, known)
    return f'Did you mean "{best}"?' if best else valid_values(known)


def valid_values(known: Sequence[str]) -> str:
    """The next step where all valid values are few enough to be listed."""
    return f"Valid values: {', '.join(known)}." if known else "Remove it."


def listed(names: Sequence[str]) -> str:
    """At most three names, and the number of the others: `a, b, c and 5 more`."""
    shown = [*names] if len(names) <= _LISTED + 1 else [*names[:_LISTED], f"{len(names) - _LISTED} more"]
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"


def _likeness(word: str, other: str) -> float:
    """From 0 to 1; an ending that both share, such as -service, does not count."""
    parts, others = word.lower().split("-"), other.lower().split("-")
    while len(parts) > 1 and len(others) > 1 and parts[-1] == others[-1]:
        parts.pop()
        others.pop()
    return SequenceMatcher(None, "-".join(parts), "-".join(others)).ratio()
