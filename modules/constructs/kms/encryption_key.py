"""A KMS key for one purpose: rotated, with an alias, and a policy that names the account and AWS services only."""

from collections.abc import Iterable

from modules.bindings.aws import KmsAlias, KmsKey
from modules.constructs.component import Component
from modules.constructs.iam.policy_document import policy_json
from modules.constructs.stack import Stack
from modules.iam.statement import Condition, Statement

# KMS waits 7 to 30 days before it deletes a key: https://docs.aws.amazon.com/kms/latest/developerguide/deleting-keys.html.
_LONGEST_WAIT, _SHORTEST_WAIT = 30, 7


class EncryptionKey(Component):
    """The key at the address `purpose`; `arn` is for the resources that it encrypts."""

    def __init__(
        self,
        scope: Stack | Component,
        purpose: str,
        *,
        alias: tuple[str, ...],
        description: str,
        users: Iterable[Statement] = (),
    ) -> None:
        super().__init__(scope, f"{purpose}-key")
        stack = self.stack
        # IAM decides who in the account may use the key: without this statement nobody could change it again,
        # https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html.
        root = stack.arn("iam", "root", region=False)
        # https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-caller-account
        ours = Condition("StringEquals", "kms:CallerAccount", (stack.account_id,))
        account = Statement("Account", ("kms:*",), ("*",), (("AWS", (root,)),), (ours,))
        policy = policy_json(self, (purpose, "key"), (account, *users))
        key = KmsKey(
            self,
            "key",
            description=description,
            policy=policy,
            enable_key_rotation=True,
            deletion_window_in_days=_LONGEST_WAIT if stack.spec.protection else _SHORTEST_WAIT,
        )
        self.set_address(key, purpose)
        self.set_address(KmsAlias(self, "alias", name=stack.names.alias(*alias), target_key_id=key.key_id), purpose)
        self.arn = key.arn
