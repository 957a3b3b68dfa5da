"""Services that refer to other services; those that use another's resources, in an order without a cycle."""

from collections.abc import Iterator

from modules.design import secrets
from modules.permissions.sqs import SqsOptions
from modules.spec.model import Spec
from modules.spec.problem import Edit, Path, Problem, did_you_mean, nearest, remove


def edges(spec: Spec, name: str) -> Iterator[tuple[str, Path]]:
    """The services that `name` refers to, with the place of each reference."""
    base: Path = ("services", name)
    service = spec.services[name]
    yield from ((other, (*base, "calls", index)) for index, other in enumerate(service.calls))
    for word, options in service.permissions.items():
        if (other := options.owner) and not options.read_from:
            yield other, (*base, "aws", word, "of")
    yield from state_edges(spec, name)


def state_edges(spec: Spec, name: str) -> Iterator[tuple[str, Path]]:
    """The services whose Terraform state that of `name` reads, with the place of each; a call reads none."""
    base: Path = ("services", name)
    service = spec.services[name]
    for place, other in secrets.referred(service):
        yield other, (*base, "secrets", place, "of")
    for word, options in service.permissions.items():
        if (owner := options.read_from) is not None:
            yield owner, (*base, "aws", word, "of")
        yield from (
            (other, (*base, "aws", word, "subscribe", index)) for index, other in enumerate(options.subscriptions)
        )
        if isinstance(options, SqsOptions):
            sources = enumerate(options.sources)
            yield from ((one.s3, (*base, "aws", word, "from", index, "s3")) for index, one in sources)


def services_exist(spec: Spec) -> Iterator[Problem]:
    """A service that is named exists."""
    for name in spec.services:
        for other, place in edges(spec, name):
            if other not in spec.services:
                also = (("services", other),)
                step, meant = did_you_mean(other, list(spec.services)), nearest(other, list(spec.services))
                edit = Edit(place, meant) if meant and meant != name else None
                yield Problem(place, f'There is no service "{other}".', step, also=also, edit=edit)


def no_service_refers_to_itself(spec: Spec) -> Iterator[Problem]:
    """A service reaches what is its own without naming itself."""
    for name in spec.services:
        for other, place in edges(spec, name):
            if other == name:
                step = "Remove it: a service can reach what is its own."
                edit = remove(place) if place[-1] != "of" else None
                yield Problem(place, f"{name} refers to itself.", step, edit=edit)


def services_are_named_once(spec: Spec) -> Iterator[Problem]:
    """Each service is listed once."""
    for name in spec.services:
        first: dict[tuple[Path, str], Path] = {}
        for other, place in edges(spec, name):
            if (found := first.setdefault((place[:-1], other), place)) != place:
                yield Problem(place, f"{other} is listed twice.", "Remove this one.", also=(found,), edit=remove(place))


def no_cycles(spec: Spec) -> Iterator[Problem]:
    """States are applied one after the other, so references between them can't form a cycle."""
    done: set[str] = set()
    for start in spec.services:
        if start not in done:
            yield from _cycles_from(spec, start, done)


def _cycles_from(spec: Spec, start: str, done: set[str]) -> Iterator[Problem]:
    """Walks all edges that `start` leads to, without recursion: a chain of services can be long."""
    # From the start to where the walk is, each with the edges still to follow.
    trail = {start: state_edges(spec, start)}
    while trail:
        name = next(reversed(trail))
        other, place = next(trail[name], ("", ()))
        if not other:
            del trail[name]
            done.add(name)
        elif other != name and other in trail:
            names = list(trail)
            cycle = " → ".join([*names[names.index(other) :], other])
            what = f"These services refer to each other in a cycle: {cycle}."
            yield Problem(place, what, "Remove one of these references: let one service own what both use.")
        elif other != name and other not in done and other in spec.services:
            trail[other] = state_edges(spec, other)
