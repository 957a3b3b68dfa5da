"""Where the lines of pods go: the configuration of Fargate's log router, and its leave to write."""

from modules import fluent_bit
from modules.components.component import Component
from modules.components.log_group import LogGroup
from modules.components.namespace import Namespace
from modules.components.policy_document import policy_json
from modules.permissions.statement import Statement
from modules.providers.aws import IamRolePolicy
from modules.providers.cdktf import ITerraformDependable
from modules.providers.kubernetes import ConfigMapV1
from modules.stacks.stack import Stack


class FargateLogging(Component):
    """Pods that start after it write to their service's log group; it knows the groups by name."""

    def __init__(self, scope: Stack, *, logs_key_arn: str) -> None:
        super().__init__(scope, "logging")
        stack, names = self.stack, self.stack.names
        groups = [fluent_bit.SYSTEM_NAMESPACE, *([fluent_bit.SHARED] if fluent_bit.is_shared(stack.spec) else [])]
        made = [LogGroup(stack, group, name=names.log_group(group), logs_key_arn=logs_key_arn) for group in groups]
        namespace = Namespace(stack, fluent_bit.NAMESPACE, labels={"aws-observability": "enabled"})
        config = ConfigMapV1(
            self,
            "config",
            metadata={"name": fluent_bit.CONFIG_MAP, "namespace": fluent_bit.NAMESPACE},
            data=self._data(),
            depends_on=[namespace.resource],
        )
        self.at(config, fluent_bit.CONFIG_MAP)
        # https://docs.aws.amazon.com/eks/latest/userguide/fargate-logging.html, less the making of groups.
        write = Statement(
            "Logs",
            ("logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"),
            tuple(
                stack.arn("logs", f"log-group:{names.log_group(group)}:*") for group in fluent_bit.groups(stack.spec)
            ),
        )
        policy = IamRolePolicy(
            self,
            "policy",
            name="logging",
            role=stack.read("cluster", "pod_execution_role_name"),
            policy=policy_json(self, ("pod-execution", "logging"), [write]),
        )
        self.at(policy, "pod-execution", "logging")
        self.resources: list[ITerraformDependable] = [config, policy, *(group.resource for group in made)]

    def _data(self) -> dict[str, str]:
        """The configuration, as files beside the JSON, which diff by line."""
        data = {"flb_log_cw": fluent_bit.OWN_LOG}
        for name, text in fluent_bit.files(self.stack.spec).items():
            file = f"{fluent_bit.CONFIG_MAP}.{name}"
            self.stack.files[file] = text
            data[name] = f'${{file("${{path.module}}/{file}")}}'
        return data
