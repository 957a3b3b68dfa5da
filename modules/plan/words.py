"""How a change is called: its resource, by what a person knows it as, and what happens to it."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from modules.plan.change import Action, Change
from modules.plan.meanings import NAMES, noun

# In the order in which a reviewer should see them; the second is for what is not certain.
DONE: dict[Action, tuple[str, str]] = {
    "delete": ("destroyed", "may be destroyed"),
    "replace": ("replaced", "may be replaced"),
    "create": ("created", "may be created"),
    "update": ("changed", "may change"),
    "forget": ("left to itself, no longer managed", ""),
    "import": ("taken over", ""),
    "move": ("only its address changes", ""),
}
MOST_NAMED = 3


def name(change: Change) -> str:
    """Its name in AWS; without a known one, the last part of its address."""
    for values in (change.before, change.after):
        for attribute in NAMES:
            if isinstance(found := values.get(attribute), str) and found:
                return found
    return change.address.partition(".")[2]


def title(change: Change) -> str:
    """Noun, name and address; a name that is in the address is not said twice."""
    address = f"`{change.address}`"
    called = name(change)
    known = called in change.address or re.sub(r"\W+", "_", called) in change.address
    return f"{noun(change.kind)} {address}" if known else f"{noun(change.kind)} {called} ({address})"


def done(change: Change) -> str:
    """What happens to it, as a participle."""
    return DONE[change.action][0 if change.is_certain else 1]


def titles(changes: Sequence[Change]) -> str:
    """A few by title; more as numbers of each noun."""
    if len(changes) <= MOST_NAMED:
        return ", ".join(title(one) for one in changes)
    counted = Counter(noun(one.kind) for one in changes)
    return ", ".join(f"{what} ({count})" if count > 1 else what for what, count in counted.items())


def listed(names: Iterable[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    found = list(names)
    return found[0] if len(found) == 1 else f"{', '.join(found[:-1])} and {found[-1]}"


def number(count: int, what: str) -> str:
    """`1 stack`, `2 stacks`."""
    return f"{count} {what}{'' if count == 1 else 's'}"
