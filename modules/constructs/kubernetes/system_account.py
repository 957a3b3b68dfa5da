"""The account of a program of the platform in kube-system, with its IAM role."""

from collections.abc import Iterable

from modules.bindings.cdktf import ITerraformDependable
from modules.constructs.component import Component
from modules.constructs.iam.role import service_account_role
from modules.constructs.kubernetes.namespace import ServiceAccount
from modules.constructs.stack import Stack
from modules.design.log_routing import SYSTEM_NAMESPACE
from modules.iam.statement import Statement


class SystemAccount(Component):
    """Role and account at the address `key`; `asks_kubernetes`: it also gets the token of Kubernetes' own API."""

    def __init__(
        self,
        scope: Stack,
        key: str,
        *,
        name: str,
        description: str,
        grants: Iterable[Statement],
        asks_kubernetes: bool,
    ) -> None:
        super().__init__(scope, f"{key}-system")
        stack = self.stack
        role = service_account_role(
            stack,
            key,
            name=stack.names.role(key),
            description=description,
            namespace=SYSTEM_NAMESPACE,
            account=name,
            grants=grants,
        )
        account = ServiceAccount(
            stack, key, name=name, namespace=SYSTEM_NAMESPACE, role_arn=role.arn, automount=asks_kubernetes
        )
        self.resources: list[ITerraformDependable] = [account.resource, *role.policies]
        """What a release needs before its pods start."""
