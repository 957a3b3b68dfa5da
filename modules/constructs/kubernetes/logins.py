"""What services log in with whose programs need a password: a secret for each, and its Redis user, switched off.

Terraform makes them empty; the job of the release `database-users` fills the secrets and switches the users on, so that
no password is in a state or a plan: docs/decisions/0011-the-job-sets-passwords.md.
"""

from modules.bindings.aws import (
    DataAwsSecretsmanagerSecretVersions,
    ElasticacheUser,
    ElasticacheUserGroupAssociation,
    SecretsmanagerSecret,
)
from modules.bindings.cdktf import ITerraformDependable, TerraformResourceLifecycle
from modules.constructs.component import Component
from modules.constructs.stack import Stack
from modules.design import helm_values
from modules.design.logins import REQUEST_STAGE, Login, logins
from modules.iam.statement import Statement, via_service
from modules.naming import address

_OFF = "off ~* -@all"


class Logins(Component):
    """`values` are for the job's release, `grants` for its role, `depends_on` has to be there before it runs."""

    def __init__(self, scope: Stack) -> None:
        super().__init__(scope, "logins")
        self.values: dict[str, str] = {}
        self.arns: dict[str, str] = {}
        self.user_arns: list[str] = []
        for login in logins(self.stack.spec):
            self._secret(login)
            if login.cache:
                self._cache_user(login.service, str(login.cache["user"]))
        if self.arns:
            self.stack.output("login_secret_arns", self.arns)

    def _secret(self, login: Login) -> None:
        name = login.service
        secret = SecretsmanagerSecret(
            self,
            f"{name}-secret",
            name=self.stack.names.login_secret(name),
            description=f"What {name} logs in with; set by the job {helm_values.DATABASE_USERS}",
            kms_key_id=self.stack.read("data", "data_key_arn"),
            # The job makes its value anew, and a name in its recovery window can't be used.
            recovery_window_in_days=0,
        )
        self.set_address(secret, name, "logins", expendable=True)
        versions = DataAwsSecretsmanagerSecretVersions(self, f"{name}-versions", secret_id=secret.id)
        self.set_address(versions, name, "logins", expendable=True)
        found = f"data.aws_secretsmanager_secret_versions.{address(name, 'logins')}.versions"
        asked = f'[for one in {found} : one.version_id if contains(one.version_stages, "{REQUEST_STAGE}")]'
        # The list of a secret without versions is null (hashicorp/aws 5.100.0).
        asked = f"try({asked}, [])"
        self.arns[name] = secret.arn
        self.values[helm_values.login_secret(name)] = secret.arn
        self.values[helm_values.login_request(name)] = f'${{join("", {asked})}}'

    def _cache_user(self, name: str, user_id: str) -> None:
        user = ElasticacheUser(
            self,
            f"{name}-user",
            user_id=user_id,
            user_name=user_id,
            engine="redis",
            access_string=_OFF,
            no_password_required=True,
            # All that the job sets.
            lifecycle=TerraformResourceLifecycle(
                ignore_changes=["access_string", "authentication_mode", "passwords", "no_password_required"]
            ),
        )
        self.set_address(user, name, "password")
        member = ElasticacheUserGroupAssociation(
            self,
            f"{name}-member",
            user_group_id=self.stack.read("data", "redis_user_group_id"),
            user_id=user.user_id,
        )
        self.user_arns.append(user.arn)
        self.depends_on.append(self.set_address(member, name, "password"))

    @property
    def resources(self) -> list[ITerraformDependable]:
        """What has to be there before the job runs."""
        return self.depends_on

    @property
    def grants(self) -> list[Statement]:
        """To fill the secrets, and to switch the users on."""
        if not self.arns:
            return []
        key, via = self.stack.read("data", "data_key_arn"), via_service("secretsmanager", self.stack.region)
        secret = ("secretsmanager:GetSecretValue", "secretsmanager:PutSecretValue")
        statements = [
            Statement("LoginSecrets", secret, tuple(self.arns.values())),
            Statement("LoginSecretsKey", ("kms:Decrypt", "kms:GenerateDataKey"), (key,), conditions=(via,)),
        ]
        if self.user_arns:
            actions = ("elasticache:ModifyUser", "elasticache:DescribeUsers")
            statements.append(Statement("CacheUsers", actions, tuple(self.user_arns)))
        return statements
