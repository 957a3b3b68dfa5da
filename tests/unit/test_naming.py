"""Names and addresses: stable, within AWS's limits, starting with the project."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modules.naming import LIMITS, Names, address, shorten


@pytest.mark.parametrize(
    ("parts", "expected"),
    [(("order-service", "queue"), "order_service_queue"), (("ecr-api",), "ecr_api"), (("2fa",), "_2fa")],
)
def test_an_address_is_what_a_person_would_have_chosen(parts: tuple[str, ...], expected: str) -> None:
    assert address(*parts) == expected


def test_a_short_name_stays_and_a_long_one_keeps_its_head() -> None:
    assert shorten("shop-user-service", 32) == "shop-user-service"
    long = "shop-" + "a" * 40
    assert shorten(long, 32) == "shop-aaaaaaaaaaaaaaaaaaaa-f6cc32"


@given(
    st.text("abcdefghijklmnopqrstuvwxyz0123456789-", min_size=1, max_size=200), st.sampled_from(sorted(LIMITS.values()))
)
def test_no_name_is_over_its_limit(name: str, limit: int) -> None:
    short = shorten(name, limit)
    assert len(short) <= limit
    assert short == shorten(name, limit)


@given(st.text("ab-", min_size=30, max_size=60), st.text("ab-", min_size=30, max_size=60))
def test_two_names_do_not_become_one(one: str, other: str) -> None:
    assert (shorten(one, 20) == shorten(other, 20)) == (one == other)


def test_an_environment_has_names_of_its_own_and_the_base_keeps_plain_ones() -> None:
    base, staging = Names("shop"), Names("shop", "staging")
    assert (base.stack("network"), staging.stack("network")) == ("network", "staging-network")
    assert (base.role("user-service"), staging.role("user-service")) == (
        "shop-user-service",
        "shop-staging-user-service",
    )
    assert (base.cluster, staging.cluster) == ("shop", "shop-staging")
    assert base.profile("user-service") == staging.profile("user-service") == "user-service-fp"
