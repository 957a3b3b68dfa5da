"""Stores that a change of services.yaml would delete or replace, and where in the file that is."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from modules.facts.stores import STORES, is_protected
from modules.naming import DATA, PLATFORM_STACKS, address
from modules.spec.model import Spec
from modules.spec.problem import Path, Problem, listed
from modules.spec.retired import REPOSITORY, SHARED, WORDS

Resources = Mapping[str, Mapping[str, Any]]
"""Arguments by address."""
_NAMES = ("name", "bucket", "cluster_identifier", "replication_group_id", "namespace_name", "email_identity")


@dataclass(frozen=True)
class Loss:
    """A store that goes, or whose `argument` gets another value, for which it is replaced."""

    stack: str
    address: str
    argument: str | None = None
    before: str = ""
    after: str = ""

    @property
    def kind(self) -> str:
        """Its Terraform type."""
        return self.address.partition(".")[0]

    @property
    def word(self) -> str | None:
        """The word under `aws:` that makes it, or `repository`; None where no word does."""
        return word(self.stack, self.address)


def is_store(stack: str, place: str) -> bool:
    """Whether what is at this address holds something; the results of queries (`athena`) can be had again."""
    kind, _, name = place.partition(".")
    return kind in STORES and not (kind == "aws_s3_bucket" and name == address(stack, "results"))


def word(stack: str, place: str) -> str | None:
    """The word under `aws:` of the service with this stack that makes what is at this address, or `repository`."""
    kind, _, name = place.partition(".")
    own_key = name == address(stack, "stores")
    return None if stack in PLATFORM_STACKS or own_key else WORDS.get(kind)


def losses(stack: str, before: Resources, after: Resources, named: Collection[str] = ()) -> Iterator[Loss]:
    """The protected stores among `before` that are not the same in `after`, but those that `retired:` names."""
    for place, old in before.items():
        store = STORES.get(place.partition(".")[0])
        if store is None or not is_protected(old) or place in named:
            continue
        if (new := after.get(place)) is None:
            yield Loss(stack, place)
            continue
        for argument in store.fixed:
            was, now = _value(old, argument), _value(new, argument)
            if was != now:
                yield Loss(stack, place, argument, _text(was), _text(now))
                break


def unprotected(before: Resources, after: Resources) -> list[str]:
    """Addresses of the stores that go with their data, since their protection is off."""
    return [
        place
        for place, old in before.items()
        if place.partition(".")[0] in STORES and not is_protected(old) and place not in after
    ]


def held(resources: Resources) -> list[str]:
    """What the stores of a stack hold, as phrases, each kind once."""
    kinds = dict.fromkeys(place.partition(".")[0] for place in resources)
    return [f"{STORES[kind].noun} ({STORES[kind].holds})" for kind in kinds if kind in STORES]


Was = Callable[[Path], int | None]
"""The line on which the last commit has a place of services.yaml; None where it has none."""


def problems(
    found: Iterable[Loss], names: Mapping[str, Resources], spec: Spec, unread: Iterable[str], was: Was
) -> Iterator[Problem]:
    """A mistake for each word, or each store of no word; `names` has the arguments of the stores by stack.

    `unread` names stacks whose state can't be read here: whether the store is applied is not known.
    """
    may_be = set(unread)
    for (stack, word, argument), group in groupby(found, key=lambda one: (one.stack, one.word, one.argument)):
        one = [*group]
        path = _path(stack, word, one[0].kind, spec)
        stores = listed([_described(each, names[stack]) for each in one])
        state = "may be applied" if stack in may_be else "is applied"
        called = spec.names.stack(stack)
        never = f" If it never was: main.py --never-applied {called}." if stack in may_be else ""
        if argument is None:
            holds = STORES[one[0].kind].holds
            gone = f'"{word}" is gone, and with it' if word and word != REPOSITORY else "With this change"
            line = was(("services", stack, "aws", word)) if word else None
            where = f" It was on line {line} in the last commit." if line else ""
            what = f"{gone} the stack {called}, which {state}, would lose its {stores}: {holds}.{where}"
            step = _shared_step(one[0].kind) if stack == DATA else _next_step(stack, word, spec)
            yield Problem(path, what, step + never)
        else:
            change = f"{argument} would be {one[0].after}, and was {one[0].before}"
            what = f"The {stores} of the stack {called}, which {state}, would be replaced: {change}. "
            yield Problem(path, f"{what}It holds {STORES[one[0].kind].holds}.", f"Write the old value again.{never}")


def still_to_be_let_go(stack: str, places: Sequence[str], spec: Spec, *, sure: bool) -> Problem:
    """An entry of `retired:` was taken out before it was applied: Terraform would delete the store."""
    path: Path = ("services", stack) if stack in spec.services else ("retired",)
    state = "still holds" if sure else "can't be read here, and may still hold"
    what = f"Its stack's state {state} what retired.{stack} kept: {listed(places)}. Terraform would delete it now."
    step = f"Write the entry again, and run make deploy STACK={spec.names.stack(stack)}."
    more = "" if sure else f" Once that is done: main.py --never-applied {spec.names.stack(stack)}."
    return Problem(path, what, step + more)


def _path(stack: str, word: str | None, kind: str, spec: Spec) -> Path:
    if stack == DATA:
        return next(((key,) for one, key in SHARED.values() if one == kind), ())
    if stack not in spec.services:
        return ("retired", stack) if stack in spec.retired else ()
    has_word = word is not None and word in spec.services[stack].permissions
    return ("services", stack, "aws", word) if word and has_word else ("services", stack, "aws")


def _shared_step(kind: str) -> str:
    """Of Aurora and Redis, which can't be kept: what encrypts them goes with the last of them."""
    known = [(name, key) for name, (one, key) in SHARED.items() if one == kind]
    if not known:
        return "It goes with the last of Aurora and Redis: retire these."
    ((name, key),) = known
    return f"Leave out `{key}: none`. To give it up with its data: `retired: {{{name}: destroy}}`."


def _next_step(stack: str, word: str | None, spec: Spec) -> str:
    if stack in PLATFORM_STACKS or not word:
        return "Undo it."
    if (environment := spec.names.environment) is not None:
        entry = _entry(stack, word)
        return f"Write {word} again. To give it up, write {entry}, or destroy, under environments.{environment}."
    if stack in spec.services:
        return f"Write {word} again. To give it up: make retire SERVICE={stack} writes {_entry(stack, word)}."
    return f"Say what becomes of it: {_entry(stack, word)}, or destroy."


def _entry(stack: str, word: str) -> str:
    return f"`retired: {{{stack}: {{{word}: keep}}}}`"


def _described(loss: Loss, resources: Resources) -> str:
    arguments = resources.get(loss.address, {})
    name = next((f' "{arguments[key]}"' for key in _NAMES if isinstance(arguments.get(key), str)), "")
    return f"{STORES[loss.kind].noun}{name} ({loss.address})"


def _value(resource: Mapping[str, Any], argument: str) -> Any:
    """The value of an argument; that of a block may be in a list."""
    value: Any = resource
    for part in argument.split("."):
        block = value[0] if isinstance(value, list) and value else value
        value = block.get(part) if isinstance(block, Mapping) else None
    return value


def _text(value: Any) -> str:
    return "none" if value is None else str(value)
