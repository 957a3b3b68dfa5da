"""A KMS key for one purpose: rotated, with an alias, and a policy that names the account and AWS services only."""

from collections.abc import Iterable

from modules.bindings.aws import KmsAlias, KmsKey
from modules.constructs.adoption import adopt
from modules.constructs.component import Component
from modules.constructs.iam.policy_document import policy_json
from modules.constructs.stack import Stack
from modules.iam.statement import Condition, Statement
from modules.permissions.adopt import AdoptKey

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
        adopted: AdoptKey | None = None,
    ) -> None:
        super().__init__(scope, f"{purpose}-key")
        stack = self.stack
        # IAM decides who in the account may use the key: without this statement nobody could change it again,
        # https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html.
        root = stack.arn("iam", "root", region=False)
        # https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-caller-account
        ours = Condition("StringEquals", "kms:CallerAccount", (stack.account_id,))
        account = Statement("Account", ("kms:*",), ("*",), (("AWS", (root,)),), (ours,))
        key = KmsKey(
            self,
            "key",
            description=None if adopted else description,
            # That of an adopted key is its owner's.
            policy=None if adopted else policy_json(self, (purpose, "key"), (account, *users)),
            multi_region=adopted.multi_region if adopted else None,
            enable_key_rotation=True,
            deletion_window_in_days=_LONGEST_WAIT if stack.spec.protection else _SHORTEST_WAIT,
        )
        self.set_address(key, purpose)
        other_name = KmsAlias(self, "alias", name=stack.names.alias(*alias), target_key_id=key.key_id)
        self.set_address(other_name, purpose)
        if adopted:
            adopt(stack, key, adopted.id, keeps=("description", "policy", "tags"))
            if "alias" in adopted.attached:
                adopt(stack, other_name, stack.names.alias(*alias))
        self.arn, self.resource = key.arn, key
