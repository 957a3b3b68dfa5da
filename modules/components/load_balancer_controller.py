"""The AWS Load Balancer Controller: registers pods with the target groups that service stacks own, and no more."""

from typing import Any

from modules import values
from modules.components.account_role import AccountRole
from modules.components.chart_release import ChartRelease
from modules.components.component import Component
from modules.components.namespace import ServiceAccount
from modules.facts.charts import CONTROLLER
from modules.fluent_bit import SYSTEM_NAMESPACE
from modules.permissions.exceptions import LOOKS, unscoped
from modules.permissions.statement import Condition, Statement
from modules.providers.cdktf import ITerraformDependable, TerraformLocal
from modules.stacks.stack import Stack


class LoadBalancerController(Component):
    """Helm's release of it; its webhook answers when the release is there, and refuses bindings before.

    `after` is what makes its lines go to the log: a pod learns of that when it starts.
    """

    def __init__(self, scope: Stack, *, after: list[ITerraformDependable]) -> None:
        super().__init__(scope, "controller")
        stack = self.stack
        role = AccountRole(
            stack,
            "load-balancer-controller",
            name=stack.names.role("load-balancer-controller"),
            description="Registers pods with target groups",
            namespace=SYSTEM_NAMESPACE,
            account=values.CONTROLLER,
            grants=self._grants(),
        )
        account = ServiceAccount(
            stack,
            "load-balancer-controller",
            name=values.CONTROLLER,
            namespace=SYSTEM_NAMESPACE,
            role_arn=role.arn,
            # It watches the API of Kubernetes.
            automount=True,
        )
        known_later = {
            "cluster_name": stack.read("cluster", "cluster_name"),
            values.VPC: stack.read("network", "vpc_id"),
        }
        TerraformLocal(self, "values", known_later).override_logical_id("values")
        stack.files[values.CONTROLLER_FILE] = values.controller(stack.spec)
        ChartRelease(
            self,
            "load-balancer-controller",
            **self._chart(),
            name=values.CONTROLLER,
            namespace=SYSTEM_NAMESPACE,
            values=f'${{templatefile("${{path.module}}/{values.CONTROLLER_FILE}", local.values)}}',
            depends_on=[account.resource, *role.policies, *after],
        )

    def _grants(self) -> tuple[Statement, ...]:
        """What it calls for a binding: https://github.com/kubernetes-sigs/aws-load-balancer-controller, v3.5.0.

        AWS's documented policy has 80 actions, most of them to make load balancers, which are Terraform's here.
        """
        stack = self.stack
        targets = stack.arn("elasticloadbalancing", f"targetgroup/{stack.names.prefix}-*/*")
        ours = Condition("StringEquals", "aws:ResourceTag/Project", (stack.spec.project,))
        return (
            Statement(
                "Targets",
                ("elasticloadbalancing:DeregisterTargets", "elasticloadbalancing:RegisterTargets"),
                (targets,),
                conditions=(ours,),
            ),
            unscoped("Look", LOOKS, stack.region),
        )

    def _chart(self) -> dict[str, Any]:
        mirror = self.stack.spec.chart_mirror
        if mirror is None:
            return {"repository": CONTROLLER.repository, "chart": CONTROLLER.name, "version": CONTROLLER.version}
        if mirror.startswith("oci://"):
            return {"repository": mirror, "chart": CONTROLLER.name, "version": CONTROLLER.version}
        return {
            "chart": f"${{path.module}}/../../../{mirror}/{CONTROLLER.name}-{CONTROLLER.version}.tgz",
            "version": CONTROLLER.version,
        }
