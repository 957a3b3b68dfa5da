"""What the load balancer sends to a service: its hosts and paths and all below them, to those pods that are healthy."""

from modules.bindings.aws import (
    LbListenerRule,
    LbListenerRuleAction,
    LbListenerRuleCondition,
    LbTargetGroup,
    LbTargetGroupHealthCheck,
    LbTargetGroupStickiness,
)
from modules.bindings.cdktf import TerraformResourceLifecycle
from modules.constructs.component import Component
from modules.constructs.edge import offered
from modules.constructs.stack import Stack
from modules.design import health, listener_rules, service_ports
from modules.facts import load_balancer
from modules.spec.model import Service


class ServiceRoutes(Component):
    """A target group without targets, which the controller in the cluster registers, and its listener rules."""

    def __init__(self, scope: Stack, name: str) -> None:
        super().__init__(scope, "routes")
        service = self.stack.spec.services[name]
        check, protocol = health.target_group_check(service), service_ports.protocol(service)
        group = LbTargetGroup(
            self,
            "targets",
            name=self.stack.names.target_group(name, protocol),
            vpc_id=self.stack.read("network", "vpc_id"),
            target_type="ip",
            ip_address_type="ipv4",
            protocol="HTTP",
            protocol_version=None if protocol == "http" else load_balancer.PROTOCOL_VERSIONS[protocol],
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
            deregistration_delay=str(service.drain),
            stickiness=None
            if service.sticky is None
            else LbTargetGroupStickiness(type="lb_cookie", cookie_duration=service.sticky),
            # AWS deletes none that a rule names, so the rules go over to the new one first.
            lifecycle=TerraformResourceLifecycle(create_before_destroy=True),
        )
        # Another group stays beside it until requests have gone over (modules/deploy/protocol_change.py).
        self.target_group = self.set_address(group, name, *([] if protocol == "http" else [protocol]))
        self.rules: list[LbListenerRule] = []
        self._route(name, service)

    def _route(self, name: str, service: Service) -> None:
        listener_arn = offered.read(self.stack, service.load_balancer, "listener_arn")
        for declared in listener_rules.rules(name, service):
            rule = LbListenerRule(
                self,
                "-".join(("rule", *declared.address)),
                listener_arn=listener_arn,
                priority=declared.priority,
                condition=_conditions(declared),
                action=[LbListenerRuleAction(type="forward", target_group_arn=self.target_group.arn)],
                # AWS has a target group on one load balancer: where the service goes over to another, all rules go
                # before the first is made.
                depends_on=self.rules[-1:] if service.load_balancer and self.rules else None,
            )
            self.rules.append(self.set_address(rule, name, *declared.address))


def _conditions(rule: listener_rules.Rule) -> list[LbListenerRuleCondition]:
    conditions = []
    if rule.hosts:
        conditions.append(LbListenerRuleCondition(host_header={"values": list(rule.hosts)}))
    if rule.patterns:
        conditions.append(LbListenerRuleCondition(path_pattern={"values": rule.patterns}))
    return conditions
