"""The rules of a service's security group: who may call the service, and what it may reach besides the common."""

from textwrap import shorten
from typing import cast

from modules.bindings.aws import VpcSecurityGroupEgressRule, VpcSecurityGroupIngressRule
from modules.bindings.cdktf import Token
from modules.constructs.component import Component
from modules.constructs.edge import offered
from modules.constructs.network.security_group import allow_in, allow_out
from modules.constructs.stack import Stack
from modules.design import connectivity
from modules.facts import ports
from modules.facts.ports import HTTPS
from modules.spec.egress import ANYWHERE
from modules.spec.model import Service

# https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpRange.html
_DESCRIPTION = 255


class ServiceRules(Component):
    """Rules of the service's group, and the other end of each in the groups of other stacks."""

    def __init__(self, scope: Stack, name: str) -> None:
        super().__init__(scope, "service-rules")
        self.service = name
        service = self.stack.spec.services[name]
        self.id = self._group_of(name)
        self.rules: list[VpcSecurityGroupIngressRule | VpcSecurityGroupEgressRule] = []
        if service.path:
            self._admit_load_balancer(service.load_balancer)
        for store in connectivity.stores(service):
            group = self.stack.read("data", f"{store.name}_security_group_id")
            port = cast("int", Token.as_number(self.stack.read("data", f"{store.name}_port")))
            self._connect(store.title, group, port, store.name)
        for callee in service.calls:
            main, *further = self.stack.spec.services[callee].container_ports
            first = self.stack.names.first(callee)
            self._connect(callee, self._group_of(callee), main, "calls", first)
            for port in further:
                self._connect(callee, self._group_of(callee), port, "calls", first, str(port))
        self._leave(service)

    def _group_of(self, name: str) -> str:
        return self.stack.read("cluster", "service_security_group_ids", key=name)

    def _admit_load_balancer(self, balancer: str | None) -> None:
        """On every port: were only `port:` open, a change would close that of the old pods before the new ones run."""
        source = offered.read(self.stack, balancer, "load_balancer_security_group_id")
        for first, last in ports.POD_PORTS:
            rule = allow_in(
                self,
                self.service,
                "load-balancer",
                str(first),
                group=self.id,
                source=source,
                why="Requests from the load balancer",
                port=first,
                last=last,
            )
            self.rules.append(rule)

    def _connect(self, what: str, group: str, port: int, *key: str) -> None:
        """Opens both ends of a connection to another group."""
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
                allow_out(self, self.service, "internet", group=self.id, cidr=ANYWHERE, why=why, port=HTTPS)
            )
        for cidr, port in connectivity.ways_out(service):
            where = "internet" if cidr == ANYWHERE else cidr
            why = f"Port {port} of {'any address' if cidr == ANYWHERE else cidr}, declared under egress"
            self.rules.append(
                allow_out(self, self.service, "egress", where, str(port), group=self.id, cidr=cidr, why=why, port=port)
            )
