"""Asks for another password of a service: by a version of its secret that is labelled so, and holds nothing.

Stack `platform` reads the labels and no value, so the next apply gives the id of that version to the job, which makes
the password when the id is another than the one that it has noted in the secret. Whoever asks needs no right to read a
secret: https://docs.aws.amazon.com/secretsmanager/latest/userguide/getting-started.html#term_version.
"""

from botocore.exceptions import BotoCoreError, ClientError

from modules.design import logins
from modules.doctor.login import log_in
from modules.errors import CommandError
from modules.spec.model import Spec
from modules.spec.problem import valid_values

_NOT_THERE = "ResourceNotFoundException"


def request(spec: Spec, service: str) -> None:
    """Raises CommandError where the service has no password, or AWS refuses."""
    command = f"rotate {service}"
    if service not in spec.services:
        raise CommandError(command, f'There is no service "{service}".', valid_values(logins.users(spec)))
    if not logins.words(spec.services[service]):
        what = f"{service} logs in with tokens of IAM, which end by themselves after 15 minutes."
        raise CommandError(command, what, "There is nothing to rotate; `login: password` would be a password.")
    account, finding = log_in(spec)
    if account is None:
        raise CommandError(command, finding.what, finding.next_step)
    name = spec.names.login_secret(service)
    try:
        account.client("secretsmanager").put_secret_value(
            SecretId=name, SecretString="{}", VersionStages=[logins.REQUEST_STAGE]
        )
    except (ClientError, BotoCoreError) as error:
        if isinstance(error, ClientError) and error.response["Error"]["Code"] == _NOT_THERE:
            step = f"Run make deploy STACK={spec.names.stack('platform')}, which makes it with a first password."
            raise CommandError(command, f"The secret {name} is not there yet.", step) from None
        step = "Ask who administers the account to allow secretsmanager:PutSecretValue on it to you."
        raise CommandError(command, f"The secret {name} can't be changed: {error}", step) from None
