"""The AWS half of a stack: what it loses, and what it refuses to lose."""

import copy
from typing import Any

import pytest

from tests.support import without_kubernetes

WHOLE: dict[str, Any] = {
    "terraform": {"required_providers": {"aws": {"source": "a"}, "helm": {"source": "h"}}, "backend": {"local": {}}},
    "provider": {"aws": [{}], "helm": [{"kubernetes": {"host": "x"}}]},
    "data": {"aws_partition": {"current": {}}},
    "resource": {"aws_iam_role": {"a": {"name": "a"}}, "helm_release": {"a": {"name": "a"}}},
    "output": {
        "role": {"value": "${aws_iam_role.a.arn}"},
        "release": {"value": "${helm_release.a.id}"},
        "promise": {"value": "a", "depends_on": ["helm_release.a"]},
    },
}


def test_an_aws_half_loses_helm_and_kubernetes_and_outputs_of_them() -> None:
    half = without_kubernetes.of(WHOLE)
    without_kubernetes.check(WHOLE, half)
    assert half["resource"] == {"aws_iam_role": {"a": {"name": "a"}}}
    assert half["output"].keys() == {"role", "promise"}
    assert half["output"]["promise"] == {"value": "a"}
    assert half["provider"].keys() == half["terraform"]["required_providers"].keys() == {"aws"}


def test_an_aws_half_may_not_lose_anything_else() -> None:
    half = without_kubernetes.of(WHOLE)
    del half["data"]
    with pytest.raises(AssertionError, match="lacks something that is neither Kubernetes nor Helm"):
        without_kubernetes.check(WHOLE, half)


def test_an_aws_half_may_not_change_anything() -> None:
    half = without_kubernetes.of(WHOLE)
    half["resource"]["aws_iam_role"]["a"]["name"] = "b"
    with pytest.raises(AssertionError, match="holds something that the stack does not"):
        without_kubernetes.check(WHOLE, half)


def test_an_aws_resource_that_needs_a_release_has_no_half() -> None:
    whole = copy.deepcopy(WHOLE)
    whole["resource"]["aws_iam_role"]["a"]["name"] = "${helm_release.a.name}"
    with pytest.raises(AssertionError, match="its stack has no AWS half"):
        without_kubernetes.check(whole, without_kubernetes.of(whole))
