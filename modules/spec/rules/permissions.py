"""Permissions that make sense together."""

from collections.abc import Iterator

from modules.permissions.ses import SesOptions
from modules.spec.model import Spec
from modules.spec.problem import Path, Problem


def _senders(spec: Spec) -> Iterator[tuple[SesOptions, Path]]:
    for name, service in spec.services.items():
        options = service.permissions.get("ses")
        if isinstance(options, SesOptions):
            yield options, ("services", name, "aws", "ses")


def senders_are_named(spec: Spec) -> Iterator[Problem]:
    """SES sends from an identity, which is an address or a domain."""
    for options, place in _senders(spec):
        if (options.sender is None) == (options.domain is None):
            what = "`ses` needs the address or the domain that mail is sent from, one of the two."
            next_step = "Write `ses: {from: no-reply@example.com}` or `ses: {domain: example.com}`."
            yield Problem(place, what, next_step, also=((*place, "from"), (*place, "domain")))


def senders_have_one_owner(spec: Spec) -> Iterator[Problem]:
    """An identity is there once in an account and region, so one state must own it."""
    owner: dict[str, Path] = {}
    for options, place in _senders(spec):
        identity = options.sender or options.domain
        if identity in owner:
            what = f'"{identity}" belongs to {owner[identity][1]} already.'
            yield Problem(place, what, "Let one service send, or use an address of its own for each.", also=(owner[identity],))
        elif identity:
            owner[identity] = place


def resources_of_others_exist(spec: Spec) -> Iterator[Problem]:
    """`of:` and `subscribe:` reach what the other service owns."""
    for name, service in spec.services.items():
        for word, options in service.permissions.items():
            place: Path = ("services", name, "aws", word)
            named = [(other, "sns", (*place, "subscribe", index)) for index, other in enumerate(getattr(options, "subscribe", ()))]
            if other := getattr(options, "of", None):
                named.append((other, word, (*place, "of")))
            for other, wanted, where in named:
                owned = spec.services[other].permissions.get(wanted) if other in spec.services else None
                if other in spec.services and (owned is None or getattr(owned, "of", None)):
                    step = f"Write `{wanted}` under the `aws:` of {other}, or leave this out."
                    also = (("services", other, "aws"),)
                    yield Problem(where, f"{other} has no {wanted} of its own.", step, also=also)
