"""The namespace of every service, and the service account of its pods.

They are in stack `platform`, so that whoever applies a service's stack needs no right to make namespaces.
"""

from collections.abc import Iterable

from modules.bindings.cdktf import TerraformResource
from modules.bindings.kubernetes import NamespaceV1
from modules.constructs.component import Component
from modules.constructs.kubernetes.namespace import Namespace, ServiceAccount
from modules.constructs.stack import Stack
from modules.design import pod_security

# What a pod may be: https://kubernetes.io/docs/concepts/security/pod-security-standards/.
LEVEL = "pod-security.kubernetes.io/enforce"
# That a pod is ready only when the load balancer finds it well, and does not start while the controller is down:
# https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/deploy/pod_readiness_gate/, docs/decisions/0008.
GATE = {"elbv2.k8s.aws/pod-readiness-gate-inject": "enabled"}


class ServiceNamespaces(Component):
    """A namespace and an account per service; the role that the account names is made later, by the service's stack."""

    def __init__(self, scope: Stack) -> None:
        super().__init__(scope, "service-namespaces")
        stack = self.stack
        self._by_name: dict[str, NamespaceV1] = {}
        self.resources: list[TerraformResource] = []
        for name in sorted(stack.spec.services):
            service = stack.spec.services[name]
            labels = {LEVEL: pod_security.level(service)} | (GATE if service.path else {})
            namespace = Namespace(stack, name, labels=labels)
            self._by_name[name] = namespace.resource
            account = ServiceAccount(
                stack,
                name,
                name=name,
                namespace=name,
                role_arn=stack.arn("iam", f"role/{stack.names.role(name)}", region=False),
                depends_on=[namespace.resource],
            )
            self.resources += [namespace.resource, account.resource]

    def of(self, services: Iterable[str]) -> list[NamespaceV1]:
        """The namespaces of these services."""
        return [self._by_name[name] for name in services]
