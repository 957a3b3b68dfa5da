"""Aurora and Redis go, protected as they were, in the passes of `make deploy`: with the real provider, emulated AWS."""

from collections.abc import Iterator

import pytest

from tests.support.deployed_in_passes import Deployed, system
from tests.support.emulator import emulated_aws

pytestmark = pytest.mark.nightly(minutes=2)
NONE = {"database": "none", "cache": "none"}
BOTH = {"aurora": "destroy", "redis": "destroy"}


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    folder = tmp_path_factory.mktemp("shared")
    with emulated_aws(folder / "emulator.log") as aws:
        yield Deployed(folder, aws, system({}), apart=("cluster", "platform"))


def clusters(deployed: Deployed) -> list[str]:
    return [one["DBClusterIdentifier"] for one in deployed.client("rds").describe_db_clusters()["DBClusters"]]


def groups(deployed: Deployed) -> list[str]:
    found = deployed.client("elasticache").describe_replication_groups()["ReplicationGroups"]
    return [one["ReplicationGroupId"] for one in found]


def test_a_protected_aurora_goes_and_redis_stays_with_the_key(deployed: Deployed) -> None:
    assert (clusters(deployed), groups(deployed)) == (["shop-aurora"], ["shop-redis"])
    done = deployed.deploy(system({}, database="none", retired={"aurora": "destroy"}))
    assert [*done] == ["network", "data (allow to delete)", "data (delete stores)", "data"]
    assert (clusters(deployed), groups(deployed)) == ([], ["shop-redis"])
    assert deployed.key("shop-data") == "Enabled"
    deployed.has_nothing_left_to_do()


def test_with_the_last_of_them_the_key_goes_and_then_the_stack(deployed: Deployed) -> None:
    deployed.deploy(system({}, **NONE, retired=BOTH))
    assert groups(deployed) == []
    assert [one for one in deployed.workspace.state_list("data") if not one.startswith("data.")] == []
    aliases = [one["AliasName"] for one in deployed.client("kms").list_aliases()["Aliases"]]
    assert "alias/shop-data" not in aliases
    assert deployed.synth(system({}, **NONE)) == 0
    assert not (deployed.folder / "generated" / "stacks" / "data").exists()
