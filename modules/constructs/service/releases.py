"""What runs of a service: what its pods' interfaces hang on, and then the pods.

Helm makes custom kinds last, and a pod that starts before its SecurityGroupPolicy and TargetGroupBinding keeps the
wrong security group and has no readiness gate: https://docs.aws.amazon.com/eks/latest/userguide/sg-pods-example-deployment.html.
"""

from modules.bindings.cdktf import ITerraformDependable, TerraformLocal
from modules.constructs.component import Component
from modules.constructs.iam.role import Role
from modules.constructs.kubernetes.helm_release import ChartRelease
from modules.constructs.monitoring.log_group import LogGroup
from modules.constructs.permissions.owner import Owner
from modules.constructs.service.permissions import ServicePermissions
from modules.constructs.service.security_group import ServiceRules
from modules.constructs.service.target_group import ServiceRoutes
from modules.design import charts, helm_values, images, rollout, scaling
from modules.facts.charts import TIMEOUT_SECONDS


class ServicePods(Component):
    """The releases `<service>-network` and `<service>`, after everything that they depend on; destroyed in reverse."""

    def __init__(
        self,
        owner: Owner,
        *,
        role: Role,
        logs: LogGroup,
        permissions: ServicePermissions,
        repository_url: str,
        rules: ServiceRules,
        routes: ServiceRoutes | None,
        load_balancer: str | None,
    ) -> None:
        super().__init__(owner.stack, "pods")
        self.owner, self.name = owner, owner.name
        depends_on: list[ITerraformDependable] = [logs.resource, role.resource, *role.policies, *rules.rules]
        depends_on += permissions.depends_on
        network_depends_on: list[ITerraformDependable] = []
        later = {
            helm_values.PODS_GROUP: self.stack.read("cluster", "pods_security_group_id"),
            helm_values.SERVICE_GROUP: rules.id,
        }
        if routes:
            later |= {
                helm_values.TARGET_GROUP: routes.target_group.arn,
                helm_values.VPC: self.stack.read("network", "vpc_id"),
            }
            # A target group that no rule names checks no health, and no pod would ever be ready.
            network_depends_on += routes.rules
        if routes and load_balancer and owner.service.scale.requests is not None:
            later |= {scaling.LOAD_BALANCER: load_balancer, scaling.TARGET_GROUP: routes.target_group.arn_suffix}
        if images.is_own(owner.service):
            later[images.REPOSITORY] = repository_url
        later |= permissions.secrets.values
        self._write_values(permissions.environment, later)
        network = self._release(
            charts.NETWORK,
            helm_values.NETWORK_FILE,
            "network",
            timeout=TIMEOUT_SECONDS,
            depends_on=network_depends_on,
        )
        self._release(
            charts.SERVICE,
            helm_values.SERVICE_FILE,
            timeout=rollout.release_seconds(owner.service),
            depends_on=[*depends_on, network.resource],
        )

    def _write_values(self, environment: dict[str, str], later: dict[str, str]) -> None:
        """Writes the literal values into files, and what only Terraform knows into `local.values`."""
        unknown = {name: value for name, value in environment.items() if _is_unknown(value)}
        shown = {
            name: helm_values.placeholder(name) if name in unknown else value for name, value in environment.items()
        }
        spec = self.stack.spec
        self.stack.add_file(helm_values.NETWORK_FILE, helm_values.network(spec, self.name))
        self.stack.add_file(helm_values.SERVICE_FILE, helm_values.service(spec, self.name, shown))
        TerraformLocal(self, "values", {**later, **unknown}).override_logical_id("values")

    def _release(
        self, chart: str, file: str, *suffix: str, timeout: int, depends_on: list[ITerraformDependable]
    ) -> ChartRelease:
        return ChartRelease(
            self,
            self.name,
            *suffix,
            name="-".join((self.name, *suffix)),
            namespace=self.name,
            chart=f"${{path.module}}/../../{charts.FOLDER}/{chart}",
            version=charts.version(chart),
            values=f'${{templatefile("${{path.module}}/{file}", local.values)}}',
            timeout=timeout,
            depends_on=depends_on,
        )


def _is_unknown(value: str) -> bool:
    return "${" in value  # a token of CDKTF has it too
