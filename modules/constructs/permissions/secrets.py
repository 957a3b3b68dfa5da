"""`secrets`: the secret of a service; its value never passes through Terraform."""

from modules.bindings.aws import SecretsmanagerSecret
from modules.constructs.adoption import adopt
from modules.constructs.component import Component
from modules.constructs.permissions.owner import Owner
from modules.design import adopted
from modules.permissions import secrets

_RECOVERY_DAYS = 30


class ServiceSecret(Component):
    """An empty secret, and the command that fills it."""

    def __init__(self, owner: Owner, options: secrets.SecretsOptions) -> None:
        super().__init__(owner.stack, "secrets")
        stack = owner.stack
        secret = SecretsmanagerSecret(
            self,
            "secret",
            name=adopted.secret(stack.spec, owner.name),
            description=f"Secrets of {owner.name}",
            kms_key_id=owner.key_arn,
            recovery_window_in_days=_RECOVERY_DAYS if owner.protection else 0,
        )
        self.set_address(secret, owner.name)
        if options.adopt:
            adopt(stack, secret, options.adopt.arn, keeps=("description", "policy", "replica", "tags"))
        stack.output(
            "secret_command",
            f"aws secretsmanager put-secret-value --region {stack.region} --secret-id {secret.name} "
            "--secret-string file://secrets.json",
            description="Sets the value of the secret; until then, pods that read it fail",
        )
        self.outputs = secrets.Secret(secret_arn=secret.arn, stores_key_arn=owner.key_arn)
