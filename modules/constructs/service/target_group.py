"""What the load balancer sends to a service: its paths and all below them, to those of its pods that are healthy."""

from modules.bindings.aws import (
    LbListenerRule,
    LbListenerRuleAction,
    LbListenerRuleCondition,
    LbTargetGroup,
    LbTargetGroupHealthCheck,
)
from modules.constructs.component import Component
from modules.constructs.stack import Stack
from modules.design import health, listener_rules, rollout
from modules.spec.model import Service


class ServiceRoutes(Component):
    """A target group without targets, which the controller in the cluster registers, and a listener rule per path."""

    def __init__(self, scope: Stack, name: str) -> None:
        super().__init__(scope, "routes")
        service = self.stack.spec.services[name]
        check = health.target_group_check(service)
        group = LbTargetGroup(
            self,
            "targets",
            name=self.stack.names.of(name, kind="target_group"),
            vpc_id=self.stack.read("network", "vpc_id"),
            target_type="ip",
            ip_address_type="ipv4",
            protocol="HTTP",
            # Never used, as each target is registered with a port of its own. Were it the service's, a change would
            # replace the group, and AWS deletes none that a rule still names.
            port=80,
            health_check=LbTargetGroupHealthCheck(
                path=check.path,
                port=check.port,
                matcher=check.codes,
                interval=check.interval,
                timeout=check.timeout,
                healthy_threshold=check.healthy,
                unhealthy_threshold=check.unhealthy,
            ),
            deregistration_delay=str(rollout.DRAIN_SECONDS),
        )
        self.target_group = self.set_address(group, name)
        self.rules: list[LbListenerRule] = []
        self._route(name, service)

    def _route(self, name: str, service: Service) -> None:
        listener_arn = self.stack.read("edge", "listener_arn")
        for path, priority in listener_rules.priorities(service).items():
            patterns = {"values": listener_rules.patterns(path)}
            rule = LbListenerRule(
                self,
                f"rule-{path}",
                listener_arn=listener_arn,
                priority=priority,
                condition=[LbListenerRuleCondition(path_pattern=patterns)],
                action=[LbListenerRuleAction(type="forward", target_group_arn=self.target_group.arn)],
            )
            self.rules.append(self.set_address(rule, name, *listener_rules.address(path)))
