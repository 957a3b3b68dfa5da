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
            "network: {cidr: 100.64.0.0/16, secondary_cidrs: {10.0.0.0/16: new}}\n",
            "network.secondary_cidrs.10.0.0.0/16",
            "AWS adds 10.0.0.0/16 to no VPC of 100.64.0.0/16.",
            "Use one within 100.64.0.0/10.",
        ),
        (
            "network: {secondary_cidrs: {10.0.0.0/8: new}}\n",
            "network.secondary_cidrs.10.0.0.0/8",
            "10.0.0.0/8 is no range for subnets of pods.",
            "Use one from /16 to /21.",
        ),
        (
            "network: {cidr: 10.1.0.0/16, secondary_cidrs: {10.0.0.0/18: new}}\n",
            "network.secondary_cidrs.10.0.0.0/18",
            "AWS adds nothing of 10.0.0.0/16 to a VPC that has 10.1.0.0/16.",
            "Use another range.",
        ),
        (
            "network: {cidr: 10.8.0.0/16, secondary_cidrs: {10.0.0.0/18: new, 10.1.0.0/18: []}}\n",
            "network.secondary_cidrs.10.0.0.0/18",
            "AWS adds nothing of 10.0.0.0/16 to a VPC that has 10.1.0.0/18.",
            "Use another range.",
        ),
        (
            "network: {cidr: 172.16.0.0/16, secondary_cidrs: {172.31.0.0/18: new}}\n",
            "network.secondary_cidrs.172.31.0.0/18",
            "AWS adds nothing of 172.31.0.0/16 to a VPC.",
            "Use another range.",
        ),
        (
            "network: {secondary_cidrs: {10.100.0.0/16: new}}\ncluster: {service_cidr: 10.100.0.0/20}\n",
            "network.secondary_cidrs.10.100.0.0/16",
            "10.100.0.0/16 overlaps 10.100.0.0/20.",
            "Use another range.",
        ),
        (
            "network: {secondary_cidrs: {100.64.0.0/16: new}}\ncluster: {api_access: 100.64.0.0/16}\n",
            "cluster.api_access[0]",
            "100.64.0.0/16 is in the VPC, 100.64.0.0/16, which can always reach the Kubernetes API.",
            "Remove it.",
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
            'There is no service "nwe".',
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


@pytest.mark.parametrize(
    ("first", "further"),
    [
        ("10.0.0.0/16", "10.1.0.0/16"),
        ("10.8.0.0/16", "10.0.0.0/16"),
        ("172.31.0.0/16", "172.16.0.0/16"),
        ("192.168.0.0/17", "192.168.128.0/17"),
        ("100.64.0.0/16", "100.127.0.0/16"),
    ],
)
def test_a_range_that_aws_adds_is_no_mistake(system: Check, first: str, further: str) -> None:
    assert system(SERVICES, f"network: {{cidr: {first}, secondary_cidrs: {{{further}: new}}}}\n").spec


def _spec(system: Check, named: str, cluster: str = "") -> Spec:
    spec = system(SERVICES, f"network: {{secondary_cidrs: {{{RANGE}: [{named}]}}}}\n{cluster}").spec
    assert spec
    return spec


def _moved(before: Spec, after: Spec, deployed: str) -> list[tuple[str, str]]:
    recorded: dict[str, Any] = lifelong_keys.recorded(before)
    found = lifelong_keys.changed(lambda stack, _: (recorded, []) if stack == deployed else None, [recorded], after)
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
