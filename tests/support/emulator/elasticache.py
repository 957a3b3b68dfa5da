"""ElastiCache replication groups with their member clusters; users and parameter groups stand in files of their own.

moto makes a replication group without the clusters that DescribeCacheClusters should list, counts its nodes wrongly,
changes six of its settings at most, and never lets it go: a deleted group stays `deleting`. It also lacks
DeleteCacheSubnetGroup. Here all is available at once.
"""

from typing import Any

from moto.core.responses import ActionResult, EmptyResult
from moto.core.utils import utcnow
from moto.elasticache.exceptions import CacheClusterNotFound, ReplicationGroupAlreadyExists, ReplicationGroupNotFound
from moto.elasticache.models import ElastiCacheBackend, elasticache_backends
from moto.elasticache.responses import ElastiCacheResponse

from .elasticache_parameters import ParameterCalls, ParameterGroups
from .elasticache_users import UserCalls, Users
from .errors import error
from .extension import extend

Parameters = dict[str, Any]
InvalidValue, InvalidCombination = error("InvalidParameterValue"), error("InvalidParameterCombination")
SubnetGroupInUse = error("CacheSubnetGroupInUse")
FAMILY = {"5": "redis5.0", "6": "redis6.x", "7": "redis7"}
COMMON = ("CacheNodeType", "Engine", "AutoMinorVersionUpgrade", "SnapshotRetentionLimit", "SnapshotWindow")
COMMON += ("TransitEncryptionEnabled", "TransitEncryptionMode", "AtRestEncryptionEnabled", "AuthTokenEnabled")
COMMON += ("NetworkType", "IpDiscovery", "ReplicationGroupId", "LogDeliveryConfigurations")


class Backend(Users, ParameterGroups, ElastiCacheBackend):
    def __init__(self, region_name: str, account_id: str):
        super().__init__(region_name, account_id)
        self.cache_users, self.user_groups = {}, {}
        self.parameter_groups, self.parameter_values = {}, {}
        self.groups: dict[str, Parameters] = {}
        self.members: dict[str, Parameters] = {}
        default = {"UserId": "default", "UserName": "default", "Engine": "redis", "NoPasswordRequired": True}
        self.create_cache_user({**default, "AccessString": "on ~* +@all"})

    def arn(self, kind: str, name: str, wish: Parameters) -> str:
        arn = f"arn:{self.partition}:elasticache:{self.region_name}:{self.account_id}:{kind}:{name}"
        if wish.get("Tags"):
            self.tagging_service.tag_resource(arn, wish["Tags"])
        return arn

    def list_tags_for_resource(self, arn: str) -> dict[str, list[dict[str, str]]]:
        return self.tagging_service.list_tags_for_resource(arn)

    def new_group(self, wish: Parameters) -> Parameters:
        name, nodes = wish["ReplicationGroupId"], wish.get("NumCacheClusters") or 1
        if name in self.groups:
            raise ReplicationGroupAlreadyExists(name)
        if (wish.get("AutomaticFailoverEnabled") or wish.get("MultiAZEnabled")) and nodes < 2:
            raise InvalidCombination("Replication group with automatic failover enabled must have at least two nodes.")
        if wish.get("UserGroupIds") and not wish.get("TransitEncryptionEnabled"):
            raise InvalidCombination("Encryption in transit must be enabled for user-based access control.")
        group = self.groups[name] = {
            "ReplicationGroupId": name,
            "Status": "available",
            "ARN": self.arn("replicationgroup", name, wish),
            "ReplicationGroupCreateTime": utcnow(),
            "ClusterEnabled": False,
            "ClusterMode": "disabled",
            "Engine": "redis",
            "AuthTokenEnabled": "AuthToken" in wish,
            "AtRestEncryptionEnabled": False,
            "TransitEncryptionEnabled": False,
            "AutoMinorVersionUpgrade": True,
            "SnapshotRetentionLimit": 0,
            "SnapshotWindow": "05:00-06:00",
            "DataTiering": "disabled",
            "NetworkType": "ipv4",
            "IpDiscovery": "ipv4",
            "UserGroupIds": [],
            "LogDeliveryConfigurations": [],
            "AutomaticFailover": "disabled",
            "MultiAZ": "disabled",
        }
        kept = (
            "KmsKeyId",
            "AtRestEncryptionEnabled",
            "TransitEncryptionEnabled",
            "Engine",
            "NetworkType",
            "IpDiscovery",
        )
        group |= {key: wish[key] for key in kept if key in wish}
        node = {
            "EngineVersion": "7.1",
            "Port": 6379,
            "CacheSubnetGroupName": "default",
            "PreferredMaintenanceWindow": "sun:05:00-sun:06:00",
            "SecurityGroupIds": [],
        }
        try:
            self._place(group, nodes, wish)
            self._change(group, node | wish | {"UserGroupIdsToAdd": wish.get("UserGroupIds") or []})
        except Exception:
            self._forget(name)
            raise
        return group

    def _place(self, group: Parameters, nodes: int, wish: Parameters) -> None:
        """Make `nodes` member clusters, the first of them the primary."""
        name, port = group["ReplicationGroupId"], wish.get("Port") or 6379
        domain = f"{name}.emulat.euw1.cache.amazonaws.com"
        zones = wish.get("PreferredCacheClusterAZs") or [f"{self.region_name}{letter}" for letter in "abc"]
        group["MemberClusters"] = [f"{name}-{number:03}" for number in range(1, nodes + 1)]
        for number, member in enumerate(group["MemberClusters"]):
            self.members.setdefault(member, {}).update(
                CacheClusterId=member,
                CacheClusterStatus="available",
                CacheClusterCreateTime=group["ReplicationGroupCreateTime"],
                ARN=self.arn("cluster", member, wish),
                NumCacheNodes=1,
                PreferredAvailabilityZone=zones[number % len(zones)],
                CacheNodes=[
                    {
                        "CacheNodeId": "0001",
                        "CacheNodeStatus": "available",
                        "ParameterGroupStatus": "in-sync",
                        "Endpoint": {"Address": f"{member}.{domain}", "Port": port},
                        "CustomerAvailabilityZone": zones[number % len(zones)],
                    }
                ],
            )
        members = [self.members[member] for member in group["MemberClusters"]]
        group["NodeGroups"] = [
            {
                "NodeGroupId": "0001",
                "Status": "available",
                "PrimaryEndpoint": {"Address": f"master.{domain}", "Port": port},
                "ReaderEndpoint": {"Address": f"replica.{domain}", "Port": port},
                "NodeGroupMembers": [
                    {
                        "CacheClusterId": member["CacheClusterId"],
                        "CacheNodeId": "0001",
                        "ReadEndpoint": member["CacheNodes"][0]["Endpoint"],
                        "PreferredAvailabilityZone": member["PreferredAvailabilityZone"],
                        "CurrentRole": "replica" if number else "primary",
                    }
                    for number, member in enumerate(members)
                ],
            }
        ]
        if group["SnapshotRetentionLimit"]:
            group["SnapshottingClusterId"] = group["MemberClusters"][-1]

    def change_group(self, wish: Parameters) -> Parameters:
        group = self.group(wish["ReplicationGroupId"])
        self._change(group, wish)
        return group

    def _change(self, group: Parameters, wish: Parameters) -> None:
        for flag, state in (("AutomaticFailoverEnabled", "AutomaticFailover"), ("MultiAZEnabled", "MultiAZ")):
            if flag in wish:
                group[state] = "enabled" if wish[flag] else "disabled"
        group["Description"] = wish.get("ReplicationGroupDescription", group.get("Description"))
        users = [one for one in group["UserGroupIds"] if one not in (wish.get("UserGroupIdsToRemove") or [])]
        group["UserGroupIds"] = users + [
            self.user_group(one)["UserGroupId"] for one in wish.get("UserGroupIdsToAdd") or []
        ]
        _deliver_logs(group, wish.get("LogDeliveryConfigurations") or [])
        changeable = ("CacheNodeType", "Engine", "AutoMinorVersionUpgrade", "SnapshotRetentionLimit", "SnapshotWindow")
        group |= {
            key: wish[key] for key in (*changeable, "TransitEncryptionMode", "TransitEncryptionEnabled") if key in wish
        }
        for member in group["MemberClusters"]:
            self._change_member(self.members[member], group, wish)

    def _change_member(self, member: Parameters, group: Parameters, wish: Parameters) -> None:
        version = wish.get("EngineVersion") or member["EngineVersion"]
        member["EngineVersion"] = f"{version}.0" if version.count(".") == 1 else version
        family = FAMILY.get(version[0], "redis7") if group["Engine"] == "redis" else f"valkey{version[0]}"
        held = member.get("CacheParameterGroup", {}).get("CacheParameterGroupName", f"default.{family}")
        parameters = self.parameter_group(wish.get("CacheParameterGroupName") or held)
        if parameters["CacheParameterGroupFamily"] != family:
            raise InvalidCombination(f"Expected a parameter group of family {family} but found one of another family.")
        name = parameters["CacheParameterGroupName"]
        member["CacheParameterGroup"] = {"CacheParameterGroupName": name, "ParameterApplyStatus": "in-sync"}
        if "SecurityGroupIds" in wish:
            ids = wish["SecurityGroupIds"] or []
            member["SecurityGroups"] = [{"SecurityGroupId": one, "Status": "active"} for one in ids]
        member |= {key: wish[key] for key in ("CacheSubnetGroupName", "PreferredMaintenanceWindow") if key in wish}
        if topic := wish.get("NotificationTopicArn"):
            member["NotificationConfiguration"] = {"TopicArn": topic, "TopicStatus": "active"}
        member |= {key: group[key] for key in COMMON if key in group}

    def resize_group(self, name: str, replicas: int) -> Parameters:
        group = self.group(name)
        first = dict(self.members[group["MemberClusters"][0]])
        for gone in group["MemberClusters"][replicas + 1 :]:
            del self.members[gone]
        self._place(group, replicas + 1, {"Port": first["CacheNodes"][0]["Endpoint"]["Port"]})
        for member in group["MemberClusters"]:
            self.members[member] = {**first, **self.members[member]}
        return group

    def group(self, name: str) -> Parameters:
        if name not in self.groups:
            raise ReplicationGroupNotFound(name)
        return self.groups[name]

    def member(self, name: str) -> Parameters:
        if name not in self.members:
            raise CacheClusterNotFound(name)
        return self.members[name]

    def _forget(self, name: str) -> Parameters:
        group = self.groups.pop(name)
        for member in group.get("MemberClusters", []):
            del self.members[member]
        return {**group, "Status": "deleting"}

    def delete_group(self, name: str) -> Parameters:
        self.group(name)
        return self._forget(name)

    def delete_subnet_group(self, name: str) -> None:
        self.describe_cache_subnet_groups(name)
        if any(member["CacheSubnetGroupName"] == name for member in self.members.values()):
            raise SubnetGroupInUse(f"Cache subnet group {name} is currently in use by a cache cluster.")
        del self.cache_subnet_groups[name]


def _deliver_logs(group: Parameters, wishes: list[Parameters]) -> None:
    kept = {one["LogType"]: one for one in group["LogDeliveryConfigurations"]}
    for wish in wishes:
        kept.pop(wish["LogType"], None)
        if wish.get("Enabled", True):
            kept[wish["LogType"]] = {**wish, "Status": "active"}
    group["LogDeliveryConfigurations"] = list(kept.values())


class Response(UserCalls, ParameterCalls, ElastiCacheResponse):
    @property
    def backend(self) -> Backend:
        backend = elasticache_backends[self.current_account][self.region]
        assert isinstance(backend, Backend)
        return backend

    def create_replication_group(self) -> ActionResult:
        return ActionResult({"ReplicationGroup": self.backend.new_group(dict(self.params))})

    def describe_replication_groups(self) -> ActionResult:
        asked = self.params.get("ReplicationGroupId")
        groups = [self.backend.group(asked)] if asked else list(self.backend.groups.values())
        return ActionResult({"ReplicationGroups": groups})

    def modify_replication_group(self) -> ActionResult:
        return ActionResult({"ReplicationGroup": self.backend.change_group(dict(self.params))})

    def increase_replica_count(self) -> ActionResult:
        group = self.backend.resize_group(self.params["ReplicationGroupId"], self.params["NewReplicaCount"])
        return ActionResult({"ReplicationGroup": group})

    decrease_replica_count = increase_replica_count

    def delete_replication_group(self) -> ActionResult:
        return ActionResult({"ReplicationGroup": self.backend.delete_group(self.params["ReplicationGroupId"])})

    def describe_cache_clusters(self) -> ActionResult:
        asked = self.params.get("CacheClusterId")
        members = [self.backend.member(asked)] if asked else list(self.backend.members.values())
        return ActionResult({"CacheClusters": members})

    def delete_cache_subnet_group(self) -> ActionResult:
        self.backend.delete_subnet_group(self.params["CacheSubnetGroupName"])
        return EmptyResult()


def install() -> None:
    extend("elasticache", Response, Backend)
