"""`ses`: what a service sends mail from."""

from modules.bindings.aws import (
    Sesv2ConfigurationSet,
    Sesv2ConfigurationSetDeliveryOptions,
    Sesv2ConfigurationSetReputationOptions,
    Sesv2ConfigurationSetSendingOptions,
    Sesv2ConfigurationSetSuppressionOptions,
    Sesv2EmailIdentity,
)
from modules.constructs.component import Component
from modules.constructs.permissions.owner import Owner
from modules.permissions import ses


class MailIdentity(Component):
    """An identity and its configuration set: mail by TLS only, and none to addresses that bounced or complained.

    The owner of an address confirms it by mail; that of a domain by the DNS records that the output names.
    """

    def __init__(self, owner: Owner, options: ses.SesOptions) -> None:
        super().__init__(owner.stack, "ses")
        configuration = Sesv2ConfigurationSet(
            self,
            "configuration",
            configuration_set_name=owner.stack.names.of(owner.name, kind="configuration_set"),
            delivery_options=Sesv2ConfigurationSetDeliveryOptions(tls_policy="REQUIRE"),
            reputation_options=Sesv2ConfigurationSetReputationOptions(reputation_metrics_enabled=True),
            sending_options=Sesv2ConfigurationSetSendingOptions(sending_enabled=True),
            suppression_options=Sesv2ConfigurationSetSuppressionOptions(suppressed_reasons=["BOUNCE", "COMPLAINT"]),
        )
        self.set_address(configuration, owner.name)
        name = options.sender or options.domain or ""
        identity = Sesv2EmailIdentity(
            self, "identity", email_identity=name, configuration_set_name=configuration.configuration_set_name
        )
        self.set_address(identity, owner.name)
        if options.domain:
            owner.stack.output(
                "mail_dkim_tokens",
                identity.dkim_signing_attributes.tokens,
                description=f"For each token, a CNAME record <token>._domainkey.{name} to <token>.dkim.amazonses.com",
            )
        self.outputs = ses.MailIdentity(
            mail_identity_arn=identity.arn,
            mail_identity_name=name,
            mail_recipients_arn=owner.stack.arn("ses", "identity/*"),
            mail_configuration_arn=configuration.arn,
            mail_configuration_name=configuration.configuration_set_name,
        )
