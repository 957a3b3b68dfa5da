"""References are read as Kubernetes reads them, and variables come after those to which they refer."""

import pytest

from modules.design import pod_environment
from tests.unit.conftest import Check, mistakes


@pytest.mark.parametrize(
    ("value", "names"),
    [
        ("", []),
        ("plain $B ${B} $", []),
        ("$(A)", ["A"]),
        ("x$(A)y$(B)$(A)", ["A", "B", "A"]),
        ("$$(A)", []),
        ("$$$(A)", ["A"]),
        ("$$$$(A)", []),
        ("$x$(A)", ["A"]),
        ("$(A", []),
        ("$(A$(B)", ["A$(B"]),
        ("$()", [""]),
        ("$\n$(A)", ["A"]),
    ],
)
def test_a_reference_is_what_kubernetes_takes_for_one(value: str, names: list[str]) -> None:
    """The cases of TestMapping in third_party/forked/golang/expansion/expand_test.go, and a few more."""
    assert pod_environment.references(value) == names


def test_a_service_knows_its_home_its_own_variables_and_those_of_the_platform(system: Check) -> None:
    spec = system("a: {aws: [sqs, kms], calls: [b], env: {LEVEL: x}}\nb: {}").spec
    assert spec is not None
    assert pod_environment.known(spec.services["a"], next(pod_environment.each(spec.services["a"]))) == [
        "B_URL",
        "HOME",
        "KMS_KEY_ARN",
        "LEVEL",
        "QUEUE_URL",
    ]


def test_the_order_of_variables_is_not_that_of_the_file(system: Check) -> None:
    spec = system("a: {env: {Z: z, B: $(Z), A: $(B), C: c}}").spec
    assert spec is not None
    assert list(pod_environment.ordered(spec.services["a"].env)) == ["Z", "C", "B", "A"]
    again = system("a: {env: {C: c, A: $(B), B: $(Z), Z: z}}").spec
    assert again is not None
    assert list(pod_environment.ordered(again.services["a"].env)) == ["Z", "C", "B", "A"]


def test_a_variable_that_eks_adds_later_is_not_known(system: Check) -> None:
    assert "A refers to $(AWS_REGION), and a has no such variable." in mistakes(system("a: {env: {A: $(AWS_REGION)}}"))
