"""The account that services.yaml is about: commands that ask AWS say at once, and once, that there is no login."""

from datetime import UTC, datetime
from pathlib import Path

from modules.checks.check import check
from modules.deploy import environments
from modules.doctor.account import Account
from modules.doctor.login import log_in
from modules.errors import CommandError
from modules.spec.model import Spec


def account_of(file: Path, where: str, environment: str | None = None) -> tuple[Spec, Account]:
    """The checked spec of an environment, and the account of this machine's login.

    Raises CommandError where one of them is missing.
    """
    checked = check(file, datetime.now(UTC).date())
    if checked.spec is None:
        raise CommandError(str(file), "It has a mistake.", "Run make synth, which says where.")
    spec = environments.named(checked, environment)
    account, found = log_in(spec)
    if account is None:
        raise CommandError(where, found.what, found.next_step)
    return spec, account
