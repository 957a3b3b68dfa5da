"""What `of:` under `rds`, `redis` and `secrets` allows and denies, by what stands in an emulated AWS after an apply.

What the users may do then is asked of a real PostgreSQL (tests/charts/test_sql.py) and Redis (tests/redis).
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from ruamel.yaml import YAML

from modules.iam.evaluation import Call, allows
from tests.support import permission_calls
from tests.support.deployed_in_passes import Deployed, system
from tests.support.emulator import emulated_aws
from tests.support.iam_simulator import role_policies

pytestmark = pytest.mark.nightly(minutes=8)

OWNER, READER, STRANGER = "web", "reports", "mails"
WORDS = ("rds", "redis", "secrets")
SHARED = {word: {"of": OWNER} for word in WORDS}
SERVICES = {
    OWNER: {"aws": [*WORDS]},
    READER: {"aws": {**SHARED, "rds": {"of": OWNER, "access": "read"}, "redis": {"of": OWNER, "access": "read"}}},
    STRANGER: {"aws": [*WORDS]},
}
WRITING = ("secretsmanager:PutSecretValue", "secretsmanager:DeleteSecret")


class Shared(NamedTuple):
    deployed: Deployed
    outputs: dict[str, dict[str, Any]]

    def may(self, service: str, calls: list[Call]) -> list[bool]:
        policies = role_policies(self.deployed.client("iam"), f"shop-{service}")
        return [allows(policies, call) for call in calls]

    def calls(self, word: str, service: str) -> list[Call]:
        """What one does with the store of a service, as the user of that service."""
        return permission_calls.of([word], self.outputs[service])


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shared]:
    folder = tmp_path_factory.mktemp("shared")
    with emulated_aws(folder / "emulator.log") as aws:
        deployed = Deployed(folder, aws, system(SERVICES), apart=(), side_by_side=True)
        yield Shared(deployed, {name: deployed.workspace.outputs(name) for name in deployed.stacks})


def test_who_shares_logs_in_as_a_user_of_its_own_and_never_as_the_owner(shared: Shared) -> None:
    for word in ("rds", "redis"):
        for service in SERVICES:
            for other in SERVICES:
                calls = [one for one in shared.calls(word, other) if "user" in one.resource]
                assert calls
                assert shared.may(service, calls) == [service == other] * len(calls), (word, service, other)


def test_who_shares_a_secret_reads_it_and_changes_nothing_and_a_stranger_reads_nothing(shared: Shared) -> None:
    calls = shared.calls("secrets", OWNER)
    assert shared.may(READER, calls) == shared.may(OWNER, calls) == [True] * len(calls)
    assert shared.may(STRANGER, calls) == [False] * len(calls)
    writing = [Call(action, shared.outputs[OWNER]["secret_arn"]) for action in WRITING]
    assert shared.may(READER, writing) == shared.may(STRANGER, writing) == [False] * len(writing)
    without = [call._replace(context={}) for call in calls if call.context]
    assert shared.may(READER, without) == [False] * len(without)


def test_the_redis_user_of_who_reads_has_the_owners_prefix_and_no_command_that_writes(shared: Shared) -> None:
    users = shared.deployed.client("elasticache").describe_users()["Users"]
    rules = {one["UserName"]: one["AccessString"].split() for one in users}
    (owner,), (reader,) = ([rule for name, rule in rules.items() if one in name] for one in (OWNER, READER))
    assert f"~{OWNER}:*" in owner
    assert [one for one in reader if "~" in one] == [f"~{OWNER}:*"]
    assert "+@write" in owner
    assert "+@write" not in reader


def test_the_job_makes_the_reader_a_member_of_the_owners_group_for_reading(shared: Shared) -> None:
    file = shared.deployed.folder / "generated" / "stacks" / "platform" / "database-users.values.yaml"
    users = {one["name"]: one for one in YAML(typ="safe", pure=True).load(file.read_text())["users"]}
    found = [one for one in users.values() if "of" in one]
    assert [(one["of"], one["access"]) for one in found] == [(f"shop_{OWNER}", "read")]
    assert {shared.outputs[name]["database_user_arn"].rpartition("/")[2] for name in SERVICES} == set(users)
