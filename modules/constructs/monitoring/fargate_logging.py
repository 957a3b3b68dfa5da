"""Where the log lines of pods go: the configuration of Fargate's log router, and its permission to write."""

from modules.bindings.aws import IamRolePolicy
from modules.bindings.cdktf import ITerraformDependable
from modules.bindings.kubernetes import ConfigMapV1
from modules.constructs.component import Component
from modules.constructs.iam.policy_document import policy_json
from modules.constructs.kubernetes.namespace import Namespace
from modules.constructs.monitoring.log_group import LogGroup
from modules.constructs.stack import Stack
from modules.design import log_routing
from modules.iam.statement import Statement


class FargateLogging(Component):
    """Pods that start after it write to their service's log group; it knows the groups by name."""

    def __init__(self, scope: Stack, *, logs_key_arn: str) -> None:
        super().__init__(scope, "logging")
        stack, names = self.stack, self.stack.names
        groups = [log_routing.SYSTEM_NAMESPACE, *([log_routing.SHARED] if log_routing.sharing(stack.spec) else [])]
        made = [LogGroup(stack, group, name=names.log_group(group), logs_key_arn=logs_key_arn) for group in groups]
        namespace = Namespace(stack, log_routing.NAMESPACE, labels={"aws-observability": "enabled"})
        config = ConfigMapV1(
            self,
            "config",
            metadata={"name": log_routing.CONFIG_MAP, "namespace": log_routing.NAMESPACE},
            data=self._data(),
            depends_on=[namespace.resource],
        )
        self.set_address(config, log_routing.CONFIG_MAP)
        # https://docs.aws.amazon.com/eks/latest/userguide/fargate-logging.html, less the making of groups.
        write = Statement(
            "Logs",
            ("logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"),
            tuple(
                stack.arn("logs", f"log-group:{names.log_group(group)}:*") for group in log_routing.groups(stack.spec)
            ),
        )
        policy = IamRolePolicy(
            self,
            "policy",
            name="logging",
            role=stack.read("cluster", "pod_execution_role_name"),
            policy=policy_json(self, ("pod-execution", "logging"), [write]),
        )
        self.set_address(policy, "pod-execution", "logging")
        self.resources: list[ITerraformDependable] = [config, policy, *(group.resource for group in made)]

    def _data(self) -> dict[str, str]:
        """The configuration, as files beside the JSON, which diff by line."""
        data = {"flb_log_cw": log_routing.OWN_LOG}
        for name, text in log_routing.files(self.stack.spec).items():
            file = f"{log_routing.CONFIG_MAP}.{name}"
            self.stack.add_file(file, text)
            data[name] = f'${{file("${{path.module}}/{file}")}}'
        return data
