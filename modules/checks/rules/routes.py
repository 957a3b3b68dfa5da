"""Paths on the load balancer."""

from collections.abc import Iterator
from itertools import chain

from modules.design import listener_rules
from modules.facts import load_balancer
from modules.spec.model import Spec
from modules.spec.problem import Path, Problem


def _routes(spec: Spec) -> Iterator[tuple[str, Path, int]]:
    for name, service in spec.services.items():
        for path, priority in listener_rules.priorities(service).items():
            yield path, ("services", name, "path"), priority


def paths_are_unique(spec: Spec) -> Iterator[Problem]:
    """Two services can't answer one path; nested ones can, the longer first."""
    first: dict[str, Path] = {}
    for path, place, _ in _routes(spec):
        if path in first and first[path] != place:
            what = f'"{path}" is routed to {first[path][1]} already.'
            yield Problem(place, what, "Give one of the two another path.", also=(first[path],))
        first.setdefault(path, place)


def paths_are_named_once(spec: Spec) -> Iterator[Problem]:
    """Naming one twice says nothing more."""
    for name, service in spec.services.items():
        seen: set[str] = set()
        for index, path in enumerate(service.path):
            if path in seen:
                place = ("services", name, "path")
                yield Problem((*place, index), f'"{path}" stands here twice.', "Keep one of the two.")
            seen.add(path)


def priorities_have_a_path(spec: Spec) -> Iterator[Problem]:
    """A priority is that of the listener's rule for a path."""
    for name, service in spec.services.items():
        if service.priority is not None and not service.path:
            what = f"{name} has a priority and no path: there is no listener rule to have it."
            yield Problem(("services", name, "priority"), what, "Write `path: …` too, or leave it out.")


def paths_are_shallow(spec: Spec) -> Iterator[Problem]:
    """The bands of priorities end at a depth."""
    for path, place, _ in _routes(spec):
        if (depth := listener_rules.segments(path)) > listener_rules.MAX_SEGMENTS:
            yield Problem(place, f'"{path}" has {depth} segments.', f"Use at most {listener_rules.MAX_SEGMENTS}.")


def priorities_are_unique(spec: Spec) -> Iterator[Problem]:
    """Priorities come from a hash, so that no service moves another's; two can fall together."""
    first: dict[int, tuple[str, Path]] = {}
    for path, place, priority in _routes(spec):
        if priority in first and first[priority][0] != path:
            other, also = first[priority]
            what = f'The listener rules of "{path}" and "{other}" both get priority {priority}.'
            also_places = (also, (*place[:-1], "priority"))
            next_step = f"Write `priority: {_free(spec, priority)}` into one of the two services."
            yield Problem(place, what, next_step, also=also_places)
        first.setdefault(priority, (path, place))


def priorities_are_in_range(spec: Spec) -> Iterator[Problem]:
    """A declared priority counts up over the paths of its service."""
    for path, place, priority in _routes(spec):
        if priority > load_balancer.MAX_PRIORITY and spec.services[str(place[1])].priority is not None:
            what = f'"{path}" would get priority {priority}; the last one is {load_balancer.MAX_PRIORITY}.'
            yield Problem((*place[:-1], "priority"), what, f"Write `priority: {_free(spec, 0)}`.", also=(place,))


def nested_paths_come_first(spec: Spec) -> Iterator[Problem]:
    """The first rule that fits decides, so a path that lies in another service's has to be asked before it."""
    routes: dict[str, list[tuple[Path, int]]] = {}
    for path, place, priority in _routes(spec):
        routes.setdefault(path, []).append((place, priority))
    for inner, (other, then) in ((path, one) for path, all_ in routes.items() for one in all_):
        outers = [outer for outer in _prefixes(inner) if outer in routes]
        for outer, (place, first) in ((path, one) for path in outers for one in routes[path]):
            if other != place and first < then:
                what = f'"{inner}" is never reached: "{outer}" is asked first, with priority {first} before {then}.'
                declared = tuple((*one[:-1], "priority") for one in (other, place))
                next_step = "Give the longer path the lower `priority:`, or take it out."
                yield Problem(other, what, next_step, also=(place, *declared))


def _prefixes(path: str) -> list[str]:
    """The paths that a path lies in: of /a/b that is / and /a."""
    parts = path.split("/")
    return [] if path == "/" else ["/", *("/".join(parts[:length]) for length in range(2, len(parts)))]


def _free(spec: Spec, after: int) -> int:
    """The next priority that nobody has."""
    taken = {priority for _, _, priority in _routes(spec)}
    last = load_balancer.MAX_PRIORITY
    return next(number for number in chain(range(after + 1, last + 1), range(1, last)) if number not in taken)


def one_load_balancer_suffices(spec: Spec) -> Iterator[Problem]:
    """A load balancer has 100 target groups at most, and AWS does not raise that."""
    routed = [name for name, service in spec.services.items() if service.path]
    for count, name in enumerate(routed[load_balancer.TARGET_GROUPS :], load_balancer.TARGET_GROUPS + 1):
        most = load_balancer.TARGET_GROUPS
        what = f"This is service number {count} with a path; a load balancer has {most} target groups."
        yield Problem(
            ("services", name, "path"), what, "Make it internal (no path), or move it into a project of its own."
        )


def https_is_complete(spec: Spec) -> Iterator[Problem]:
    """A zone proves the certificate of a domain; alone it does nothing."""
    if spec.hosted_zone and not spec.domain:
        what = "A hosted zone without a domain: there is no name to put into it."
        yield Problem(("hosted_zone",), what, "Write `domain: …` too.", also=(("domain",),))
    if spec.domain and not spec.hosted_zone and not spec.certificate_arn:
        what = "A domain without a hosted zone: nobody can prove that the certificate is yours."
        next_step = "Write `hosted_zone: …` (the id of its Route 53 zone), or `certificate_arn: …`."
        yield Problem(("domain",), what, next_step, also=(("hosted_zone",), ("certificate_arn",)))


def the_certificate_fits(spec: Spec) -> Iterator[Problem]:
    """A load balancer takes certificates of its own region and account."""
    if spec.certificate_arn is None:
        most = load_balancer.CERTIFICATE_NAME_LENGTH
        if spec.domain and len(spec.domain) > most:
            what = f"The domain has {len(spec.domain)} characters; a certificate of ACM can name {most}."
            yield Problem(("domain",), what, "Take a shorter one, or write `certificate_arn: …`.")
        return
    region, account = spec.certificate_arn.split(":")[3:5]
    if region != spec.region:
        what = f"The certificate is of {region}; the load balancer, in {spec.region}, can't use it."
        yield Problem(("certificate_arn",), what, f"Name one of {spec.region}.", also=(("region",),))
    if spec.account and account != spec.account:
        what = f"The certificate is of account {account}, and not of {spec.account}."
        yield Problem(("certificate_arn",), what, f"Name one of {spec.account}.", also=(("account",),))
