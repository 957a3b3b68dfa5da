"""Kubernetes namespaces, and the service accounts in them."""

from collections.abc import Mapping

from modules.bindings.kubernetes import NamespaceV1, ServiceAccountV1
from modules.constructs.component import Component
from modules.constructs.stack import Stack


class Namespace(Component):
    """The namespace `name`, at an address of that name."""

    def __init__(self, scope: Stack, name: str, *, labels: Mapping[str, str]) -> None:
        super().__init__(scope, f"{name}-namespace")
        namespace = NamespaceV1(self, "namespace", metadata={"name": name, "labels": dict(labels)})
        self.resource = self.set_address(namespace, name)


class ServiceAccount(Component):
    """An account whose pods have the IAM role; EKS gives them its token, and Kubernetes' own is not mounted."""

    def __init__(
        self,
        scope: Stack,
        *key: str,
        name: str,
        namespace: str,
        role_arn: str,
        depends_on: list[NamespaceV1] | None = None,
        automount: bool = False,
    ) -> None:
        super().__init__(scope, "-".join((*key, "account")))
        account = ServiceAccountV1(
            self,
            "account",
            metadata={
                "name": name,
                "namespace": namespace,
                "annotations": {"eks.amazonaws.com/role-arn": role_arn},
            },
            automount_service_account_token=automount,
            depends_on=depends_on,
        )
        self.resource = self.set_address(account, *key)
