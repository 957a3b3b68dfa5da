"""Pod sizes: exactly those that Fargate bills."""

import pytest

from modules.facts import fargate
from modules.spec import pod_size
from modules.spec.model import Service


@pytest.mark.parametrize(("text", "mib"), [("512MB", 512), ("0.5GB", 512), ("1GB", 1024), ("120GB", 122880)])
def test_memory_is_counted_in_mib(text: str, mib: int) -> None:
    assert pod_size.memory_mib(text) == mib


def test_what_fargate_offers_is_offered_and_its_own_nearest() -> None:
    for cpu, memories in fargate.SIZES.items():
        for gb in memories:
            assert pod_size.is_offered(cpu, round(gb * 1024))
            assert pod_size.nearest(cpu, round(gb * 1024))[0] == (cpu, gb)
    assert not pod_size.is_offered(8, 17 * 1024)


def test_the_container_asks_for_what_is_left_of_the_billed_size() -> None:
    assert Service(cpu=0.25, memory="512MB").request_mib == 256


@pytest.mark.parametrize(("asked", "billed"), [(0, 0), (20, 7), (100, 95), (175, 178)])
def test_disk_beyond_the_included_is_billed_with_fargates_own_share(asked: int, billed: int) -> None:
    """AWS's example: two containers that ask for 50 GiB each get 115."""
    assert pod_size.billed_storage(asked) == billed
