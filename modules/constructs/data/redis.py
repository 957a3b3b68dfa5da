"""ElastiCache Redis: a primary and its replicas in the zones, closed until a service's stack adds a rule for itself."""

from modules.bindings.aws import (
    ElasticacheParameterGroup,
    ElasticacheReplicationGroup,
    ElasticacheReplicationGroupLogDeliveryConfiguration,
    ElasticacheSubnetGroup,
    ElasticacheUser,
    ElasticacheUserGroup,
)
from modules.bindings.cdktf import TerraformResourceLifecycle
from modules.constructs.component import Component
from modules.constructs.monitoring.log_group import LogGroup
from modules.constructs.network.security_group import Group
from modules.constructs.stack import Stack
from modules.facts import redis
from modules.spec.model import Cache

_ENGINE = "redis"
# UTC; ElastiCache wants the two apart.
_SNAPSHOT, _MAINTENANCE = "01:00-02:00", "sun:02:30-sun:03:30"
_SNAPSHOT_DAYS = 7
_LOGS = ("slow-log", "engine-log")


class Redis(Component):
    """The replication group; every service has a user of its own in its user group."""

    def __init__(
        self, scope: Stack, settings: Cache, *, vpc_id: str, subnet_ids: list[str], key_arn: str, logs_key_arn: str
    ) -> None:
        super().__init__(scope, "redis")
        self.settings = settings
        names = self.stack.names
        self.group = Group(self, "redis", name=names.redis, description="Redis replication group", vpc_id=vpc_id)
        self.logs_key_arn = logs_key_arn
        subnets = ElasticacheSubnetGroup(
            self, "subnets", name=names.redis, description="Private subnets", subnet_ids=subnet_ids
        )
        self.set_address(subnets, "redis")
        parameters = ElasticacheParameterGroup(
            self, "parameters", name=names.of(redis.FAMILY), family=redis.FAMILY, description="Redis"
        )
        self.set_address(parameters, "redis")
        self.user_group = self._user_group()
        self.replication_group = self._replication_group(subnets, parameters, key_arn)

    def _user_group(self) -> ElasticacheUserGroup:
        """A user group needs a user `default`, which every connection has before it logs in; this one is disabled."""
        default = ElasticacheUser(
            self,
            "default",
            user_id=self.stack.names.of("default", kind="redis_user"),
            user_name="default",
            engine=_ENGINE,
            # In the order in which AWS reads it back, so that a plan shows who turned the user on (docs/faults.md).
            access_string="off ~* -@all",
            # IAM wants a name equal to the id, and a password would stand in the state; a user that is off needs none:
            # https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/Clusters.RBAC.html. Not by `authentication_mode`,
            # which AWS reads back in another word (`no-password`), so that no plan would be empty.
            no_password_required=True,
        )
        group = ElasticacheUserGroup(
            self,
            "users",
            user_group_id=self.stack.names.redis,
            engine=_ENGINE,
            user_ids=[self.set_address(default, "default").user_id],
            # Each service's stack adds its own user.
            lifecycle=TerraformResourceLifecycle(ignore_changes=["user_ids"]),
        )
        return self.set_address(group, "redis")

    def _replication_group(
        self, subnets: ElasticacheSubnetGroup, parameters: ElasticacheParameterGroup, key_arn: str
    ) -> ElasticacheReplicationGroup:
        names, settings = self.stack.names, self.settings
        group = ElasticacheReplicationGroup(
            self,
            "group",
            replication_group_id=names.redis,
            description=f"Redis of {names.prefix}",
            engine=_ENGINE,
            engine_version=redis.VERSION,
            parameter_group_name=parameters.name,
            port=redis.PORT,
            node_type=settings.node_type,
            num_cache_clusters=settings.nodes,
            multi_az_enabled=True,
            automatic_failover_enabled=True,
            subnet_group_name=subnets.name,
            security_group_ids=[self.group.id],
            at_rest_encryption_enabled="true",
            kms_key_id=key_arn,
            transit_encryption_enabled=True,
            transit_encryption_mode="required",
            user_group_ids=[self.user_group.user_group_id],
            snapshot_retention_limit=_SNAPSHOT_DAYS,
            snapshot_window=_SNAPSHOT,
            final_snapshot_identifier=names.of("redis", "final") if self.stack.spec.protection else None,
            maintenance_window=_MAINTENANCE,
            # 7.1 is the last of its line, so this brings repairs only.
            auto_minor_version_upgrade="true",
            log_delivery_configuration=[self._log(log) for log in _LOGS],
            # Else every change would wait for the maintenance window, while Terraform says that it is done. What
            # interrupts (a new node type) happens when it is applied, so that is the time to choose.
            apply_immediately=True,
        )
        return self.set_address(group, "main")

    def _log(self, log: str) -> ElasticacheReplicationGroupLogDeliveryConfiguration:
        name = self.stack.names.log_group("redis", log)
        group = LogGroup(self, f"redis-{log}", name=name, logs_key_arn=self.logs_key_arn)
        return ElasticacheReplicationGroupLogDeliveryConfiguration(
            log_type=log, log_format="json", destination_type="cloudwatch-logs", destination=group.resource.name
        )
