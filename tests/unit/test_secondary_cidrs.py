"""What `secondary_cidrs:` may say, and that the pods of a deployed service stay in their range."""

import re
from typing import Any

import pytest

from modules.design import lifelong_keys
from modules.spec.model import Spec
from tests.unit.conftest import Check, mistakes

SERVICES = "old: {}\nnew: {}"
RANGE = "100.64.0.0/16"


@pytest.mark.parametrize(
    ("platform", "where", "what", "step"),
    [
        (
            "network: {secondary_cidrs: {192.168.0.0/16: new}}\n",
            "network.secondary_cidrs.192.168.0.0/16",
            "AWS adds 192.168.0.0/16 to no VPC of 10.0.0.0/16.",
            "Use one within 10.0.0.0/8 or 100.64.0.0/10.",
        ),
        (
            "network: {secondary_cidrs: {100.64.0.1/16: new}}\n",
            "network.secondary_cidrs.100.64.0.1/16",
            "100.64.0.1/16 is not an address range: it has host bits set.",
            "Did you mean 100.64.0.0/16?",
        ),
        (
            "network: {secondary_cidrs: {100.64.0.0/24: new}}\n",
            "network.secondary_cidrs.100.64.0.0/24",
            "100.64.0.0/24 is no range for subnets of pods.",
            "Use one from /16 to /21.",
        ),
        (
            "network: {secondary_cidrs: {10.0.128.0/18: new}}\n",
            "network.secondary_cidrs.10.0.128.0/18",
            "10.0.128.0/18 overlaps 10.0.0.0/16.",
            "Use another range.",
        ),
        (
            "network: {secondary_cidrs: {100.64.0.0/16: nwe}}\n",
            "network.secondary_cidrs.100.64.0.0/16[0]",
            "There is no service nwe.",
            'Did you mean "new"?',
        ),
        (
            "network: {secondary_cidrs: {100.64.0.0/16: new, 10.1.0.0/16: [old, new]}}\n",
            "network.secondary_cidrs.10.1.0.0/16[1]",
            "new is listed twice, and its pods are in one range.",
            "Remove one.",
        ),
        (
            "network: {secondary_cidrs: {100.64.0.0/16: new}}\ncluster: {fargate_profiles: shared}\n",
            "network.secondary_cidrs.100.64.0.0/16[0]",
            "new shares a Fargate profile, which is in the first range of the VPC.",
            "Name new under `fargate_profiles:` too.",
        ),
    ],
)
def test_a_range_is_one_that_the_vpc_takes_and_of_services_with_a_profile(
    system: Check, platform: str, where: str, what: str, step: str
) -> None:
    (found,) = mistakes(system(SERVICES, platform)).split("services.yaml:")[1:]
    said = re.sub(r" \(see line \d+\)", "", found)
    assert f" {where}\n  {what}\n  {step}" in said


def _spec(system: Check, named: str, cluster: str = "") -> Spec:
    spec = system(SERVICES, f"network: {{secondary_cidrs: {{{RANGE}: [{named}]}}}}\n{cluster}").spec
    assert spec
    return spec


def _moved(before: Spec, after: Spec, deployed: str) -> list[tuple[str, str]]:
    recorded: dict[str, Any] = lifelong_keys.recorded(before)
    found = lifelong_keys.changed(lambda stack, _: (recorded, []) if stack == deployed else None, after)
    return [(one.what, one.next_step) for one in found]


def test_a_deployed_service_stays_in_its_range_and_a_new_one_may_choose(system: Check) -> None:
    first, second = _spec(system, ""), _spec(system, "new")
    assert _moved(first, second, "old") == []
    assert _moved(second, second, "new") == []
    gone = "Its Fargate profile would be replaced, and EKS deletes all pods of it."
    assert _moved(first, second, "new") == [
        (f"new: deployed in the first range of the VPC. {gone}", "Take new out of `secondary_cidrs:` again.")
    ]
    assert _moved(second, first, "new") == [
        (f"new: deployed in {RANGE}, a further range of the VPC. {gone}", f"Name it under {RANGE} again.")
    ]


def test_a_service_that_shared_a_profile_may_get_its_own_in_another_range(system: Check) -> None:
    shared, own = (
        _spec(system, named, f"cluster: {{fargate_profiles: [old{more}]}}\n")
        for named, more in (("", ""), ("new", ", new"))
    )
    assert _moved(shared, own, "new") == []
