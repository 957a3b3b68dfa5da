"""The load balancer between the internet and the services; a path that no service has is answered with 404."""

from modules import naming
from modules.bindings.aws import (
    Lb,
    LbAccessLogs,
    LbListener,
    LbListenerDefaultAction,
    Route53Record,
    Route53RecordAlias,
)
from modules.constructs.component import Component
from modules.constructs.edge.access_logs import AccessLogs
from modules.constructs.edge.pod_egress import allow_pods
from modules.constructs.network.security_group import Group, allow_in
from modules.constructs.stack import Stack
from modules.facts import load_balancer, vpc
from modules.facts.ports import HTTP, HTTPS

# Key of a rule's address -> range, for a load balancer on the internet and for a private one, which is reached from the
# VPC and from what is connected to it.
_ANYWHERE = {"": "0.0.0.0/0"}
_PRIVATE = {str(network.network_address): str(network) for network in vpc.PRIVATE_RANGES}
_NOT_FOUND = LbListenerDefaultAction(
    type="fixed-response",
    fixed_response={"content_type": "text/plain", "message_body": "Not found", "status_code": "404"},
)
_TO_HTTPS = LbListenerDefaultAction(
    type="redirect", redirect={"port": str(HTTPS), "protocol": "HTTPS", "status_code": "HTTP_301"}
)


class LoadBalancer(Component):
    """An ALB on the internet, or a private one; with a certificate, HTTP only redirects."""

    def __init__(
        self,
        scope: Stack,
        name: str | None,
        *,
        private: bool,
        vpc_id: str,
        subnet_ids: list[str],
        pods_group_id: str,
        logs: AccessLogs,
        certificate_arn: str | None,
    ) -> None:
        self.parts, self.has_name = naming.load_balancer(name), name is not None
        super().__init__(scope, "-".join(self.parts))
        stack = self.stack
        self.sources = _PRIVATE if private else _ANYWHERE
        self.source = "private networks" if private else "the internet"
        group = Group(
            self,
            "-".join(self.parts),
            name=stack.names.of(*self.parts),
            description=f"Load balancer: HTTP and HTTPS from {self.source}, requests to the service pods",
            vpc_id=vpc_id,
        )
        self.group_id = group.id
        allow_pods(self, name, group_id=group.id, pods_group_id=pods_group_id)
        balancer = Lb(
            self,
            "balancer",
            name=stack.names.load_balancer(name),
            load_balancer_type="application",
            internal=private,
            subnets=subnet_ids,
            security_groups=[group.id],
            drop_invalid_header_fields=True,
            enable_deletion_protection=stack.spec.protection,
            access_logs=LbAccessLogs(bucket=logs.name, enabled=True),
            depends_on=[logs.ready],
        )
        self.set_address(balancer, *naming.balancer_address(name))
        self.arn, self.arn_suffix = balancer.arn, balancer.arn_suffix
        self.dns_name, self.zone_id = balancer.dns_name, balancer.zone_id
        self.listener_arn = self._listen(certificate_arn)
        host = self.dns_name if name else stack.spec.domain or self.dns_name
        self.url = f"{'https' if certificate_arn else 'http'}://{host}"

    def _listen(self, certificate_arn: str | None) -> str:
        """Opens the ports and returns the ARN of the listener that routes."""
        if certificate_arn is None:
            return self._listener("HTTP", HTTP, _NOT_FOUND).arn
        self._listener("HTTP", HTTP, _TO_HTTPS)
        return self._listener("HTTPS", HTTPS, _NOT_FOUND, certificate_arn).arn

    def answer_to(self, domain: str, *, zone_id: str) -> None:
        """Creates the DNS record of the domain."""
        alias = Route53RecordAlias(name=self.dns_name, zone_id=self.zone_id, evaluate_target_health=True)
        self.set_address(
            Route53Record(self, "alias", zone_id=zone_id, name=domain, type="A", alias=alias), "load-balancer"
        )

    def _listener(
        self, protocol: str, port: int, action: LbListenerDefaultAction, certificate_arn: str | None = None
    ) -> LbListener:
        key = protocol.lower()
        why = f"{protocol} from {self.source}"
        for part, cidr in self.sources.items():
            address = (*self.parts, key, part) if part else (*self.parts, key)
            allow_in(self, *address, group=self.group_id, cidr=cidr, why=why, port=port)
        listener = LbListener(
            self,
            key,
            load_balancer_arn=self.arn,
            protocol=protocol,
            port=port,
            default_action=[action],
            certificate_arn=certificate_arn,
            ssl_policy=load_balancer.TLS_POLICY if certificate_arn else None,
        )
        return self.set_address(listener, *(self.parts if self.has_name else ()), key)
