"""The account that services.yaml is about: commands that ask AWS say at once, and once, that there is no login."""

from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from modules.checks.check import Checked, check
from modules.deploy import environments
from modules.doctor.account import Account
from modules.doctor.login import log_in
from modules.errors import CommandError
from modules.spec.model import Spec


class AccountOf(NamedTuple):
    """services.yaml, the environment in it that a command is about, and the account of this machine's login."""

    checked: Checked
    spec: Spec
    account: Account


def account_of(file: Path, where: str, environment: str | None = None) -> AccountOf:
    """The checked file, one of its environments, and the account of this machine's login.

    Raises CommandError where one of them is missing.
    """
    checked = check(file, datetime.now(UTC).date())
    if checked.spec is None:
        raise CommandError(str(file), "It has a mistake.", "Run make synth, which says where.")
    spec = environments.named(checked, environment)
    account, found = log_in(spec)
    if account is None:
        raise CommandError(where, found.what, found.next_step)
    return AccountOf(checked, spec, account)
