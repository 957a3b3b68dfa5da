"""A service that is added, removed or changed changes its own stack, `cluster`, `platform`, and no other byte."""

import json
from collections.abc import Callable

import pytest

from tests.support.random_specs import System
from tests.support.run_synth import shipped
from tests.synth.conftest import Built

SHARED = {"cluster", "platform"}


def _changed(before: Built, after: Built) -> set[str]:
    paths = {path for path in before.keys() | after.keys() if before.get(path) != after.get(path)}
    return {path.split("/")[1] for path in paths if path.startswith("stacks/")}


def _with(system: System, **services: object) -> System:
    return system | {"services": system["services"] | services}


def test_adding_a_service_changes_its_own_stack_and_the_shared_two(
    built: Built, build_system: Callable[[System], Built]
) -> None:
    added = build_system(
        _with(shipped(), **{"billing-service": {"path": "/api/billing", "aws": ["rds", "redis", "sqs"]}})
    )
    assert _changed(built, added) == {"billing-service", *SHARED}


def test_a_service_that_uses_anothers_tables_and_keys_leaves_the_others_stack_as_it_was(
    built: Built, build_system: Callable[[System], Built]
) -> None:
    shared = {"rds": {"of": "user-service", "access": "write"}, "redis": {"of": "user-service", "pubsub": True}}
    system = shipped()
    system["services"]["user-service"]["aws"] = ["s3", "rds", "redis", "secrets"]
    before = build_system(system)
    added = build_system(_with(system, **{"billing-worker": {"aws": shared}}))
    assert _changed(before, added) == {"billing-worker", *SHARED}


def test_the_one_exception_is_a_bucket_that_the_first_listener_makes_send_events(
    built: Built, build_system: Callable[[System], Built]
) -> None:
    """A bucket has one notification configuration, so it is its owner's; a further listener changes nothing there."""
    system = shipped()
    system["services"]["user-service"]["aws"] = ["s3"]
    before = build_system(system)
    listens = {"aws": {"sqs": {"from": {"s3": "user-service", "prefix": "uploads/"}}}}
    first = build_system(_with(system, resizer=listens))
    assert _changed(before, first) == {"resizer", "user-service", *SHARED}
    own = json.loads(first["stacks/user-service/cdk.tf.json"])["resource"]
    old = json.loads(before["stacks/user-service/cdk.tf.json"])["resource"]
    assert own.pop("aws_s3_bucket_notification")["user_service"]["eventbridge"] is True
    assert own == old
    second = build_system(_with(system, resizer=listens, scanner=listens))
    assert _changed(first, second) == {"scanner", *SHARED}


@pytest.mark.parametrize("secret", ["own", "shared/sentry", {"of": "user-service", "key": "A"}])
def test_a_secret_value_changes_the_service_and_brings_the_operator(
    built: Built, build_system: Callable[[System], Built], secret: object
) -> None:
    system = shipped()
    system["services"]["order-service"]["secrets"] = {"API_KEY": secret}
    assert _changed(built, build_system(system)) == {"order-service", "platform"}


def test_removing_a_service_changes_the_same(built: Built, build_system: Callable[[System], Built]) -> None:
    system = shipped()
    del system["services"]["user-service"]
    assert {"user-service", "cluster"} <= _changed(built, build_system(system)) <= {"user-service", *SHARED}


def test_reordering_services_changes_nothing(built: Built, build_system: Callable[[System], Built]) -> None:
    system = shipped()
    system["services"] = dict(reversed(system["services"].items()))
    assert build_system(system) == built


@pytest.mark.parametrize("change", [{"pods": 4}, {"aws": ["s3"]}, {"cpu": 1, "memory": "2GB"}])
def test_changing_a_service_changes_no_other(
    built: Built, build_system: Callable[[System], Built], change: System
) -> None:
    system = shipped()
    system["services"]["user-service"] |= change
    assert _changed(built, build_system(system)) <= {"user-service", "platform"}
