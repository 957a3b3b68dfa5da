"""Address ranges of the subnets: fixed by the zone's letter, so that each zone has the same in every system."""

from collections.abc import Iterable
from ipaddress import IPv4Network

from modules.facts import vpc

# An eighth of the VPC for the private subnet of each of the six letters, and an eighth, cut in eight, for the public
# ones; one eighth stays free. Of 10.0.0.0/16 that is 8,187 pods a zone.
_EIGHTHS = 3


def private(cidr: str, zone: str) -> str:
    """Range of the private subnet in the zone with this letter."""
    return str(_eighth(IPv4Network(cidr), 1 + vpc.ZONE_LETTERS.index(zone)))


def public(cidr: str, zone: str) -> str:
    """Range of the public subnet in the zone with this letter."""
    return str(_eighth(_eighth(IPv4Network(cidr), 0), vpc.ZONE_LETTERS.index(zone)))


def addresses(cidr: str, zones: Iterable[str]) -> int:
    """Of the private subnets of a range in these zones, those that pods can have."""
    ranges = [IPv4Network(private(cidr, zone)) for zone in dict.fromkeys(zones)]
    return sum(one.num_addresses - vpc.RESERVED_ADDRESSES for one in ranges)


def _eighth(network: IPv4Network, index: int) -> IPv4Network:
    return list(network.subnets(prefixlen_diff=_EIGHTHS))[index]
