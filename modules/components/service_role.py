"""The IAM role of a service's pods (IRSA)."""

from modules.components.component import Component
from modules.components.policy_document import policy_json
from modules.permissions.statement import Condition, Statement
from modules.providers.aws import IamRole
from modules.stacks.stack import Stack


class ServiceRole(Component):
    """IAM role that only this service's Kubernetes account can assume; `arn` goes into the account's annotation."""

    def __init__(self, scope: Stack, service: str, *, oidc_provider_arn: str, issuer: str) -> None:
        super().__init__(scope, "role")
        # Namespace and service account both carry the service's name.
        account = f"system:serviceaccount:{service}:{service}"
        trust = Statement(
            "ServiceAccount",
            ("sts:AssumeRoleWithWebIdentity",),
            principals=(("Federated", (oidc_provider_arn,)),),
            conditions=(
                Condition("StringEquals", f"{issuer}:sub", (account,)),
                Condition("StringEquals", f"{issuer}:aud", ("sts.amazonaws.com",)),
            ),
        )
        role = IamRole(
            self,
            "role",
            name=self.stack.names.role(service),
            description=f"Pods of {service}",
            assume_role_policy=policy_json(self, (service, "trust"), [trust]),
            tags={"ServiceAccount": f"{service}/{service}"},
        )
        self.arn = self.at(role, service).arn
        self.name = role.name
