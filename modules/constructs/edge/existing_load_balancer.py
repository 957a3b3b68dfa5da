"""A load balancer that somebody else made: read and checked at every plan; its group gets the way to the pods."""

from modules.bindings.aws import DataAwsLb, DataAwsLbListener
from modules.constructs.component import Component
from modules.constructs.edge.pod_egress import allow_pods
from modules.constructs.required import Required, require
from modules.constructs.stack import Stack
from modules.naming import balancer_address, load_balancer


class ExistingLoadBalancer(Component):
    """The load balancer of a listener; offers what the system's own offers."""

    def __init__(self, scope: Stack, name: str | None, *, listener_arn: str, vpc_id: str, pods_group_id: str) -> None:
        super().__init__(scope, "-".join(("existing", *load_balancer(name))))
        address = balancer_address(name)
        listener = self.set_address(DataAwsLbListener(self, "listener", arn=listener_arn), *address)
        balancer = self.set_address(DataAwsLb(self, "balancer", arn=listener.load_balancer_arn), *address)
        own = vpc_id.removeprefix("${").removesuffix("}")
        require(
            balancer,
            Required('self.load_balancer_type == "application"', "${self.arn} is no Application Load Balancer."),
            Required(f"self.vpc_id == {own}", f"${{self.arn}} is in ${{self.vpc_id}}, and the system in ${{{own}}}."),
            Required(
                "length(self.security_groups) > 0",
                "${self.arn} has no security group, so nothing says that it may reach the pods. Give it one.",
            ),
        )
        # One of them is enough for the way to the pods, and the first by name stays the same.
        self.group_id = f"${{sort(tolist({balancer.fqn}.security_groups))[0]}}"
        self.arn, self.arn_suffix, self.dns_name = balancer.arn, balancer.arn_suffix, balancer.dns_name
        self.listener_arn, self.zone_id = listener.arn, balancer.zone_id
        self.url = f"${{lower({listener.fqn}.protocol)}}://{balancer.dns_name}:${{{listener.fqn}.port}}"
        allow_pods(self, name, group_id=self.group_id, pods_group_id=pods_group_id)
