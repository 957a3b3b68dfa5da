"""An IAM role that one AWS service assumes, with the policies that it needs."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from modules.bindings.aws import IamRole, IamRolePolicy, IamRolePolicyAttachment
from modules.constructs.component import Component
from modules.constructs.iam.policy_document import policy_json
from modules.constructs.stack import Stack
from modules.iam.statement import Condition, Statement, service_principal


class Role(Component):
    """The role at the address `key`.

    `managed` are AWS managed policies, each with a word for its address; `grants` become its own policy.
    """

    def __init__(
        self,
        scope: Stack | Component,
        key: str,
        *,
        name: str,
        description: str,
        principal: str,
        conditions: tuple[Condition, ...] = (),
        managed: Mapping[str, str] = MappingProxyType({}),
        grants: Iterable[Statement] = (),
    ) -> None:
        super().__init__(scope, f"{key}-role")
        trust = Statement("Assume", ("sts:AssumeRole",), (), service_principal(principal), conditions)
        role = IamRole(
            self,
            "role",
            name=name,
            description=description,
            assume_role_policy=policy_json(self, (key, "trust"), [trust]),
        )
        self.set_address(role, key)
        self.name, self.arn = role.name, role.arn
        self.policies = [self._attach(key, word, policy) for word, policy in managed.items()]
        if statements := list(grants):
            policy = IamRolePolicy(
                self,
                "permissions",
                name="permissions",
                role=role.name,
                policy=policy_json(self, (key, "permissions"), statements),
            )
            self.set_address(policy, key)
            self.policies.append(policy)

    def _attach(self, key: str, word: str, policy: str) -> IamRolePolicyAttachment | IamRolePolicy:
        arn = f"arn:{self.stack.partition}:iam::aws:policy/{policy}"
        attachment = IamRolePolicyAttachment(self, word, role=self.name, policy_arn=arn)
        return self.set_address(attachment, key, word)
