"""The account under which a service's database user is made: by SQL through the Data API, before its pods start."""

from modules.constructs.component import Component
from modules.constructs.iam.role import service_account_role
from modules.constructs.kubernetes.namespace import Namespace, ServiceAccount
from modules.constructs.stack import Stack
from modules.design.helm_values import DATABASE_CLUSTER, DATABASE_SECRET, database_account
from modules.iam.statement import Statement, via_service


class DatabaseAccount(Component):
    """Its role may run SQL as the master of Aurora, which the service's own role may not."""

    def __init__(self, scope: Stack, name: str, namespace: Namespace) -> None:
        super().__init__(scope, "database-account")
        self.known_later = {
            DATABASE_CLUSTER: self.stack.read("data", "aurora_cluster_arn"),
            DATABASE_SECRET: self.stack.read("data", "aurora_master_secret_arn"),
        }
        account = database_account(name)
        role = service_account_role(
            scope,
            name,
            "database",
            name=self.stack.names.role(name, "database"),
            description=f"Creates the database user of {name}",
            namespace=name,
            account=account,
            grants=self._grants(),
        )
        kubernetes = ServiceAccount(
            scope,
            name,
            "database",
            name=account,
            namespace=name,
            role_arn=role.arn,
            depends_on=[namespace.resource],
        )
        self.depends_on = [kubernetes.resource, *role.policies]

    def _grants(self) -> tuple[Statement, ...]:
        """https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/data-api.access.html"""
        cluster, secret = self.known_later[DATABASE_CLUSTER], self.known_later[DATABASE_SECRET]
        via = via_service("secretsmanager", self.stack.region)
        return (
            Statement("Sql", ("rds-data:ExecuteStatement",), (cluster,)),
            Statement("MasterSecret", ("secretsmanager:GetSecretValue",), (secret,)),
            Statement(
                "MasterSecretKey", ("kms:Decrypt",), (self.stack.read("data", "data_key_arn"),), conditions=(via,)
            ),
        )
