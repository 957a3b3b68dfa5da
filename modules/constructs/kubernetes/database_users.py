"""The users of the database: made by one job for all services, by SQL through the Data API."""

from modules.bindings.cdktf import ITerraformDependable, TerraformLocal
from modules.constructs.component import Component
from modules.constructs.kubernetes.helm_release import ChartRelease
from modules.constructs.kubernetes.logins import Logins
from modules.constructs.kubernetes.system_account import SystemAccount
from modules.constructs.stack import Stack
from modules.design import charts, helm_values
from modules.design.log_routing import SYSTEM_NAMESPACE
from modules.facts.charts import TIMEOUT_SECONDS
from modules.iam.statement import Statement, via_service


class DatabaseUsers(Component):
    """A release whose job runs again when its values change, under the one role that may act as Aurora's master.

    Here and not with the services, so that whoever deploys a service can't act as the database's master.
    """

    def __init__(self, scope: Stack, *, after: list[ITerraformDependable]) -> None:
        super().__init__(scope, "database-users")
        stack, name = self.stack, helm_values.DATABASE_USERS
        logins = Logins(stack)
        known_later, grants = self._database() if helm_values.has_database_users(stack.spec) else ({}, ())
        account = SystemAccount(
            stack,
            name,
            name=name,
            description="Creates the users of the database",
            grants=(*grants, *logins.grants),
            asks_kubernetes=False,
        )
        TerraformLocal(self, "values", {**known_later, **logins.values}).override_logical_id(
            helm_values.DATABASE_USERS_LOCAL
        )
        file = helm_values.DATABASE_USERS_FILE
        stack.add_file(file, helm_values.database_users(stack.spec))
        ChartRelease(
            self,
            name,
            name=name,
            namespace=SYSTEM_NAMESPACE,
            chart=f"${{path.module}}/../../{charts.FOLDER}/{charts.DATABASE_USERS}",
            version=charts.version(charts.DATABASE_USERS),
            values=f'${{templatefile("${{path.module}}/{file}", local.{helm_values.DATABASE_USERS_LOCAL})}}',
            timeout=TIMEOUT_SECONDS,
            depends_on=[*account.resources, *logins.resources, *after],
        )

    def _database(self) -> tuple[dict[str, str], tuple[Statement, ...]]:
        """What the job has to know of Aurora, and may do as its master.

        https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/data-api.access.html
        """
        cluster_arn = self.stack.read("data", "aurora_cluster_arn")
        secret_arn = self.stack.read("data", "aurora_master_secret_arn")
        key_arn, via = self.stack.read("data", "data_key_arn"), via_service("secretsmanager", self.stack.region)
        grants = (
            Statement("Sql", ("rds-data:ExecuteStatement",), (cluster_arn,)),
            Statement("MasterSecret", ("secretsmanager:GetSecretValue",), (secret_arn,)),
            Statement("MasterSecretKey", ("kms:Decrypt",), (key_arn,), conditions=(via,)),
        )
        return {helm_values.DATABASE_CLUSTER: cluster_arn, helm_values.DATABASE_SECRET: secret_arn}, grants
