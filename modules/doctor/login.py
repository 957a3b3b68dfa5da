"""Whether there is a login, to the account and in the region that services.yaml names."""

from typing import Any

from botocore.exceptions import BotoCoreError, ClientError, ConnectionError, HTTPClientError

from modules.doctor import credentials
from modules.doctor.account import ASSUME, DENIED, Account
from modules.doctor.finding import Finding, ok, problem
from modules.facts import regions
from modules.spec.model import Spec
from modules.spec.problem import did_you_mean

# https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html
_UNKNOWN = ("InvalidClientTokenId", "UnrecognizedClientException", "SignatureDoesNotMatch")


def log_in(spec: Spec) -> tuple[Account | None, Finding]:
    """The account that the credentials of this machine lead to; None where there is none that may be used."""
    try:
        account = Account(spec.region, spec.deployer_role)
        caller = account.client("sts").get_caller_identity()
    except (ClientError, BotoCoreError) as error:
        return None, _refusal(error, spec)
    if spec.account not in (None, caller["Account"]):
        what = f"You are logged in to account {caller['Account']}, and services.yaml allows only {spec.account}."
        return None, problem(what, "Set AWS_PROFILE to a profile of that account, or correct `account:`.")
    account.id = caller["Account"]
    return account, ok(f"account {account.id}, region {account.region}, as {caller['Arn']}")


def _refusal(error: Any, spec: Spec) -> Finding:
    if found := credentials.refused(error):
        return found
    if isinstance(error, ConnectionError | HTTPClientError):
        return _unreachable(error, spec)
    if isinstance(error, ClientError):
        return _refused(error, spec)
    return problem(f"The login failed: {error}", credentials.LOG_IN)


def _unreachable(error: BotoCoreError, spec: Spec) -> Finding:
    if spec.region not in regions.REGIONS:
        what = f'AWS has no endpoint for the region "{spec.region}" of services.yaml, or can\'t be reached.'
        return problem(what, did_you_mean(spec.region, regions.REGIONS))
    return problem(f"AWS can't be reached: {error}", f"Check the network and the proxy. {credentials.AGAIN}")


def _refused(error: ClientError, spec: Spec) -> Finding:
    code, message = error.response["Error"]["Code"], error.response["Error"].get("Message", "")
    if error.operation_name == ASSUME and code in DENIED:
        what = f"The login of this machine can't assume `deployer_role` of services.yaml: {message}"
        step = "The role's trust policy has to name your login, and your login needs sts:AssumeRole on the role."
        return problem(what, f"{step} {credentials.AGAIN}")
    home = regions.HOME[regions.partition(spec.region)]
    if code in _UNKNOWN and spec.region != home and _works_in(home):
        what = f"The login works in {home}, and not in {spec.region}: the account has not enabled that region."
        enable = f"aws account enable-region --region-name {spec.region}"
        return problem(what, f"Run {enable}, and wait until it is enabled; or use another region.")
    if code in _UNKNOWN:
        what = f"AWS does not accept the credentials of this machine in {spec.region}: {message}"
        return problem(what, credentials.LOG_IN)
    return problem(f"The login failed with {code}: {message}", credentials.LOG_IN)


def _works_in(region: str) -> bool:
    try:
        Account(region).client("sts").get_caller_identity()
    except (ClientError, BotoCoreError):
        return False
    return True
