"""Subnets: computed from the range, apart from each other, with room for pods, and fixed by the zone's letter."""

from ipaddress import IPv4Network
from itertools import combinations

import pytest

from modules.design import subnets
from modules.facts import vpc


@pytest.mark.parametrize("cidr", ["10.0.0.0/16", "10.20.0.0/18", "192.168.8.0/21"])
def test_no_two_subnets_overlap_and_all_lie_in_the_vpc(cidr: str) -> None:
    every = [IPv4Network(make(cidr, zone)) for make in (subnets.public, subnets.private) for zone in vpc.ZONE_LETTERS]
    assert all(subnet.subnet_of(IPv4Network(cidr)) for subnet in every)
    assert not any(one.overlaps(other) for one, other in combinations(every, 2))


def test_the_architectures_range_gives_each_zone_room_for_eight_thousand_pods() -> None:
    private = IPv4Network(subnets.private("10.0.0.0/16", "a"))
    assert str(private) == "10.0.32.0/19"
    assert private.num_addresses - vpc.RESERVED_ADDRESSES == 8187


def test_the_smallest_range_still_fits_a_load_balancer() -> None:
    assert IPv4Network(subnets.public("10.0.0.0/21", "f")).prefixlen == 27
