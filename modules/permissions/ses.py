"""`ses`: an identity to send mail from, and a configuration set that every mail takes."""

from dataclasses import dataclass

from pydantic import Field

from modules.iam.statement import Condition, Statement
from modules.permissions.kind import GrantContext, Options, PermissionKind
from modules.schema import patterns


class SesOptions(Options):
    """Options of `ses`: an address or a domain."""

    sender: str | None = Field(None, alias="from", pattern=patterns.EMAIL)
    """Address that mail is sent from."""

    domain: str | None = Field(None, pattern=patterns.DOMAIN)
    """Domain whose every address mail may be sent from."""


@dataclass(frozen=True)
class MailIdentity:
    mail_identity_arn: str
    mail_identity_name: str
    mail_recipients_arn: str
    mail_configuration_arn: str
    mail_configuration_name: str


def grants(mail: MailIdentity, _: GrantContext) -> tuple[Statement, ...]:
    """Mail from the identity's address, or from any address of its domain.

    In the sandbox, SES asks IAM for the identities of the recipients too, which are any; the condition bounds the
    sender: https://github.com/cloudposse/terraform-aws-ses/issues/40.
    """
    name = mail.mail_identity_name
    sender = Condition("StringLike", "ses:FromAddress", (name if "@" in name else f"*@{name}",))
    arns = (mail.mail_identity_arn, mail.mail_recipients_arn, mail.mail_configuration_arn)
    return (Statement("Mail", ("ses:SendEmail", "ses:SendRawEmail"), arns, conditions=(sender,)),)


def environment(mail: MailIdentity) -> dict[str, str]:
    name = mail.mail_identity_name
    return {"MAIL_FROM" if "@" in name else "MAIL_DOMAIN": name, "MAIL_CONFIGURATION_SET": mail.mail_configuration_name}


KIND = PermissionKind(
    "ses",
    "SES",
    SesOptions,
    ("ses",),
    MailIdentity,
    grants,
    environment,
    makes="an identity, which is an address or a domain, and a configuration set",
    example={"from": "no-reply@example.com"},
)
