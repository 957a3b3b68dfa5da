"""Hosts and paths on the load balancer."""

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import NamedTuple

from modules.design import listener_rules, load_balancers
from modules.design.listener_rules import Rule
from modules.facts import load_balancer
from modules.spec.model import Spec
from modules.spec.problem import Edit, Path, Problem, remove


class Route(NamedTuple):
    """A rule for one of its hosts, or for any, where `host` is None."""

    service: str
    host: str | None
    rule: Rule

    @property
    def place(self) -> Path:
        """Where the file has its path."""
        return ("services", self.service, "path")

    @property
    def text(self) -> str:
        """Host and path."""
        return f"{self.host or ''}{self.rule.path}"


def _rules(spec: Spec) -> Iterator[tuple[str, Rule]]:
    for name, service in spec.services.items():
        yield from ((name, rule) for rule in listener_rules.rules(name, service))


def _routes(spec: Spec) -> Iterator[Route]:
    for name, rule in _rules(spec):
        yield from (Route(name, host, rule) for host in rule.hosts or (None,))


def _priority(service: str) -> Path:
    return ("services", service, "priority")


def paths_are_unique(spec: Spec) -> Iterator[Problem]:
    """A path of a host belongs to one service; nested ones may belong to several, and the longer is matched first."""
    first: dict[str, Route] = {}
    for route in _routes(spec):
        other = first.setdefault(route.text, route)
        if other.service != route.service:
            what = f'"{route.text}" is already routed to {other.service}.'
            step = (
                "Give one of the two another path."
                if route.host is None
                else "Give one of the two another path or host."
            )
            yield Problem(route.place, what, step, also=(other.place,))


def paths_are_named_once(spec: Spec) -> Iterator[Problem]:
    """Each path, and each host, is listed once."""
    for name, service in spec.services.items():
        for key in ("path", "host"):
            seen: set[str] = set()
            for index, one in enumerate(getattr(service, key)):
                if one in seen:
                    place = ("services", name, key, index)
                    yield Problem(place, f'"{one}" is listed twice.', "Remove this one.", edit=remove(place))
                seen.add(one)


def priorities_have_a_path(spec: Spec) -> Iterator[Problem]:
    """The priority is that of the listener rule for a path."""
    for name, service in spec.services.items():
        if service.priority is not None and not service.path:
            what = f"{name} has a priority but no path, so there is no listener rule for it."
            yield Problem(("services", name, "priority"), what, "Add `path: …`, or remove `priority`.")


def hosts_have_a_path(spec: Spec) -> Iterator[Problem]:
    """A listener rule is for hosts and a path."""
    for name, service in spec.services.items():
        if service.host and not service.path:
            what = f"{name} has a host but no path, so nothing is routed to it."
            edit = Edit(("services", name, "path"), "/")
            yield Problem(("services", name, "host"), what, "Add `path: /`, or remove `host`.", edit=edit)


def paths_are_shallow(spec: Spec) -> Iterator[Problem]:
    """Listener rules have a band of priorities for each depth of paths, up to a limit."""
    for name, service in spec.services.items():
        for path in service.path:
            if (depth := listener_rules.segments(path)) > listener_rules.MAX_SEGMENTS:
                place: Path = ("services", name, "path")
                yield Problem(place, f'"{path}" has {depth} segments.', f"Use at most {listener_rules.MAX_SEGMENTS}.")


def collisions(spec: Spec) -> Iterator[tuple[tuple[str, Rule], tuple[str, Rule]]]:
    """Pairs of rules of one load balancer with one priority: one, and a later one of the file."""
    first: dict[tuple[str | None, int], tuple[str, Rule]] = {}
    for name, rule in _rules(spec):
        other = first.setdefault((spec.services[name].load_balancer, rule.priority), (name, rule))
        if (other[1].path, other[1].hosts) != (rule.path, rule.hosts):
            yield other, (name, rule)


def priorities_are_unique(spec: Spec) -> Iterator[Problem]:
    """Priorities are hashes, so that no service changes another's; two can collide."""
    for (other, first), (name, rule) in collisions(spec):
        what = f'The listener rules of "{rule.text}" and "{first.text}" both get priority {rule.priority}.'
        free = free_priority(spec, name, rule.priority)
        next_step = f"Write `priority: {free}` under {name}."
        is_one = len(listener_rules.rules(name, spec.services[name])) == 1
        edit = Edit(_priority(name), str(free)) if is_one else None
        also = (("services", other, "path"), _priority(name))
        yield Problem(("services", name, "path"), what, next_step, also=also, edit=edit)


def priorities_are_in_range(spec: Spec) -> Iterator[Problem]:
    """A declared priority is that of the first rule; the next ones count up from it."""
    for name, rule in _rules(spec):
        if rule.priority > load_balancer.MAX_PRIORITY and spec.services[name].priority is not None:
            what = f'"{rule.text}" would get priority {rule.priority}, and the highest is {load_balancer.MAX_PRIORITY}.'
            step = f"Write `priority: {free_priority(spec, name, 0)}`."
            yield Problem(_priority(name), what, step, also=(("services", name, "path"),))


def nested_paths_come_first(spec: Spec) -> Iterator[Problem]:
    """The first matching rule decides, so a host and path within another service's need the lower priority."""
    for services in load_balancers.routed(spec).values():
        yield from _hidden([route for route in _routes(spec) if route.service in services])


def _hidden(of_one: Sequence[Route]) -> Iterator[Problem]:
    routes: dict[tuple[str | None, str], list[Route]] = {}
    for route in of_one:
        routes.setdefault((route.host, route.rule.path), []).append(route)
    wildcards = [host for host in dict.fromkeys(host for host, _ in routes) if host and host.startswith("*")]
    for (host, path), inners in routes.items():
        hosts = [
            host,
            *(one for one in wildcards if host and listener_rules.covers(one, host)),
            *([None] if host else []),
        ]
        within = [(one, outer) for one in hosts for outer in (path, *_prefixes(path)) if (one, outer) != (host, path)]
        outers = [route for key in within for route in routes.get(key, ())]
        for inner, outer in ((inner, outer) for inner in inners for outer in outers):
            first, then = outer.rule.priority, inner.rule.priority
            if inner.service != outer.service and first < then:
                order = f"with priority {first} before {then}"
                what = f'"{inner.text}" is never reached: "{outer.text}" is matched first, {order}.'
                step = "Give the longer path the lower `priority:`, or remove it."
                if host != outer.host:
                    step = f"Give {inner.service} the lower `priority:`."
                also = (outer.place, *(_priority(one.service) for one in (inner, outer)))
                yield Problem(inner.place, what, step, also=also)


def _prefixes(path: str) -> list[str]:
    """The paths that a path lies in: of /a/b that is / and /a."""
    parts = path.split("/")
    return [] if path == "/" else ["/", *("/".join(parts[:length]) for length in range(2, len(parts)))]


def free_priority(spec: Spec, service: str, after: int, room: int = 1) -> int:
    """The next priority from which on so many are free for a service; from 1 on where none is after this one."""
    beside = load_balancers.routed(spec)[spec.services[service].load_balancer].items()
    taken = {rule.priority for name, one in beside for rule in listener_rules.rules(name, one)}
    last = load_balancer.MAX_PRIORITY - room + 1
    numbers = chain(range(after + 1, last + 1), range(1, last))
    return next(number for number in numbers if taken.isdisjoint(range(number, number + room)))


def targets_fit_a_load_balancer(spec: Spec) -> Iterator[Problem]:
    """A load balancer has at most 100 target groups, and AWS does not raise that quota."""
    most = load_balancer.TARGET_GROUPS
    for services in load_balancers.routed(spec).values():
        for count, name in enumerate([*services][most:], most + 1):
            what = f"This is service number {count} with a path, and a load balancer has at most {most} target groups "
            what += f"(quota {load_balancer.TARGET_GROUPS_QUOTA})."
            step = "Make it internal (no path), or give it another one of `load_balancers:`, and a host."
            yield Problem(("services", name, "path"), what, step)


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
