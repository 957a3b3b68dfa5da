"""Every resource says which environment it is of, and no condition of one environment fits a resource of another."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from modules.iam.evaluation import Call, allows
from modules.naming import Names
from modules.spec.model import Spec
from modules.synth.build import build
from tests.synth.conftest import Built, Json, stack

Apart = tuple[Built, Built]


@pytest.fixture(scope="module")
def environments(built: Built, spec: Spec) -> Apart:
    """The shipped system as the base environment, and as one called dev."""
    return built, build(spec.model_copy().further("dev"))


def _stacks(files: Built) -> dict[str, Json]:
    names = [path.split("/")[1] for path in files if path.endswith("/cdk.tf.json")]
    return {name: stack(files, name) for name in names}


def _tags(content: Json) -> dict[str, str]:
    (provider,) = content["provider"]["aws"]
    (default,) = provider["default_tags"]
    tags: dict[str, str] = default["tags"]
    return tags


@pytest.mark.parametrize(("index", "name"), [(0, "base"), (1, "dev")])
def test_every_stack_tags_its_resources_with_the_environment(environments: Apart, index: int, name: str) -> None:
    stacks = _stacks(environments[index])
    assert len(stacks) == 10
    assert {_tags(content)["Environment"] for content in stacks.values()} == {name}
    assert {_tags(content)["Project"] for content in stacks.values()} == {"shop"}


def _target_groups(files: Built) -> list[Call]:
    """The controller's call on each target group, with the tags that AWS would see."""
    return [
        Call(
            "elasticloadbalancing:RegisterTargets",
            f"arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/{group['name']}/0123456789abcdef",
            {f"aws:ResourceTag/{key}": value for key, value in _tags(content).items()},
        )
        for content in _stacks(files).values()
        for group in content["resource"].get("aws_lb_target_group", {}).values()
    ]


def _controller(files: Built) -> list[Any]:
    (platform,) = (content for name, content in _stacks(files).items() if name.endswith("platform"))
    statements = platform["data"]["aws_iam_policy_document"]["load_balancer_controller_permissions"]["statement"]
    filled = [
        {
            "Effect": "Allow",
            "Action": one["actions"],
            "Resource": [re.sub(r"\$\{[^}]*\}", "111122223333", arn) for arn in one["resources"]],
            "Condition": _conditions(one["condition"]),
        }
        for one in statements
    ]
    return [{"Statement": filled}]


def _conditions(blocks: list[Json]) -> Json:
    assert {block["test"] for block in blocks} == {"StringEquals"}
    return {"StringEquals": {block["variable"]: block["values"] for block in blocks}}


def test_the_controller_of_an_environment_registers_pods_with_its_own_target_groups_alone(environments: Apart) -> None:
    for own, other in (environments, environments[::-1]):
        assert len(_target_groups(own)) == len(_target_groups(other)) == 5
        assert all(allows(_controller(own), call) for call in _target_groups(own))
        assert not any(allows(_controller(own), call) for call in _target_groups(other))


def test_by_its_name_alone_another_environments_target_group_would_fit(environments: Apart) -> None:
    base, dev = environments
    tags = _target_groups(base)[0].context
    assert any(allows(_controller(base), call._replace(context=tags)) for call in _target_groups(dev))


def test_every_condition_on_a_tag_of_the_project_names_the_environment_too(environments: Apart) -> None:
    found = 0
    for files in environments:
        for content in _stacks(files).values():
            for document in content.get("data", {}).get("aws_iam_policy_document", {}).values():
                for statement in document["statement"]:
                    keys = {one["variable"].rpartition("/")[2] for one in statement.get("condition", [])}
                    if "Project" in keys:
                        assert "Environment" in keys, statement["sid"]
                        found += 1
    assert found == 2


def test_the_key_of_the_logs_serves_log_groups_of_its_own_environment(environments: Apart) -> None:
    # Of a warehouse Redshift fixes the name, which starts with the namespace's: shop-dev-… fits shop-*.
    for own, other in ((Names("shop"), environments[1]), (Names("shop", "dev"), environments[0])):
        groups = [
            group["name"]
            for content in _stacks(other).values()
            for group in content["resource"].get("aws_cloudwatch_log_group", {}).values()
            if not group["name"].startswith("/aws/redshift/")
        ]
        assert len(groups) > 5
        assert [one for one in groups if any(_fits(pattern, one) for pattern in own.log_group_patterns)] == []


def _fits(pattern: str, name: str) -> bool:
    return re.fullmatch(re.escape(pattern).replace(r"\*", ".*"), name) is not None


def test_a_tag_of_ones_own_can_not_hide_the_environment(build_system: Callable[[Json], Built]) -> None:
    with pytest.raises(AssertionError, match='The platform sets the tag "Environment"'):
        build_system({"project": "shop", "region": "eu-west-1", "services": {}, "tags": {"environment": "prod"}})
