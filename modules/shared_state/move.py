"""Moves states from one place to another, so that a run that is killed anywhere is finished by the next.

All are locked first, in both places, then copied and read back. Only then does services.yaml say the new place, and
after that the old ones are renamed. Until services.yaml says it, the old place is the true one, also after an error.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from modules.errors import CommandError
from modules.shared_state.lock import Lock
from modules.shared_state.places import Place
from modules.state import state_file
from modules.state.state_file import State

Say = Callable[[str], None]


@dataclass(frozen=True)
class Pair:
    """A stack, where its state is, and where it is to be."""

    stack: str
    source: Place
    target: Place

    def state(self) -> State | None:
        """What is to be moved; None where there is nothing (more)."""
        content = self.source.read()
        return state_file.parse(content, str(self.source)) if content else None


def described(state: State) -> str:
    """A state as messages name it."""
    instances = sum(len(resource.instances) for resource in state.managed)
    return f"{instances} resource{'' if instances == 1 else 's'}, serial {state.serial}"


def move(pairs: list[Pair], lock: Lock, switch: Callable[[], None], say: Say) -> None:
    """Copies all states, lets `switch` make services.yaml and generated/ say the new place, and renames the old ones.

    Raises CommandError where a state is locked, or where the new place has another one; all is as it was then.
    """
    with _locked(pairs, lock):
        copied: list[Place] = []
        try:
            for pair in pairs:
                _copy(pair, copied, say)
            switch()
        except BaseException:
            for place in copied:
                place.remove_copy()
            raise
        today = datetime.now(UTC).date()
        old = [pair for pair in pairs if pair.source.read() is not None]
        for pair in old:
            say(f"{pair.stack}: the old state is kept as {pair.source.set_aside(today)}")
        if old:
            say("Old states hold secrets, as states do: delete them once a plan shows no change.")


@contextmanager
def _locked(pairs: list[Pair], lock: Lock) -> Iterator[None]:
    places = [place for pair in pairs for place in (pair.source, pair.target)]
    try:
        for place in places:
            place.lock(lock)
        yield
    finally:
        for place in places:
            place.unlock()


def _copy(pair: Pair, copied: list[Place], say: Say) -> None:
    content, there = pair.source.read(), pair.target.read()
    if content is None:
        return
    state = state_file.parse(content, str(pair.source))
    what, relation = described(state), _relation(pair, content, there)
    if relation == "newer":
        say(f"{pair.stack}: {pair.target} is newer than {pair.source} ({what}), and is kept")
        return
    if relation != "equal":
        if there is None:
            copied.append(pair.target)
        pair.target.write(content)
    if pair.target.read() != content:
        step = "Nothing was changed; run this again."
        raise CommandError(str(pair.target), f"What was read back differs from {pair.source}.", step)
    say(f"{pair.stack}: {what}: {pair.source} is in {pair.target}, read back and equal")


def _relation(pair: Pair, content: bytes, there: bytes | None) -> Literal["absent", "older", "equal", "newer"]:
    """What the new place has of this state, if anything: Terraform raises a state's serial with each version."""
    if there is None:
        return "absent"
    if there == content:
        return "equal"
    old, new = state_file.parse(content, str(pair.source)), state_file.parse(there, str(pair.target))
    if not new.managed and new.lineage != old.lineage:
        return "older"
    if new.lineage == old.lineage and new.serial != old.serial:
        return "older" if new.serial < old.serial else "newer"
    what = (
        f"There is another state of {pair.stack} already: {described(new)}; {pair.source} has {described(old)}, "
        f"and they are no versions of one another."
    )
    step = "Find out which of them is true (terraform show), rename the other one, and run this again."
    raise CommandError(str(pair.target), what, step)


def pairs(sources: Mapping[str, Place], targets: Mapping[str, Place]) -> list[Pair]:
    """The stacks that are in both."""
    return [Pair(stack, source, targets[stack]) for stack, source in sources.items() if stack in targets]
