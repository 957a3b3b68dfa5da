"""The security group of one service: who may call it, and what it may connect to beyond what every pod may."""

from textwrap import shorten
from typing import cast

from modules.bindings.aws import VpcSecurityGroupEgressRule, VpcSecurityGroupIngressRule
from modules.bindings.cdktf import Token
from modules.constructs.component import Component
from modules.constructs.network.security_group import Group, allow_in, allow_out
from modules.constructs.stack import Stack
from modules.design import connectivity
from modules.facts.ports import HTTPS
from modules.spec.model import Service

# https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpRange.html
_DESCRIPTION = 255


class ServiceGroup(Component):
    """The group at the address of the service, and both rules of each connection to groups of other stacks."""

    def __init__(self, scope: Stack, name: str) -> None:
        super().__init__(scope, "service-group")
        self.service = name
        service = self.stack.spec.services[name]
        group = Group(
            self,
            name,
            name=self.stack.names.of(name, kind="security_group"),
            description=f"Pods of {name}",
            vpc_id=self.stack.read("network", "vpc_id"),
        )
        self.id = group.id
        self.rules: list[VpcSecurityGroupIngressRule | VpcSecurityGroupEgressRule] = []
        if service.path:
            source = self.stack.read("edge", "load_balancer_security_group_id")
            why = "Requests from the load balancer"
            self.rules.append(
                allow_in(self, name, "load-balancer", group=self.id, source=source, why=why, port=service.port)
            )
        for store in connectivity.stores(service):
            self._reach(store.title, "data", f"{store.name}_security_group_id", f"{store.name}_port", store.name)
        for callee in service.calls:
            self._reach(callee, callee, "security_group_id", "service_port", "calls", callee)
        self._leave(service)

    def _reach(self, what: str, stack: str, group_output: str, port_output: str, *key: str) -> None:
        """Allows the connection to another stack's group in both groups, on the port in that stack's outputs."""
        group = self.stack.read(stack, group_output)
        port = cast("int", Token.as_number(self.stack.read(stack, port_output)))
        self.rules.append(allow_out(self, self.service, *key, group=self.id, target=group, why=what, port=port))
        why = f"{what}, from {self.service}"
        self.rules.append(allow_in(self, self.service, *key, group=group, source=self.id, why=why, port=port))

    def _leave(self, service: Service) -> None:
        for word in connectivity.gateway_endpoints_for(self.stack.spec, service):
            prefix_list = self.stack.read("network", f"{word}_prefix_list_id")
            why = f"{word} by gateway endpoint"
            self.rules.append(
                allow_out(self, self.service, word, group=self.id, prefix_list=prefix_list, why=why, port=HTTPS)
            )
        if reasons := connectivity.internet_egress_reasons(self.stack.spec, service):
            why = shorten(f"HTTPS to the internet: {'; '.join(reasons)}", _DESCRIPTION)
            self.rules.append(
                allow_out(self, self.service, "internet", group=self.id, cidr="0.0.0.0/0", why=why, port=HTTPS)
            )
