"""What makes a service's hosts reach the load balancer: a DNS record each, and a certificate where it has none yet."""

from modules.bindings.aws import LbListenerCertificate, Route53Record, Route53RecordAlias
from modules.bindings.cdktf import TerraformResourceLifecycle
from modules.constructs.component import Component
from modules.constructs.edge import offered
from modules.constructs.edge.certificate import Certificate
from modules.constructs.stack import Stack
from modules.design import hosts


class ServiceHosts(Component):
    """Records and certificates of the hosts that are this service's, in their hosted zones."""

    def __init__(self, scope: Stack, name: str) -> None:
        super().__init__(scope, "hosts")
        self.name, self.balancer = name, self.stack.spec.services[name].load_balancer
        for hosted in hosts.certificates(self.stack.spec, name):
            self._certify(hosted)
        for hosted in hosts.records(self.stack.spec, name):
            self._record(hosted)

    def _certify(self, hosted: hosts.Hosted) -> None:
        address = (self.name, *hosts.address(hosted.host))
        certificate = Certificate(
            self.stack, *address, domain=hosted.host, zone_id=hosted.zone_id, record=(*address, "certificate")
        )
        attached = LbListenerCertificate(
            self,
            f"certificate-{hosted.host}",
            listener_arn=offered.read(self.stack, self.balancer, "listener_arn"),
            certificate_arn=certificate.arn,
            # Without one in between, the listener would answer with the certificate of another host.
            lifecycle=TerraformResourceLifecycle(create_before_destroy=True),
        )
        self.set_address(attached, *address)

    def _record(self, hosted: hosts.Hosted) -> None:
        alias = Route53RecordAlias(
            name=offered.read(self.stack, self.balancer, "load_balancer_dns_name"),
            zone_id=offered.read(self.stack, self.balancer, "load_balancer_zone_id"),
            evaluate_target_health=True,
        )
        record = Route53Record(
            self, f"record-{hosted.host}", zone_id=hosted.zone_id, name=hosted.host, type="A", alias=alias
        )
        self.set_address(record, self.name, *hosts.address(hosted.host))
