"""Paths on the load balancer."""

from collections.abc import Iterator
from itertools import chain

from modules.design import listener_rules
from modules.facts import load_balancer
from modules.spec.model import Spec
from modules.spec.problem import Edit, Path, Problem, remove


def _routes(spec: Spec) -> Iterator[tuple[str, Path, int]]:
    for name, service in spec.services.items():
        for path, priority in listener_rules.priorities(service).items():
            yield path, ("services", name, "path"), priority


def paths_are_unique(spec: Spec) -> Iterator[Problem]:
    """A path belongs to one service; nested paths can belong to different ones, the longer is matched first."""
    first: dict[str, Path] = {}
    for path, place, _ in _routes(spec):
        if path in first and first[path] != place:
            what = f'"{path}" is already routed to {first[path][1]}.'
            yield Problem(place, what, "Give one of the two another path.", also=(first[path],))
        first.setdefault(path, place)


def paths_are_named_once(spec: Spec) -> Iterator[Problem]:
    """Each path is listed once."""
    for name, service in spec.services.items():
        seen: set[str] = set()
        for index, path in enumerate(service.path):
            if path in seen:
                place = ("services", name, "path", index)
                yield Problem(place, f'"{path}" is listed twice.', "Remove this one.", edit=remove(place))
            seen.add(path)


def priorities_have_a_path(spec: Spec) -> Iterator[Problem]:
    """The priority is that of the listener rule for a path."""
    for name, service in spec.services.items():
        if service.priority is not None and not service.path:
            what = f"{name} has a priority but no path, so there is no listener rule for it."
            yield Problem(("services", name, "priority"), what, "Add `path: …`, or remove `priority`.")


def paths_are_shallow(spec: Spec) -> Iterator[Problem]:
    """Listener rules have a band of priorities for each depth of paths, up to a limit."""
    for path, place, _ in _routes(spec):
        if (depth := listener_rules.segments(path)) > listener_rules.MAX_SEGMENTS:
            yield Problem(place, f'"{path}" has {depth} segments.', f"Use at most {listener_rules.MAX_SEGMENTS}.")


def priorities_are_unique(spec: Spec) -> Iterator[Problem]:
    """Priorities are hashes, so that no service changes another's; two can collide."""
    first: dict[int, tuple[str, Path]] = {}
    for path, place, priority in _routes(spec):
        if priority in first and first[priority][0] != path:
            other, also = first[priority]
            what = f'The listener rules of "{path}" and "{other}" both get priority {priority}.'
            also_places = (also, (*place[:-1], "priority"))
            free, service = _free(spec, priority), str(place[1])
            next_step = f"Write `priority: {free}` under {service}."
            is_one = len(spec.services[service].path) == 1
            edit = Edit((*place[:-1], "priority"), str(free)) if is_one else None
            yield Problem(place, what, next_step, also=also_places, edit=edit)
        first.setdefault(priority, (path, place))


def priorities_are_in_range(spec: Spec) -> Iterator[Problem]:
    """A declared priority is that of the first path; the next paths count up from it."""
    for path, place, priority in _routes(spec):
        if priority > load_balancer.MAX_PRIORITY and spec.services[str(place[1])].priority is not None:
            what = f'"{path}" would get priority {priority}, and the highest is {load_balancer.MAX_PRIORITY}.'
            yield Problem((*place[:-1], "priority"), what, f"Write `priority: {_free(spec, 0)}`.", also=(place,))


def nested_paths_come_first(spec: Spec) -> Iterator[Problem]:
    """The first matching rule decides, so a path below another service's needs the lower priority."""
    routes: dict[str, list[tuple[Path, int]]] = {}
    for path, place, priority in _routes(spec):
        routes.setdefault(path, []).append((place, priority))
    for inner, (other, then) in ((path, one) for path, all_ in routes.items() for one in all_):
        outers = [outer for outer in _prefixes(inner) if outer in routes]
        for outer, (place, first) in ((path, one) for path in outers for one in routes[path]):
            if other != place and first < then:
                what = f'"{inner}" is never reached: "{outer}" is matched first, with priority {first} before {then}.'
                declared = tuple((*one[:-1], "priority") for one in (other, place))
                next_step = "Give the longer path the lower `priority:`, or remove it."
                yield Problem(other, what, next_step, also=(place, *declared))


def _prefixes(path: str) -> list[str]:
    """The paths that a path lies in: of /a/b that is / and /a."""
    parts = path.split("/")
    return [] if path == "/" else ["/", *("/".join(parts[:length]) for length in range(2, len(parts)))]


def _free(spec: Spec, after: int) -> int:
    """The next priority that no path has."""
    taken = {priority for _, _, priority in _routes(spec)}
    last = load_balancer.MAX_PRIORITY
    return next(number for number in chain(range(after + 1, last + 1), range(1, last)) if number not in taken)


def one_load_balancer_suffices(spec: Spec) -> Iterator[Problem]:
    """A load balancer has at most 100 target groups, and AWS does not raise that quota."""
    routed = [name for name, service in spec.services.items() if service.path]
    for count, name in enumerate(routed[load_balancer.TARGET_GROUPS :], load_balancer.TARGET_GROUPS + 1):
        most = load_balancer.TARGET_GROUPS
        what = f"This is service number {count} with a path, and a load balancer has at most {most} target groups."
        yield Problem(("services", name, "path"), what, "Make it internal (no path), or move it to another project.")


def https_is_complete(spec: Spec) -> Iterator[Problem]:
    """The hosted zone validates the certificate of the domain; without a domain it has no use."""
    if spec.hosted_zone and not spec.domain:
        what = "`hosted_zone` has no effect without `domain`."
        yield Problem(("hosted_zone",), what, "Add `domain: …`.", also=(("domain",),))
    if spec.domain and not spec.hosted_zone and not spec.certificate_arn:
        what = "`domain` needs a hosted zone, in which Terraform validates its certificate, or a certificate."
        next_step = "Add `hosted_zone: …` (the id of its Route 53 zone) or `certificate_arn: …`."
        yield Problem(("domain",), what, next_step, also=(("hosted_zone",), ("certificate_arn",)))


def the_certificate_fits(spec: Spec) -> Iterator[Problem]:
    """A load balancer uses certificates of its own region and account."""
    if spec.certificate_arn is None:
        most = load_balancer.CERTIFICATE_NAME_LENGTH
        if spec.domain and len(spec.domain) > most:
            what = f"The domain has {len(spec.domain)} characters, and the common name of a certificate at most {most}."
            yield Problem(("domain",), what, "Use a shorter domain, or add `certificate_arn: …`.")
        return
    region, account = spec.certificate_arn.split(":")[3:5]
    if region != spec.region:
        what = f"The certificate is in {region}, and the load balancer in {spec.region} can't use it."
        yield Problem(("certificate_arn",), what, f"Use a certificate in {spec.region}.", also=(("region",),))
    if spec.account and account != spec.account:
        what = f"The certificate belongs to account {account}, not to {spec.account}."
        yield Problem(("certificate_arn",), what, f"Use a certificate of account {spec.account}.", also=(("account",),))


def routes_have_a_load_balancer(spec: Spec) -> Iterator[Problem]:
    """Paths, and what makes HTTPS, have no effect without a load balancer."""
    if spec.load_balancer is not None:
        return
    place: Path = ("load_balancer",)
    for name, service in spec.services.items():
        if service.path:
            what = f"{name} has a path, and the system has no load balancer to route it."
            step = "Leave out `path`, which makes the service internal, or `load_balancer: none`."
            yield Problem(("services", name, "path"), what, step, also=(place,))
    for key in ("domain", "hosted_zone", "certificate_arn"):
        if getattr(spec, key):
            what = f"`{key}` has no effect without a load balancer."
            yield Problem((key,), what, f"Leave out `{key}`, or `load_balancer: none`.", also=(place,))
