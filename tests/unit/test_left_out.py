"""What the platform has and no service uses: a warning with what it costs, and `none` where nothing is to be billed."""

import pytest

from modules.design import unused
from modules.spec.problem import Edit
from tests.unit.conftest import Check, mistakes, warnings

USES_ALL = "a: {path: /, aws: [rds, redis]}"


def said(result: Check, services: str, platform: str = "") -> list[str]:
    """The warnings of what is unused."""
    found = result(services, platform)
    assert found.spec, mistakes(found)
    return [found.render(one) for one in found.warnings if one.code == "unused-resource"]


@pytest.mark.parametrize(("key", "word", "title"), [("database", "rds", "Aurora"), ("cache", "redis", "Redis")])
def test_a_service_can_not_use_what_is_left_out(system: Check, key: str, word: str, title: str) -> None:
    assert mistakes(system(f"a:\n  aws: [s3, {word}]", f"{key}: none\n")) == (
        f"services.yaml:7 services.a.aws[1]\n  a has {word}, and the system has no {title}. (see line 4)\n"
        f"  Leave out `{key}: none`, or `{word}`."
    )


def test_a_null_is_not_none(system: Check) -> None:
    assert "database" in mistakes(system(platform="database:\n"))


def test_what_no_service_uses_is_said_with_what_it_costs(system: Check) -> None:
    database, cache, balancer = said(system, "a: {aws: [s3]}")
    assert database == (
        "services.yaml:1 database\n  warning [unused-resource]: No service uses Aurora: none has `rds`. "
        "It is billed: about 200 USD a month at rest.\n  Write `database: none`, or accept it if one will."
    )
    assert "No service uses Redis: none has `redis`. It is billed: about 50 USD a month at rest." in cache
    assert "No service uses the load balancer with its firewall: none has a `path:`." in balancer
    assert "Write `load_balancer: none`" in balancer


def test_what_is_used_or_left_out_is_not_said(system: Check) -> None:
    assert said(system, USES_ALL) == []
    assert said(system, "a: {}", "database: none\ncache: none\nload_balancer: none\n") == []


def test_the_next_step_is_one_edit_where_nothing_else_needs_the_load_balancer(system: Check) -> None:
    def edits(platform: str) -> list[Edit | None]:
        return [one.edit for one in system("a: {}", platform).warnings if one.code == "unused-resource"]

    assert edits("") == [Edit((key,), "none") for key in ("database", "cache", "load_balancer")]
    assert edits("domain: shop.example.com\nhosted_zone: Z1\n")[-1] is None


def test_an_amount_has_one_digit_that_counts(system: Check) -> None:
    assert [unused.about(usd) for usd in (7.4, 49.6, 204.4, 1495.0, 3650.0)] == [
        "about 7 USD",
        "about 50 USD",
        "about 200 USD",
        "about 1,000 USD",
        "about 4,000 USD",
    ]


def test_a_database_that_pauses_has_no_amount_and_another_region_that_of_a_known_one(system: Check) -> None:
    paused = said(system, "a: {path: /, aws: [redis]}", "database: {min_acu: 0}\n")
    (text,) = paused
    assert text == (
        "services.yaml:4 database\n  warning [unused-resource]: No service uses Aurora: none has `rds`.\n"
        "  Write `database: none`, or accept it if one will."
    )
    big = said(system, USES_ALL.replace(", redis", ""), "cache: {node_type: cache.r7g.large, nodes: 3}\n")
    assert "about 500 USD a month" in big[0]


def test_warnings_name_it_once(system: Check) -> None:
    assert "unused-resource" in warnings(system("a: {}"))
