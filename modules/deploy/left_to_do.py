"""What no apply can do: values of secrets, mails that somebody confirms, DNS records in zones that are elsewhere."""

import socket
from collections.abc import Iterator, Sequence
from contextlib import suppress

from modules.deploy.balancer_values import command, value
from modules.design import hosts
from modules.design.listener_rules import WILDCARD
from modules.doctor.account import Account
from modules.doctor.finding import NotChecked
from modules.spec.model import Spec
from modules.state.applied_stacks import Stack

SECRET, IDENTITY = "aws_secretsmanager_secret", "aws_sesv2_email_identity"
BALANCER = "load_balancer_dns_name"


def lines(applied: Sequence[Stack], spec: Spec, account: Account) -> list[str]:
    """Of these stacks, which have just been applied; asks AWS and the DNS what is done already."""
    found = [line for stack in applied for line in (*_secrets(stack, account), *_identities(stack, account))]
    if spec.alarm_email and any(stack.name == spec.names.stack("network") for stack in applied):
        found.append(f"confirm the mail from AWS to {spec.alarm_email}: no alarm is sent before")
    edge = next((stack for stack in applied if stack.name == spec.names.stack("edge")), None)
    return [*found, *(_records(spec, edge) if edge else ())]


def _secrets(stack: Stack, account: Account) -> Iterator[str]:
    """A command for each secret that has no value."""
    for name in _declared(stack, SECRET, "name"):
        try:
            secret = account.ask("secretsmanager", "describe_secret", SecretId=name)
        except NotChecked as reason:
            yield f"see whether secret {name} has a value, which this run could not: {reason}"
            continue
        if not secret.get("VersionIdsToStages"):
            line = f"aws secretsmanager put-secret-value --region {account.region} --secret-id {name}"
            yield f"fill secret {name}: {line} --secret-string file://secrets.json"


def _identities(stack: Stack, account: Account) -> Iterator[str]:
    """The mail to confirm, or the DNS records to create, of each identity of SES that is not verified.

    https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_GetEmailIdentity.html; SES sees a record within 72 hours.
    """
    for name in _declared(stack, IDENTITY, "email_identity"):
        try:
            identity = account.ask("sesv2", "get_email_identity", EmailIdentity=name)
        except NotChecked as reason:
            yield f"see whether SES has verified {name}, which this run could not: {reason}"
            continue
        if identity.get("VerifiedForSendingStatus"):
            continue
        tokens = identity.get("DkimAttributes", {}).get("Tokens", ())
        if "@" in name:
            yield f"confirm the mail from AWS to {name}: SES sends nothing from it before"
            continue
        if not tokens:
            line = f"aws sesv2 get-email-identity --region {account.region} --email-identity {name}"
            yield f"let SES verify {name}, which sends nothing before: {line} shows what it waits for"
        for token in tokens:
            record = f"{token}._domainkey.{name} to {token}.dkim.amazonses.com"
            yield f"create the CNAME record {record}: SES sends nothing from {name} before"


def _records(spec: Spec, edge: Stack) -> Iterator[str]:
    """A record for each name whose zone is not in Route 53 here, unless it leads to the load balancer already."""
    for name, balancer in _elsewhere(spec).items():
        target = value(edge, balancer, BALANCER)
        if not (target and _leads_to(name, target)):
            to = target or f"what {command(edge, balancer, BALANCER)} prints"
            yield f"create the CNAME record {name} to {to}: requests for it do not come here before"


def _elsewhere(spec: Spec) -> dict[str, str | None]:
    """Names without a record among the stacks, with their load balancer: `edge` has the record of `domain`, a service's
    stack those of its hosts."""
    names: dict[str, str | None] = {spec.domain: None} if spec.domain and not spec.hosted_zone else {}
    for service in spec.services.values():
        for host in service.host:
            if host != spec.domain and hosts.zone_id(spec, host) is None:
                names[host] = service.load_balancer
    return names


def _leads_to(name: str, balancer: str) -> bool:
    """Whether the two have an address in common; a wildcard's is that of any name below it."""
    return bool(_addresses(name.replace(WILDCARD, "any.", 1)) & _addresses(balancer))


def _addresses(name: str) -> set[str]:
    with suppress(OSError):
        return {str(address[0]) for *_, address in socket.getaddrinfo(name, None)}
    return set()


def _declared(stack: Stack, kind: str, key: str) -> list[str]:
    return sorted(str(one[key]) for one in stack.declared(kind).values())
