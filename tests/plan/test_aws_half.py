"""The AWS half of a stack: what it loses, and what it refuses to lose."""

import copy
from typing import Any

import pytest

from tests import aws_half

WHOLE: dict[str, Any] = {
    "terraform": {"required_providers": {"aws": {"source": "a"}, "helm": {"source": "h"}}, "backend": {"local": {}}},
    "provider": {"aws": [{}], "helm": [{"kubernetes": {"host": "x"}}]},
    "data": {"aws_partition": {"current": {}}},
    "resource": {"aws_iam_role": {"a": {"name": "a"}}, "helm_release": {"a": {"name": "a"}}},
    "output": {"role": {"value": "${aws_iam_role.a.arn}"}, "release": {"value": "${helm_release.a.id}"}},
}


def test_an_aws_half_loses_helm_and_kubernetes_and_outputs_of_them() -> None:
    half = aws_half.of(WHOLE)
    aws_half.check(WHOLE, half)
    assert half["resource"] == {"aws_iam_role": {"a": {"name": "a"}}}
    assert half["output"].keys() == {"role"}
    assert half["provider"].keys() == half["terraform"]["required_providers"].keys() == {"aws"}


def test_an_aws_half_may_not_lose_anything_else() -> None:
    half = aws_half.of(WHOLE)
    del half["data"]
    with pytest.raises(AssertionError, match="lacks something that is neither Kubernetes nor Helm"):
        aws_half.check(WHOLE, half)


def test_an_aws_half_may_not_change_anything() -> None:
    half = aws_half.of(WHOLE)
    half["resource"]["aws_iam_role"]["a"]["name"] = "b"
    with pytest.raises(AssertionError, match="holds something that the stack does not"):
        aws_half.check(WHOLE, half)


def test_an_aws_resource_that_needs_a_release_has_no_half() -> None:
    whole = copy.deepcopy(WHOLE)
    whole["resource"]["aws_iam_role"]["a"]["name"] = "${helm_release.a.name}"
    with pytest.raises(AssertionError, match="its stack has no AWS half"):
        aws_half.check(whole, aws_half.of(whole))
