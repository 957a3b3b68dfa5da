"""Stores that a change of services.yaml would delete or replace, and where in the file that is."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from modules.facts.stores import STORES, is_protected
from modules.naming import PLATFORM_STACKS, address
from modules.spec.model import Spec
from modules.spec.problem import Path, Problem, listed

Resources = Mapping[str, Mapping[str, Any]]
"""Arguments by address."""
# Words under `aws:` by the type of the store that they make; the key of a service's stores comes with the service.
WORDS = {
    "aws_s3_bucket": "s3",
    "aws_dynamodb_table": "dynamodb",
    "aws_sqs_queue": "sqs",
    "aws_sns_topic": "sns",
    "aws_kms_key": "kms",
    "aws_secretsmanager_secret": "secrets",
    "aws_redshiftserverless_namespace": "redshift",
    "aws_glue_catalog_database": "glue",
    "aws_sesv2_email_identity": "ses",
}
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
        """The word under `aws:` that makes it; None where no word does."""
        own = address(self.stack, "stores") == self.address.partition(".")[2]
        return None if self.stack in PLATFORM_STACKS or own else WORDS.get(self.kind)


def losses(stack: str, before: Resources, after: Resources) -> Iterator[Loss]:
    """The protected stores among `before` that are not the same in `after`."""
    for place, old in before.items():
        store = STORES.get(place.partition(".")[0])
        if store is None or not is_protected(old):
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


def problems(
    found: Iterable[Loss], names: Mapping[str, Resources], spec: Spec, unread: Iterable[str]
) -> Iterator[Problem]:
    """A mistake for each word, or each store of no word; `names` has the arguments of the stores by stack.

    `unread` names stacks whose state can't be read here: whether the store is applied is not known.
    """
    may_be = set(unread)
    for (stack, word, argument), group in groupby(found, key=lambda one: (one.stack, one.word, one.argument)):
        one = [*group]
        path = _path(stack, word, spec)
        stores = listed([_described(each, names[stack]) for each in one])
        state = "may be applied" if stack in may_be else "is applied"
        never = f" If it never was: main.py --never-applied {stack}." if stack in may_be else ""
        if argument is None:
            holds = STORES[one[0].kind].holds
            gone = f'"{word}" is gone, and with it' if word else "With this change"
            what = f"{gone} the stack {stack}, which {state}, would lose its {stores}: {holds}."
            yield Problem(path, what, (f"Write {word} again." if word else "Undo it.") + never)
        else:
            change = f"{argument} would be {one[0].after}, and was {one[0].before}"
            what = f"The {stores} of the stack {stack}, which {state}, would be replaced: {change}. "
            yield Problem(path, f"{what}It holds {STORES[one[0].kind].holds}.", f"Write the old value again.{never}")


def _path(stack: str, word: str | None, spec: Spec) -> Path:
    if stack not in spec.services:
        return ()
    has_word = word is not None and word in spec.services[stack].permissions
    return ("services", stack, "aws", word) if word and has_word else ("services", stack, "aws")


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
