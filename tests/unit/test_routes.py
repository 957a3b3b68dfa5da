"""Paths become listener rules in an order that the file decides, and certificates fit the load balancer."""

import itertools
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modules.design import listener_rules
from modules.facts import load_balancer
from modules.spec.model import Service
from tests.unit.conftest import Check, mistakes

SEGMENT = st.text("abcXYZ019-_.~@+", min_size=1, max_size=6).filter(lambda part: part.strip("."))
PATH = st.lists(SEGMENT, max_size=listener_rules.MAX_SEGMENTS).map(lambda parts: "/" + "/".join(parts))


@given(PATH)
def test_every_path_has_a_priority_that_aws_accepts(path: str) -> None:
    assert 1 <= listener_rules.priority(path) <= load_balancer.MAX_PRIORITY


@given(PATH, st.lists(SEGMENT, min_size=1))
def test_a_nested_path_is_asked_before_what_it_lies_in(outer: str, below: list[str]) -> None:
    inner = f"{outer.rstrip('/')}/{'/'.join(below)}"
    if listener_rules.segments(inner) <= listener_rules.MAX_SEGMENTS:
        assert listener_rules.priority(inner) < listener_rules.priority(outer)


@given(st.sets(PATH, min_size=2, max_size=6))
def test_no_two_paths_share_an_address(paths: set[str]) -> None:
    addresses = ["_".join(listener_rules.address(path)).lower() for path in paths]
    assert len(set(addresses)) == len(addresses)


def test_plain_paths_are_spelled_in_their_address_and_others_get_a_hash() -> None:
    assert listener_rules.address("/api/users") == ("api", "users")
    assert listener_rules.address("/") == ()
    assert listener_rules.address("/gift-cards") == ("gift-cards", "cf8d9d")


def test_a_path_matches_itself_and_all_below_it() -> None:
    assert listener_rules.patterns("/api/users") == ["/api/users", "/api/users/*"]
    assert listener_rules.patterns("/") == ["/*"]


def test_a_declared_priority_counts_up_over_the_paths() -> None:
    rules = listener_rules.rules("a", Service(path=("/a", "/b/c"), priority=7))
    assert {rule.path: rule.priority for rule in rules} == {"/a": 7, "/b/c": 8}


def test_two_services_with_one_path_are_refused(system: Check) -> None:
    text = mistakes(system("a: {path: /api}\nb: {path: [/x, /api]}"))
    assert text.startswith("services.yaml:6 services.b.path\n")
    assert '"/api" is already routed to a. (see line 5)' in text


def test_nested_paths_of_two_services_are_ordered_and_not_refused(system: Check) -> None:
    assert system("a: {path: /}\nb: {path: /api}\nc: {path: /api/users}").mistakes == []


def test_two_paths_with_one_hash_ask_for_a_priority_that_is_free(system: Check) -> None:
    seen: dict[int, str] = {}
    for number in itertools.count():
        path = f"/p{number}"
        if (other := seen.setdefault(listener_rules.priority(path), path)) != path:
            break
    text = mistakes(system(f"a: {{path: {other}}}\nb: {{path: {path}}}"))
    priority = listener_rules.priority(path)
    assert f'The listener rules of "{path}" and "{other}" both get priority {priority}.' in text
    assert f"Write `priority: {priority + 1}` under b." in text
    assert system(f"a: {{path: {other}, priority: {priority + 1}}}\nb: {{path: {path}}}").mistakes == []


def test_two_services_with_the_last_priority_are_told_another_one(system: Check) -> None:
    text = mistakes(system("a: {path: /a, priority: 50000}\nb: {path: /b, priority: 50000}"))
    assert "both get priority 50000.\n  Write `priority: 1` under b" in text.replace(" (see line 5)", "")


def test_a_priority_that_runs_past_the_last_one_is_refused(system: Check) -> None:
    text = mistakes(system("a: {path: [/a, /b], priority: 50000}"))
    assert '"/b" would get priority 50001, and the highest is 50000.\n  Write `priority: 1`.' in text


def test_a_declared_priority_that_hides_a_nested_path_is_refused(system: Check) -> None:
    text = mistakes(system("a: {path: /api, priority: 10}\nb: {path: /api/users}"))
    assert text.startswith("services.yaml:6 services.b.path\n")
    later = listener_rules.priority("/api/users")
    assert f'"/api/users" is never reached: "/api" is matched first, with priority 10 before {later}.' in text
    assert "Give the longer path the lower `priority:`, or remove it." in text


def test_the_paths_of_one_service_may_stand_in_any_order(system: Check) -> None:
    assert system("a: {path: [/api, /api/users], priority: 10}").mistakes == []


def test_a_path_that_is_too_deep_is_refused(system: Check) -> None:
    text = mistakes(system("a: {path: /1/2/3/4/5/6/7/8/9}"))
    assert '"/1/2/3/4/5/6/7/8/9" has 9 segments.\n  Use at most 8.' in text


@pytest.mark.parametrize("path", ["api", "/api/", "/a//b", "/a*", "/a?b", "/a b"])
def test_what_is_no_path_is_refused(system: Check, path: str) -> None:
    assert "is not a path.\n  Write a value such as /api/orders." in mistakes(
        system(f"a: {{path: {json.dumps(path)}}}")
    )


def test_a_hosted_zone_without_a_domain_is_refused(system: Check) -> None:
    text = mistakes(system(platform="hosted_zone: Z0123456789ABCDEFGHIJ\n"))
    assert "services.yaml:4 hosted_zone\n  `hosted_zone` has no effect without `domain`." in text


def test_a_domain_that_nobody_proves_is_refused(system: Check) -> None:
    text = mistakes(system(platform="domain: shop.example.com\n"))
    assert "`domain` needs a hosted zone, in which Terraform validates its certificate, or a certificate." in text
    assert "hosted_zone" in text


CERTIFICATE = "arn:aws:acm:{}:{}:certificate/12345678-1234-1234-1234-123456789012"


def test_a_certificate_of_another_region_is_refused(system: Check) -> None:
    text = mistakes(system(platform=f"certificate_arn: {CERTIFICATE.format('us-east-1', '111122223333')}\n"))
    assert "The certificate is in us-east-1, and the load balancer in eu-west-1 can't use it." in text


def test_a_certificate_of_another_account_is_refused(system: Check) -> None:
    certificate = CERTIFICATE.format("eu-west-1", "444455556666")
    text = mistakes(system(platform=f'account: "111122223333"\ncertificate_arn: {certificate}\n'))
    assert "The certificate belongs to account 444455556666, not to 111122223333. (see line 4)" in text


def test_a_domain_too_long_for_a_certificate_is_refused_unless_there_is_one(system: Check) -> None:
    domain = f"{'a' * 60}.example.com"
    text = mistakes(system(platform=f"domain: {domain}\nhosted_zone: Z0123456789ABCDEFGHIJ\n"))
    assert "The domain has 72 characters, and the common name of a certificate at most 64." in text
    own = CERTIFICATE.format("eu-west-1", "111122223333")
    assert system(platform=f"domain: {domain}\ncertificate_arn: {own}\n").mistakes == []
