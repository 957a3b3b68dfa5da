"""ElastiCache: replication groups with their members, users in groups, parameter groups."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.emulator.conftest import Client
from tests.support.emulator.elasticache_users import canonical


@pytest.fixture
def cache(client: Client) -> Any:
    return client("elasticache")


def replication_group(name: str, **settings: Any) -> dict[str, Any]:
    wish = {"ReplicationGroupDescription": name, "NumCacheClusters": 2, "AutomaticFailoverEnabled": True}
    return {"ReplicationGroupId": name, **wish, "TransitEncryptionEnabled": True, "EngineVersion": "7.1", **settings}


def user(cache: Any, identity: str, name: str) -> str:
    wish = {"UserId": identity, "UserName": name, "Engine": "redis", "AccessString": "off -@all"}
    return str(cache.create_user(**wish, NoPasswordRequired=True)["UserId"])


def test_a_replication_group_brings_its_members_and_takes_them_with_it(cache: Any) -> None:
    cache.create_replication_group(
        **replication_group("members", PreferredCacheClusterAZs=["eu-west-1a", "eu-west-1b"])
    )
    (group,) = cache.describe_replication_groups(ReplicationGroupId="members")["ReplicationGroups"]
    roles = [(one["CacheClusterId"], one["CurrentRole"]) for one in group["NodeGroups"][0]["NodeGroupMembers"]]
    assert roles == [("members-001", "primary"), ("members-002", "replica")]
    (replica,) = cache.describe_cache_clusters(CacheClusterId="members-002")["CacheClusters"]
    assert (replica["EngineVersion"], replica["PreferredAvailabilityZone"]) == ("7.1.0", "eu-west-1b")
    cache.delete_replication_group(ReplicationGroupId="members")
    with pytest.raises(ClientError, match="CacheClusterNotFound"):
        cache.describe_cache_clusters(CacheClusterId="members-002")


def test_replicas_are_added_and_taken_away(cache: Any) -> None:
    cache.create_replication_group(**replication_group("resized"))
    for replicas in (3, 1):
        call = cache.increase_replica_count if replicas == 3 else cache.decrease_replica_count
        call(ReplicationGroupId="resized", NewReplicaCount=replicas, ApplyImmediately=True)
        (group,) = cache.describe_replication_groups(ReplicationGroupId="resized")["ReplicationGroups"]
        found = {one["CacheClusterId"] for one in cache.describe_cache_clusters()["CacheClusters"]}
        assert set(group["MemberClusters"]) == {one for one in found if one.startswith("resized")}
        assert len(group["MemberClusters"]) == replicas + 1


def test_failover_needs_two_nodes(cache: Any) -> None:
    with pytest.raises(ClientError, match=r"InvalidParameterCombination.*at least two nodes"):
        cache.create_replication_group(**replication_group("single", NumCacheClusters=1))


def test_users_need_encryption_in_transit_and_keep_their_group(cache: Any) -> None:
    cache.create_user_group(UserGroupId="used", Engine="redis", UserIds=[user(cache, "used-default", "default")])
    plain = replication_group("plain", UserGroupIds=["used"], TransitEncryptionEnabled=False)
    with pytest.raises(ClientError, match="Encryption in transit must be enabled"):
        cache.create_replication_group(**plain)
    cache.create_replication_group(**replication_group("with-users", UserGroupIds=["used"]))
    with pytest.raises(ClientError, match="InvalidUserGroupState"):
        cache.delete_user_group(UserGroupId="used")


def test_a_user_group_has_a_default_user_and_no_name_twice(cache: Any) -> None:
    default, other = user(cache, "named-default", "default"), user(cache, "named-other", "default")
    plain = user(cache, "named-plain", "plain")
    with pytest.raises(ClientError, match="DefaultUserRequired"):
        cache.create_user_group(UserGroupId="named", Engine="redis", UserIds=[plain])
    cache.create_user_group(UserGroupId="named", Engine="redis", UserIds=[default])
    with pytest.raises(ClientError, match="DuplicateUserName"):
        cache.modify_user_group(UserGroupId="named", UserIdsToAdd=[other])
    cache.modify_user_group(UserGroupId="named", UserIdsToAdd=[plain])
    assert cache.describe_users(UserId=plain)["Users"][0]["UserGroupIds"] == ["named"]
    cache.delete_user(UserId=plain)
    assert cache.describe_user_groups(UserGroupId="named")["UserGroups"][0]["UserIds"] == [default]


def test_an_iam_user_is_called_what_its_id_is(cache: Any) -> None:
    wish = {"UserId": "iam-id", "Engine": "redis", "AccessString": "on ~* +@all", "AuthenticationMode": {"Type": "iam"}}
    with pytest.raises(ClientError, match="UserName and UserId must be identical"):
        cache.create_user(**wish, UserName="another")
    assert cache.create_user(**wish, UserName="iam-id")["Authentication"]["Type"] == "iam"


def test_a_user_without_password_has_a_type_that_terraform_cannot_ask_for(cache: Any) -> None:
    assert (
        cache.describe_users(UserId=user(cache, "open", "open"))["Users"][0]["Authentication"]["Type"] == "no-password"
    )


@pytest.mark.parametrize(
    ("written", "answered"),
    [
        ("off +get ~keys*", "off ~keys* -@all +get"),
        ("~objects:* ~items:* ~public:*", "off ~objects:* ~items:* ~public:* -@all"),
        ("on ~* +@all", "on ~* +@all"),
        ("on ~app:* resetchannels -@all +@read", "on ~app:* resetchannels -@all +@read +@hash +@bitmap"),
    ],
)
def test_access_strings_come_back_in_the_order_of_redis(written: str, answered: str) -> None:
    assert canonical(written) == answered


def test_a_parameter_group_is_of_the_family_of_its_engine_and_stays_while_used(cache: Any) -> None:
    for family in ("redis6.x", "redis7"):
        name = {"CacheParameterGroupName": family.replace(".", "-")}
        cache.create_cache_parameter_group(**name, CacheParameterGroupFamily=family, Description="d")
    values = [{"ParameterName": "maxmemory-policy", "ParameterValue": "allkeys-lru"}]
    cache.modify_cache_parameter_group(CacheParameterGroupName="redis7", ParameterNameValues=values)
    (found,) = cache.describe_cache_parameters(CacheParameterGroupName="redis7", Source="user")["Parameters"]
    assert found["ParameterValue"] == "allkeys-lru"
    with pytest.raises(ClientError, match="Expected a parameter group of family redis7"):
        cache.create_replication_group(**replication_group("old", CacheParameterGroupName="redis6-x"))
    cache.create_replication_group(**replication_group("new", CacheParameterGroupName="redis7"))
    with pytest.raises(ClientError, match="InvalidCacheParameterGroupState"):
        cache.delete_cache_parameter_group(CacheParameterGroupName="redis7")
