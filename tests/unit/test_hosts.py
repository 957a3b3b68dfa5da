"""Hosts beside paths: which rule comes first, how many there are, and where a host's certificate and record are."""

import itertools
from collections.abc import Iterator
from fnmatch import fnmatchcase

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modules.checks.priorities import settled
from modules.checks.rules import routes
from modules.design import hosts, listener_rules
from modules.facts import load_balancer
from modules.spec.model import Service, Spec
from tests.unit.conftest import Check, mistakes, warnings

DOMAIN = "domain: example.com\nhosted_zone: Z0123456789ABCDEFGHIJ\n"
OTHER = f"{DOMAIN}hosted_zones: {{example.org: Z1111111111, shop.example.org: Z2222222222}}\n"
LABEL = st.sampled_from(["a", "b", "www", "shop"])
HOST = st.builds(
    lambda star, labels: ".".join(["*"] * star + [*labels, "example", "com"]),
    st.booleans(),
    st.lists(LABEL, max_size=3),
)
PATH = st.lists(st.sampled_from(["api", "b", "c-d"]), max_size=4).map(lambda parts: "/" + "/".join(parts))


def _spec(system: Check, services: str, platform: str = DOMAIN) -> Spec:
    result = system(services, platform=platform)
    assert result.spec is not None, mistakes(result)
    return result.spec


def _matches(rule: listener_rules.Rule, host: str, path: str) -> bool:
    """As a load balancer compares: * is any number of any characters."""
    return (not rule.hosts or any(fnmatchcase(host, one) for one in rule.hosts)) and (
        not rule.patterns or any(fnmatchcase(path, one) for one in rule.patterns)
    )


def test_two_hosts_have_a_rule_each_and_no_collision(system: Check) -> None:
    spec = _spec(system, "web: {path: /, host: www.example.com}\napi: {path: /, host: api.example.com}")
    found = [listener_rules.rules(name, service) for name, service in spec.services.items()]
    assert [[(rule.hosts, rule.patterns, rule.address) for rule in rules] for rules in found] == [
        [(("www.example.com",), [], ())],
        [(("api.example.com",), [], ())],
    ]


def test_priorities_are_pinned_since_a_deployed_rule_keeps_its_own() -> None:
    """A new formula is a change of every deployed rule: it needs a way that keeps those that there are."""

    def priorities(path: str, *named: str) -> list[int]:
        return [rule.priority for rule in listener_rules.rules("web", Service(path=(path,), host=named))]

    assert priorities("/") == [48001]
    assert priorities("/api/users") == [PINNED["/api/users"]]
    assert priorities("/", "www.example.com") == [PINNED["host /"]]
    assert priorities("/api", "*.example.com") == [PINNED["wildcard /api"]]


PINNED = {"/api/users": 39083, "host /": 14107, "wildcard /api": 19429}


@given(st.sets(HOST, max_size=14), PATH)
def test_no_rule_has_more_values_than_aws_takes_and_none_is_lost(named: set[str], path: str) -> None:
    rules = listener_rules.rules("web", Service(path=(path,), host=tuple(sorted(named))))
    for rule in rules:
        assert len(rule.hosts) + len(rule.patterns) <= load_balancer.CONDITION_VALUES
        assert 1 <= rule.priority <= load_balancer.MAX_PRIORITY
    assert sorted(host for rule in rules for host in rule.hosts) == sorted(named)
    assert len({rule.address for rule in rules}) == len(rules)


@st.composite
def _request(draw: st.DrawFn) -> tuple[str, str, list[tuple[str, str]]]:
    """A host, a path, and two different pairs of host and path that are for it, the more specific first."""
    labels = [*draw(st.lists(LABEL, min_size=1, max_size=2)), "example", "com"]
    parts = draw(st.lists(st.sampled_from(["api", "b", "c-d"]), max_size=4))
    named = [".".join(labels), *(".".join(["*", *labels[skip:]]) for skip in range(1, len(labels) - 1)), ""]
    paths = ["/" + "/".join(parts[:length]) for length in range(len(parts), -1, -1)]
    pairs = [(host, path) for host in named for path in paths]
    two = draw(st.lists(st.integers(0, len(pairs) - 1), min_size=2, max_size=2, unique=True))
    return named[0], paths[0], [pairs[index] for index in sorted(two)]


@given(_request())
def test_a_request_goes_to_the_more_specific_of_two_rules(request: tuple[str, str, list[tuple[str, str]]]) -> None:
    """The narrower host, and then the longer path."""
    host, path, pairs = request
    first, second = (
        listener_rules.rules(name, Service(path=(one,), host=(named,) if named else ()))[0]
        for name, (named, one) in zip("ab", pairs, strict=True)
    )
    assert _matches(first, host, path)
    assert _matches(second, host, path)
    assert first.priority < second.priority


@given(HOST, PATH)
def test_a_host_comes_before_any_host(host: str, path: str) -> None:
    with_host = listener_rules.rules("a", Service(path=("/",), host=(host,)))[0]
    assert with_host.priority < listener_rules.priority(path)


def test_another_host_at_the_end_changes_no_rule_that_there_is() -> None:
    named = tuple(f"h{number}.example.com" for number in range(12))
    for priority in (None, 100):
        for count in range(3, 12, 3):
            before, after = (
                {
                    rule.address: rule
                    for rule in listener_rules.rules(
                        "a", Service(path=("/x", "/y"), host=named[:length], priority=priority)
                    )
                }
                for length in (count, count + 1)
            )
            assert before.items() <= after.items()


def test_the_certificate_of_the_domain_is_for_one_label_below_it(system: Check) -> None:
    spec = _spec(system, "a: {path: /, host: [example.com, www.example.com, '*.example.com', a.b.example.com]}")
    assert [hosts.is_covered(spec, host) for host in spec.services["a"].host] == [True, True, True, False]
    assert [one.host for one in hosts.certificates(spec, "a")] == ["a.b.example.com"]
    assert [one.host for one in hosts.records(spec, "a")] == ["www.example.com", "*.example.com", "a.b.example.com"]


def test_a_host_is_in_the_zone_with_the_longest_name(system: Check) -> None:
    named = "[x.example.org, x.shop.example.org, www.example.com]"
    spec = _spec(system, f"a: {{path: /, host: {named}}}", OTHER)
    assert [hosts.zone_id(spec, host) for host in spec.services["a"].host] == [
        "Z1111111111",
        "Z2222222222",
        "Z0123456789ABCDEFGHIJ",
    ]


def test_a_host_of_several_services_is_that_of_the_one_with_the_shortest_path(system: Check) -> None:
    spec = _spec(system, "web: {path: /, host: x.example.org}\napi: {path: /api, host: x.example.org}", OTHER)
    assert [one.host for one in hosts.certificates(spec, "web")] == ["x.example.org"]
    assert hosts.records(spec, "api") == []


def test_without_https_a_host_has_a_record_and_no_certificate(system: Check) -> None:
    spec = _spec(system, "a: {path: /, host: x.example.org}", "hosted_zones: {example.org: Z1111111111}\n")
    assert [one.host for one in hosts.records(spec, "a")] == ["x.example.org"]
    assert hosts.certificates(spec, "a") == []


@pytest.mark.parametrize(
    ("services", "platform", "where", "what", "step"),
    [
        (
            "a: {host: www.example.com}",
            DOMAIN,
            "services.a.host",
            "a has a host but no path, so nothing is routed to it.",
            "Add `path: /`, or remove `host`.",
        ),
        (
            "a: {path: /, host: [www.example.com, www.example.com]}",
            DOMAIN,
            "services.a.host[1]",
            '"www.example.com" is listed twice.',
            "Remove this one.",
        ),
        (
            "a: {path: /, host: 'http://www.example.com'}",
            DOMAIN,
            "services.a.host",
            '"http://www.example.com" is not a host, or a wildcard for one label.',
            "Write a value such as www.example.com.",
        ),
        (
            "a: {path: /, host: x.example.org}",
            DOMAIN,
            "services.a.host[0]",
            "No certificate is for x.example.org: that of `domain` is for example.com and *.example.com only.",
            "Name its Route 53 zone, such as `hosted_zones: {example.org: Z…}`; or use a host below `domain`.",
        ),
        (
            f"a: {{path: /, host: {'x' * 60}.example.org}}",
            OTHER,
            "services.a.host[0]",
            "The host has 72 characters, and the common name of its certificate at most 64.",
            "Use a shorter host, or a wildcard.",
        ),
        (
            "a: {path: /, host: x.example.com}\nb: {path: /, host: [y.example.com, x.example.com]}",
            DOMAIN,
            "services.b.path",
            '"x.example.com/" is already routed to a.',
            "Give one of the two another path or host.",
        ),
        (
            "a: {path: /, host: x.example.com}\nb: {path: /, host: '*.example.com', priority: 1}",
            DOMAIN,
            "services.a.path",
            '"x.example.com/" is never reached: "*.example.com/" is matched first, with priority 1 before',
            "Give a the lower `priority:`.",
        ),
        (
            "a: {path: /x, host: x.example.com}\nb: {path: /, priority: 1}",
            DOMAIN,
            "services.a.path",
            '"x.example.com/x" is never reached: "/" is matched first, with priority 1 before',
            "Give a the lower `priority:`.",
        ),
        (
            "a: {}",
            f"{DOMAIN}hosted_zones: {{example.com: Z1111111111}}\n",
            "hosted_zones.example.com",
            "The zone of example.com is `hosted_zone` already.",
            "Remove one of the two.",
        ),
        (
            "a: {}",
            "load_balancer: none\nhosted_zones: {example.com: Z1111111111}\n",
            "hosted_zones",
            "`hosted_zones` has no effect without a load balancer.",
            "Leave out `hosted_zones`, or `load_balancer: none`.",
        ),
    ],
    ids=str,
)
def test_a_mistake_about_hosts_is_named(
    system: Check, services: str, platform: str, where: str, what: str, step: str
) -> None:
    text = mistakes(system(services, platform=platform))
    assert f" {where}\n  {what}" in text
    assert f"\n  {step}" in text


def test_a_certificate_of_ones_own_may_be_for_any_host(system: Check) -> None:
    arn = "arn:aws:acm:eu-west-1:111122223333:certificate/x"
    spec = _spec(system, "a: {path: /, host: x.example.org}", f"certificate_arn: {arn}\n")
    assert hosts.certificates(spec, "a") == hosts.records(spec, "a") == []


def test_more_certificates_than_a_load_balancer_has_are_said(system: Check) -> None:
    def said(count: int) -> dict[str, str]:
        named = ", ".join(f"h{number}.example.org" for number in range(count))
        return warnings(system(f"a: {{path: /, host: [{named}]}}", platform=OTHER))

    assert "listener-certificates" not in said(25)
    text = said(26)["listener-certificates"]
    assert "26 hosts need a certificate of their own, and a load balancer has 25 by default." in text
    assert "raise quota L-9365A611 to 26." in text


def _colliding() -> tuple[str, str]:
    seen: dict[int, str] = {}
    for number in itertools.count():
        path = f"/p{number}"
        if (other := seen.setdefault(listener_rules.priority(path), path)) != path:
            return other, path
    raise AssertionError


def _parsed(**services: Service) -> Spec:
    return Spec(project="shop", region="eu-west-1", services=services)


def test_of_two_services_the_later_gives_way_and_one_that_is_deployed_never() -> None:
    one, two = _colliding()
    spec = _parsed(a=Service(path=(one,)), b=Service(path=(two,)))
    taken = listener_rules.priority(one)
    assert settled(spec, {"a": 0, "b": 0}.__getitem__) == {"b": taken + 1}
    assert settled(spec, {"a": 0, "b": 2}.__getitem__) == {"a": taken + 1}
    assert settled(spec, {"a": 1, "b": 2}.__getitem__) == {"a": taken + 1}


def test_a_priority_that_somebody_wrote_is_not_changed() -> None:
    spec = _parsed(a=Service(path=("/x",), priority=7), b=Service(path=("/y",), priority=7))
    assert settled(spec, lambda _: 0) == {}


def test_a_service_of_several_rules_gets_a_number_with_which_all_are_reached() -> None:
    one, two = _colliding()
    spec = _parsed(root=Service(path=("/",)), a=Service(path=(one,)), b=Service(path=(two, "/p/deeper/still")))
    ((name, number),) = settled(spec, lambda _: 0).items()
    assert name == "b"
    services = {**spec.services, "b": spec.services["b"].model_copy(update={"priority": number})}
    changed = spec.model_copy(update={"services": services})
    assert list(_wrong(changed)) == []


def _wrong(spec: Spec) -> Iterator[object]:
    yield from routes.collisions(spec)
    yield from routes.nested_paths_come_first(spec)
