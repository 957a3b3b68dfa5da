"""External Secrets Operator: it brings secret values into the namespaces of the services that want them."""

from modules.bindings.cdktf import ITerraformDependable
from modules.constructs.component import Component
from modules.constructs.kubernetes.helm_release import system_release
from modules.constructs.stack import Stack
from modules.design import external_secrets, helm_values
from modules.facts.charts import EXTERNAL_SECRETS


class ExternalSecrets(Component):
    """Helm's release of it. It has no IAM role: it logs in to AWS as the service whose secrets it reads.

    `after` is what makes its lines go to the log, and the namespaces in which it may make tokens.
    """

    def __init__(self, scope: Stack, *, after: list[ITerraformDependable]) -> None:
        super().__init__(scope, "external-secrets")
        values = helm_values.operator(self.stack.spec)
        system_release(self, EXTERNAL_SECRETS, external_secrets.FILE, values, after=after)
