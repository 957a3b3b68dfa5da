"""The AWS Load Balancer Controller: it only registers pods with the target groups that service stacks own."""

from modules.bindings.cdktf import ITerraformDependable, TerraformLocal
from modules.constructs.component import Component
from modules.constructs.kubernetes.helm_release import published_release
from modules.constructs.kubernetes.system_account import SystemAccount
from modules.constructs.stack import Stack
from modules.design import helm_values
from modules.facts.charts import CONTROLLER
from modules.iam.statement import Statement, tagged
from modules.iam.unscoped import LOOKS, unscoped


class LoadBalancerController(Component):
    """Helm's release of it; its webhook answers when the release is there, and refuses bindings before.

    `after` is what makes its lines go to the log: a pod learns of that when it starts.
    """

    def __init__(self, scope: Stack, *, after: list[ITerraformDependable]) -> None:
        super().__init__(scope, "controller")
        stack = self.stack
        account = SystemAccount(
            stack,
            "load-balancer-controller",
            name=helm_values.CONTROLLER,
            description="Registers pods with target groups",
            grants=self._grants(),
            asks_kubernetes=True,
        )
        known_later = {
            "cluster_name": stack.read("cluster", "cluster_name"),
            helm_values.VPC: stack.read("network", "vpc_id"),
        }
        TerraformLocal(self, "values", known_later).override_logical_id("values")
        stack.add_file(helm_values.CONTROLLER_FILE, helm_values.controller(stack.spec))
        values = f'${{templatefile("${{path.module}}/{helm_values.CONTROLLER_FILE}", local.values)}}'
        after = [*account.resources, *after]
        published_release(self, "load-balancer-controller", CONTROLLER, values=values, after=after)

    def _grants(self) -> tuple[Statement, ...]:
        """The AWS calls of a binding: https://github.com/kubernetes-sigs/aws-load-balancer-controller, v3.5.0.

        AWS's documented policy has 80 actions, most of them to make load balancers, which are Terraform's here.
        """
        stack = self.stack
        targets = stack.arn("elasticloadbalancing", f"targetgroup/{stack.names.prefix}-*/*")
        return (
            Statement(
                "Targets",
                ("elasticloadbalancing:DeregisterTargets", "elasticloadbalancing:RegisterTargets"),
                (targets,),
                # The names of another environment's groups, shop-dev-*, fit shop-* too.
                conditions=tagged(**stack.system_tags),
            ),
            unscoped("Look", LOOKS, stack.region),
        )
