"""An IAM role that the pods of one Kubernetes service account assume (IRSA)."""

from collections.abc import Iterable

from modules.bindings.aws import IamRole, IamRolePolicy
from modules.constructs.component import Component
from modules.constructs.iam.policy_document import policy_json
from modules.constructs.stack import Stack
from modules.iam.statement import Condition, Statement


class AccountRole(Component):
    """The role at the address `key`; `arn` goes into the account's annotation."""

    def __init__(
        self,
        scope: Stack,
        *key: str,
        name: str,
        description: str,
        namespace: str,
        account: str,
        grants: Iterable[Statement] = (),
    ) -> None:
        super().__init__(scope, "-".join((*key, "role")))
        issuer = self.stack.read("cluster", "oidc_issuer")
        trust = Statement(
            "ServiceAccount",
            ("sts:AssumeRoleWithWebIdentity",),
            principals=(("Federated", (self.stack.read("cluster", "oidc_provider_arn"),)),),
            conditions=(
                Condition("StringEquals", f"{issuer}:sub", (f"system:serviceaccount:{namespace}:{account}",)),
                Condition("StringEquals", f"{issuer}:aud", ("sts.amazonaws.com",)),
            ),
        )
        role = IamRole(
            self,
            "role",
            name=name,
            description=description,
            assume_role_policy=policy_json(self, (*key, "trust"), [trust]),
            tags={"ServiceAccount": f"{namespace}/{account}"},
        )
        self.arn = self.set_address(role, *key).arn
        self.name = role.name
        self.policies: list[IamRolePolicy] = []
        if grants:
            self.allow(*key, "permissions", statements=grants)

    def allow(self, *address: str, statements: Iterable[Statement]) -> None:
        """Gives the role its policy."""
        document = policy_json(self, address, statements)
        policy = IamRolePolicy(self, "policy", name="permissions", role=self.name, policy=document)
        self.policies.append(self.set_address(policy, *address))
