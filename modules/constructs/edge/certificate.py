"""A certificate for a host: validated by a record in the host's Route 53 zone, also at every renewal."""

from modules.bindings.aws import AcmCertificate, AcmCertificateValidation, Route53Record
from modules.bindings.cdktf import TerraformResourceLifecycle
from modules.constructs.component import Component
from modules.constructs.stack import Stack


class Certificate(Component):
    """An ACM certificate; `arn` is known once it is issued. `address` is that of all that it has.

    With `and_below` it is for one label below the domain too, which ACM asks no second record for.
    """

    def __init__(
        self, scope: Stack, *address: str, domain: str, zone_id: str, record: tuple[str, ...], and_below: bool = False
    ) -> None:
        super().__init__(scope, "-".join(("certificate", *record)))
        # A listener always holds one, so a new one comes before the old one goes.
        lifecycle = TerraformResourceLifecycle(create_before_destroy=True)
        certificate = AcmCertificate(
            self,
            "certificate",
            domain_name=domain,
            subject_alternative_names=[f"*.{domain}"] if and_below else None,
            validation_method="DNS",
            lifecycle=lifecycle,
        )
        self.set_address(certificate, *address)
        # One record for all of its names, whose address need not wait for what ACM answers.
        proof = f"tolist({certificate.fqn}.domain_validation_options)[0]"
        proving = Route53Record(
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
        self.set_address(proving, *record)
        validation = AcmCertificateValidation(
            self, "validation", certificate_arn=certificate.arn, validation_record_fqdns=[proving.fqdn]
        )
        self.arn = self.set_address(validation, *address).certificate_arn
