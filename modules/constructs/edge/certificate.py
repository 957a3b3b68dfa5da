"""A certificate for the system's domain: validated by records in the domain's Route 53 zone, also at every renewal."""

from modules.bindings.aws import AcmCertificate, AcmCertificateValidation, Route53Record
from modules.bindings.cdktf import TerraformResourceLifecycle
from modules.constructs.component import Component
from modules.constructs.stack import Stack


class Certificate(Component):
    """An ACM certificate; `arn` is known once it is issued."""

    def __init__(self, scope: Stack, *, domain: str, zone_id: str) -> None:
        super().__init__(scope, "certificate")
        # A listener always holds one, so a new one comes before the old one goes.
        lifecycle = TerraformResourceLifecycle(create_before_destroy=True)
        certificate = AcmCertificate(
            self, "certificate", domain_name=domain, validation_method="DNS", lifecycle=lifecycle
        )
        self.set_address(certificate, "main")
        # One name, so one record, whose address need not wait for what ACM answers.
        proof = f"one({certificate.fqn}.domain_validation_options)"
        record = Route53Record(
            self,
            "proof",
            zone_id=zone_id,
            name=f"${{{proof}.resource_record_name}}",
            type=f"${{{proof}.resource_record_type}}",
            records=[f"${{{proof}.resource_record_value}}"],
            ttl=300,
            # ACM asks for the same record for every certificate that a domain gets in this account.
            allow_overwrite=True,
        )
        self.set_address(record, "certificate")
        validation = AcmCertificateValidation(
            self, "validation", certificate_arn=certificate.arn, validation_record_fqdns=[record.fqdn]
        )
        self.arn = self.set_address(validation, "main").certificate_arn
