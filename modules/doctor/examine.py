"""Runs the checks, in the order of the table; each answers, whatever fails."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from modules.doctor import tools
from modules.doctor.addons import addons
from modules.doctor.boundary import boundary
from modules.doctor.endpoints import endpoints
from modules.doctor.existing_load_balancer import load_balancer
from modules.doctor.existing_network import network
from modules.doctor.finding import Finding, NotChecked
from modules.doctor.login import log_in
from modules.doctor.mail import mail
from modules.doctor.names import names
from modules.doctor.quotas import quotas
from modules.doctor.secrets import secrets
from modules.doctor.subject import Subject
from modules.doctor.zones import zones
from modules.errors import CommandError
from modules.spec.model import Spec

Check = Callable[[Subject], Iterable[Finding]]

# What is asked of the account; each of these only reads.
ACCOUNT: dict[str, Check] = {
    "zones": zones,
    "network": network,
    "endpoints": endpoints,
    "load balancer": load_balancer,
    "quotas": quotas,
    "add-ons": addons,
    "boundary": boundary,
    "names": names,
    "secrets": secrets,
    "mail": mail,
}


class Examined(NamedTuple):
    """A finding, and the name of its check."""

    check: str
    finding: Finding


def everything(spec: Spec, generated: Path) -> Iterator[Examined]:
    """All checks; those of the account are `not checked` without a login."""
    yield from _machine()
    yield from (Examined("provider", finding) for finding in tools.aws_provider(generated))
    account, finding = log_in(spec)
    yield Examined("login", finding)
    for name, check in ACCOUNT.items():
        if account is None:
            reason = Finding("not checked", "It asks the account, and there is no login.", "Log in first; see above.")
            yield Examined(name, reason)
        else:
            yield from (Examined(name, found) for found in answers(check, Subject(spec, generated, account)))


def login_only(spec: Spec) -> Iterator[Examined]:
    """What every command of Terraform needs: the tools, and a login to the right account."""
    yield from _machine()
    yield Examined("login", log_in(spec)[1])


def _machine() -> Iterator[Examined]:
    yield Examined("terraform", tools.terraform_version())
    yield Examined("aws", tools.aws_cli_version())


def answers(check: Check, subject: Subject) -> Iterator[Finding]:
    """What a check finds, and where it could not look, why."""
    try:
        yield from check(subject)
    except NotChecked as reason:
        yield reason.finding
    except CommandError as error:
        yield Finding("not checked", f"{error.where}: {error.what}", error.next_step)
