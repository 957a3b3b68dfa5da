"""Aurora PostgreSQL Serverless v2: its instances, closed until a service's stack adds a rule for itself."""

from modules.bindings.aws import (
    DbSubnetGroup,
    RdsCluster,
    RdsClusterInstance,
    RdsClusterParameterGroup,
    RdsClusterParameterGroupParameter,
    RdsClusterServerlessv2ScalingConfiguration,
)
from modules.bindings.cdktf import TerraformResourceLifecycle
from modules.constructs.component import Component
from modules.constructs.iam.role import Role, aws_service_trust
from modules.constructs.monitoring.log_group import LogGroup
from modules.constructs.network.security_group import Group
from modules.constructs.stack import Stack
from modules.facts import aurora
from modules.iam.statement import Condition
from modules.naming import by_zone
from modules.spec.model import Database

_ENGINE = "aurora-postgresql"
# UTC; the backup comes before what could go wrong.
_BACKUP, _MAINTENANCE = "01:00-02:00", "sun:02:30-sun:03:30"
_LAST_TIER = 15
_SETTINGS = {
    "rds.force_ssl": "1",
    # Into the exported log: changes of the schema, and what took longer than a second.
    "log_statement": "ddl",
    "log_min_duration_statement": "1000",
}


class Aurora(Component):
    """The cluster; services log in with IAM tokens, its master secret is used to create their users."""

    def __init__(
        self,
        scope: Stack,
        settings: Database,
        *,
        vpc_id: str,
        subnet_ids: list[str],
        key_arn: str,
        logs_key_arn: str,
    ) -> None:
        super().__init__(scope, "aurora")
        self.settings, self.key_arn = settings, key_arn
        names = self.stack.names
        self.group = Group(self, "aurora", name=names.aurora, description="Aurora cluster", vpc_id=vpc_id)
        subnets = DbSubnetGroup(
            self, "subnets", name=names.aurora, description="Private subnets", subnet_ids=subnet_ids
        )
        self.set_address(subnets, "aurora")
        logs = LogGroup(self, "aurora", name=names.aurora_log_group(), logs_key_arn=logs_key_arn)
        self.monitoring = self._monitoring_role()
        self.cluster = self._cluster(subnets, logs)
        spread = by_zone(self.stack.spec.zones[: aurora.ZONES], settings.instances)
        for tier, (key, zone) in enumerate(spread.items()):
            self._instance(key, zone, min(tier, _LAST_TIER))

    def _monitoring_role(self) -> Role:
        # https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/USER_Monitoring.OS.Enabling.html
        return Role(
            self,
            "aurora-monitoring",
            name=self.stack.names.role("aurora-monitoring"),
            description="Enhanced monitoring of Aurora",
            trust=aws_service_trust(
                "monitoring.rds.amazonaws.com",
                Condition("StringEquals", "aws:SourceAccount", (self.stack.account_id,)),
            ),
            managed={"rds": "service-role/AmazonRDSEnhancedMonitoringRole"},
        )

    def _parameters(self) -> RdsClusterParameterGroup:
        family = f"{_ENGINE}{self.settings.version.split('.')[0]}"
        group = RdsClusterParameterGroup(
            self,
            "parameters",
            name=self.stack.names.of(family),
            family=family,
            description="TLS only",
            parameter=[RdsClusterParameterGroupParameter(name=name, value=value) for name, value in _SETTINGS.items()],
            # A new major version needs a new group while the cluster still holds the old one.
            lifecycle=TerraformResourceLifecycle(create_before_destroy=True),
        )
        return self.set_address(group, "aurora")

    def _cluster(self, subnets: DbSubnetGroup, logs: LogGroup) -> RdsCluster:
        stack, names, settings = self.stack, self.stack.names, self.settings
        zones = [f"{stack.region}{zone}" for zone in stack.spec.zones[: aurora.ZONES]]
        cluster = RdsCluster(
            self,
            "cluster",
            cluster_identifier=names.aurora,
            engine=_ENGINE,
            engine_mode="provisioned",
            engine_version=settings.version,
            port=aurora.PORT,
            allow_major_version_upgrade=True,
            serverlessv2_scaling_configuration=RdsClusterServerlessv2ScalingConfiguration(
                min_capacity=settings.min_acu, max_capacity=settings.max_acu
            ),
            database_name=names.database,
            master_username=aurora.MASTER,
            manage_master_user_password=True,
            master_user_secret_kms_key_id=self.key_arn,
            iam_database_authentication_enabled=True,
            enable_http_endpoint=True,
            availability_zones=zones,
            db_subnet_group_name=subnets.name,
            vpc_security_group_ids=[self.group.id],
            db_cluster_parameter_group_name=self._parameters().name,
            storage_encrypted=True,
            kms_key_id=self.key_arn,
            backup_retention_period=settings.backup_days,
            preferred_backup_window=_BACKUP,
            preferred_maintenance_window=_MAINTENANCE,
            copy_tags_to_snapshot=True,
            deletion_protection=stack.spec.protection,
            skip_final_snapshot=not stack.spec.protection,
            final_snapshot_identifier=names.of("aurora", "final") if stack.spec.protection else None,
            enabled_cloudwatch_logs_exports=["postgresql"],
            database_insights_mode=aurora.DATABASE_INSIGHTS_MODE,
            # Else more capacity, which interrupts nothing, would wait for the maintenance window too. What does
            # interrupt (a new version) happens when it is applied, so that is the time to choose.
            apply_immediately=True,
            # RDS adds zones where fewer than three are named, and a difference there would replace the cluster. The
            # instances' Insights may be read back here, and then an apply would turn them off (docs/faults.md).
            lifecycle=TerraformResourceLifecycle(ignore_changes=["availability_zones", "performance_insights_enabled"]),
            depends_on=[logs.resource],
        )
        return self.set_address(cluster, "main")

    def _instance(self, key: str, zone: str, tier: int) -> None:
        instance = RdsClusterInstance(
            self,
            f"instance-{key}",
            identifier=f"{self.stack.names.aurora}-{key}",
            cluster_identifier=self.cluster.id,
            engine=_ENGINE,
            engine_version=self.cluster.engine_version,
            instance_class="db.serverless",
            availability_zone=f"{self.stack.region}{zone}",
            # In tiers 0 and 1 it keeps the writer's capacity, ready to take over; in later ones it scales by itself:
            # https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-serverless-v2.how-it-works.html.
            promotion_tier=tier,
            publicly_accessible=False,
            copy_tags_to_snapshot=True,
            preferred_maintenance_window=_MAINTENANCE,
            # The version is what services.yaml says; one that AWS has raised would read as a wish to go back.
            auto_minor_version_upgrade=False,
            apply_immediately=True,
            # Set here alone: on the cluster as well, AWS refuses instances whose values differ from the cluster's
            # (https://github.com/hashicorp/terraform-provider-aws/issues/40966).
            performance_insights_enabled=True,
            performance_insights_kms_key_id=self.key_arn,
            performance_insights_retention_period=aurora.DATABASE_INSIGHTS_DAYS,
            monitoring_interval=60,
            monitoring_role_arn=self.monitoring.arn,
            depends_on=self.monitoring.policies,
        )
        self.set_address(instance, key)
