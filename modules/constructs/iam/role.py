"""An IAM role with its trust policy and its permissions: one that an AWS service assumes, or one that pods assume."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from modules.bindings.aws import IamRole, IamRolePolicy, IamRolePolicyAttachment
from modules.constructs.component import Component
from modules.constructs.iam.policy_document import policy_json
from modules.constructs.stack import Stack
from modules.iam.statement import Condition, Statement, service_principal


class Role(Component):
    """The role at the address `key`; `trust` says who may assume it.

    `managed` are AWS managed policies, each with a word for its address; `grants` become the role's own policy.
    `is_bounded`: it carries the permissions boundary that the file names.
    """

    def __init__(
        self,
        scope: Stack | Component,
        *key: str,
        name: str,
        description: str,
        trust: Statement,
        path: str | None = None,
        is_bounded: bool = True,
        tags: Mapping[str, str] | None = None,
        managed: Mapping[str, str] = MappingProxyType({}),
        grants: Iterable[Statement] = (),
    ) -> None:
        super().__init__(scope, "-".join((*key, "role")))
        role = IamRole(
            self,
            "role",
            name=name,
            description=description,
            assume_role_policy=policy_json(self, (*key, "trust"), [trust]),
            path=path,
            permissions_boundary=self.stack.spec.permissions_boundary if is_bounded else None,
            tags=tags,
        )
        self.resource = self.set_address(role, *key)
        self.name, self.arn = role.name, role.arn
        self.policies: list[IamRolePolicy | IamRolePolicyAttachment] = [
            self._attach(key, word, policy) for word, policy in managed.items()
        ]
        if statements := list(grants):
            self.allow(*key, document=(*key, "permissions"), statements=statements)

    def allow(self, *address: str, statements: Iterable[Statement], document: tuple[str, ...] = ()) -> None:
        """Gives the role its own policy; its document has the same address unless `document` is given."""
        text = policy_json(self, document or address, statements)
        policy = IamRolePolicy(self, "policy", name="permissions", role=self.name, policy=text)
        self.policies.append(self.set_address(policy, *address))

    def _attach(self, key: tuple[str, ...], word: str, policy: str) -> IamRolePolicyAttachment:
        arn = f"arn:{self.stack.partition}:iam::aws:policy/{policy}"
        attachment = IamRolePolicyAttachment(self, word, role=self.name, policy_arn=arn)
        return self.set_address(attachment, *key, word)


def aws_service_trust(principal: str, *conditions: Condition) -> Statement:
    """Trust in one AWS service, such as eks.amazonaws.com."""
    return Statement("Assume", ("sts:AssumeRole",), (), service_principal(principal), conditions)


def service_account_role(
    stack: Stack,
    *key: str,
    name: str,
    description: str,
    namespace: str,
    account: str,
    grants: Iterable[Statement] = (),
) -> Role:
    """The role that the pods of one Kubernetes service account assume (IRSA); its ARN goes into the annotation."""
    issuer = stack.read("cluster", "oidc_issuer")
    trust = Statement(
        "ServiceAccount",
        ("sts:AssumeRoleWithWebIdentity",),
        principals=(("Federated", (stack.read("cluster", "oidc_provider_arn"),)),),
        conditions=(
            Condition("StringEquals", f"{issuer}:sub", (f"system:serviceaccount:{namespace}:{account}",)),
            Condition("StringEquals", f"{issuer}:aud", ("sts.amazonaws.com",)),
        ),
    )
    tags = {"ServiceAccount": f"{namespace}/{account}"}
    role = Role(stack, *key, name=name, description=description, trust=trust, tags=tags)
    if statements := list(grants):
        role.allow(*key, "permissions", statements=statements)
    return role
