"""Availability zones: the letters that each region offers, and the zones in which EKS accepts no subnet."""

from typing import Literal

Letter = Literal["a", "b", "c", "d", "e", "f"]

# DescribeAvailabilityZones of each region, as moto 5.2.5 recorded it (tests compare), and the zone ids of
# https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-availability-zones.html; read 2026-11-26.
AS_OF = "2026-11-26"
_THREE: tuple[Letter, ...] = ("a", "b", "c")
_OTHERWISE: dict[str, tuple[Letter, ...]] = {
    # Older accounts have `b` too: https://github.com/aws-samples/saas-reference-architecture-ecs/issues/12.
    "ap-northeast-1": ("a", "c", "d"),
    "ap-northeast-2": ("a", "b", "c", "d"),
    "ca-central-1": ("a", "b", "d"),
    "cn-north-1": ("a", "b"),
    "us-east-1": ("a", "b", "c", "d", "e", "f"),
    "us-west-2": ("a", "b", "c", "d"),
}

# Accounts have two of its three letters, and not all the same two:
# https://docs.aws.amazon.com/global-infrastructure/latest/regions/az-ids.html, read 2026-11-26.
OF_THE_ACCOUNT = ("us-west-1",)

# https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html ("The subnets can't reside in the following
# Availability Zones"), read 2026-11-26. Only DescribeAvailabilityZones says which letter they have in an account.
REFUSED_BY_EKS = {"us-east-1": "use1-az3", "us-west-1": "usw1-az2", "ca-central-1": "cac1-az3"}
# Regions newer than November 2012 have the same letters in every account (az-ids.html).
REFUSED_LETTERS = {"ca-central-1": "c"}


def letters(region: str) -> tuple[Letter, ...]:
    """Letters of the region's zones; a, b and c for a region that is not in the table, as nearly all have."""
    return _OTHERWISE.get(region, _THREE)


def default(region: str) -> tuple[Letter, ...]:
    """The first three zones of the region; none where they depend on the account."""
    return () if region in OF_THE_ACCOUNT else letters(region)[:3]
