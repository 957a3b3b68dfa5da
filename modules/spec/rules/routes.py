"""Paths on the load balancer."""

from collections.abc import Iterator

from modules import routing
from modules.facts import load_balancer
from modules.spec.model import Spec
from modules.spec.problem import Path, Problem


def _routes(spec: Spec) -> Iterator[tuple[str, Path, int]]:
    for name, service in spec.services.items():
        for path, priority in routing.priorities(service).items():
            yield path, ("services", name, "path"), priority


def paths_are_unique(spec: Spec) -> Iterator[Problem]:
    """Two services can't answer one path; nested ones can, the longer first."""
    first: dict[str, Path] = {}
    for path, place, _ in _routes(spec):
        if path in first and first[path] != place:
            what = f'"{path}" is routed to {first[path][1]} already.'
            yield Problem(place, what, "Give one of the two another path.", also=(first[path],))
        first.setdefault(path, place)


def paths_are_shallow(spec: Spec) -> Iterator[Problem]:
    """The bands of priorities end at a depth."""
    for path, place, _ in _routes(spec):
        if (depth := routing.segments(path)) > routing.MAX_SEGMENTS:
            yield Problem(place, f'"{path}" has {depth} segments.', f"Use at most {routing.MAX_SEGMENTS}.")


def priorities_are_unique(spec: Spec) -> Iterator[Problem]:
    """Priorities come from a hash, so that no service moves another's; two can fall together."""
    first: dict[int, tuple[str, Path]] = {}
    for path, place, priority in _routes(spec):
        if priority in first and first[priority][0] != path:
            other, also = first[priority]
            what = f'The listener rules of "{path}" and "{other}" both get priority {priority}.'
            taken = {taken for _, _, taken in _routes(spec)}
            free = next(number for number in range(priority + 1, load_balancer.MAX_PRIORITY + 1) if number not in taken)
            also_places = (also, (*place[:-1], "priority"))
            yield Problem(place, what, f"Write `priority: {free}` into one of the two services.", also=also_places)
        first.setdefault(priority, (path, place))


def one_load_balancer_suffices(spec: Spec) -> Iterator[Problem]:
    """A load balancer has 100 target groups at most, and AWS does not raise that."""
    routed = [name for name, service in spec.services.items() if service.path]
    for count, name in enumerate(routed[load_balancer.TARGET_GROUPS :], load_balancer.TARGET_GROUPS + 1):
        what = f"This is service number {count} with a path; a load balancer has {load_balancer.TARGET_GROUPS} target groups."
        yield Problem(("services", name, "path"), what, "Make it internal (no path), or move it into a project of its own.")


def https_is_complete(spec: Spec) -> Iterator[Problem]:
    """A zone proves the certificate of a domain; alone it does nothing."""
    if spec.hosted_zone and not spec.domain:
        what = "A hosted zone without a domain: there is no name to put into it."
        yield Problem(("hosted_zone",), what, "Write `domain: …` too.", also=(("domain",),))
    if spec.domain and not spec.hosted_zone and not spec.certificate_arn:
        what = "A domain without a hosted zone: nobody can prove that the certificate is yours."
        next_step = "Write `hosted_zone: …` (the id of its Route 53 zone), or `certificate_arn: …`."
        yield Problem(("domain",), what, next_step, also=(("hosted_zone",), ("certificate_arn",)))
