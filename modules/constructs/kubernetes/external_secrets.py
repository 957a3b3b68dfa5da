"""External Secrets Operator: it brings secret values into the namespaces of the services that want them."""

from modules.bindings.cdktf import ITerraformDependable
from modules.constructs.component import Component
from modules.constructs.kubernetes.helm_release import ChartRelease, published
from modules.constructs.stack import Stack
from modules.design import external_secrets, helm_values
from modules.design.log_routing import SYSTEM_NAMESPACE
from modules.facts.charts import EXTERNAL_SECRETS, TIMEOUT_SECONDS


class ExternalSecrets(Component):
    """Helm's release of it. It has no IAM role: it logs in to AWS as the service whose secrets it reads.

    `after` is what makes its lines go to the log, and the namespaces in which it may make tokens.
    """

    def __init__(self, scope: Stack, *, after: list[ITerraformDependable]) -> None:
        super().__init__(scope, "external-secrets")
        file = external_secrets.FILE
        self.stack.add_file(file, helm_values.operator(self.stack.spec))
        ChartRelease(
            self,
            external_secrets.NAME,
            **published(self.stack, EXTERNAL_SECRETS),
            name=external_secrets.NAME,
            namespace=SYSTEM_NAMESPACE,
            values=f'${{file("${{path.module}}/{file}")}}',
            timeout=TIMEOUT_SECONDS,
            depends_on=after,
        )
