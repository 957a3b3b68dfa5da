"""Why the credentials of this machine are refused: the same sentence at the login, and in the middle of a run."""

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    CredentialRetrievalError,
    NoCredentialsError,
    PartialCredentialsError,
    ProfileNotFound,
    SSOError,
)

from modules.doctor.finding import Finding, problem

AGAIN = "Then run this again."
LOG_IN = f"Log in (aws sso login, or aws configure), or set AWS_PROFILE to a profile that can. {AGAIN}"
# https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html
_EXPIRED = ("ExpiredToken", "ExpiredTokenException", "RequestExpired")


def refused(error: ClientError | BotoCoreError) -> Finding | None:
    """What is wrong with the credentials, and the next step; None where the error says nothing of them."""
    if isinstance(error, NoCredentialsError | PartialCredentialsError):
        return problem("There are no AWS credentials on this machine.", LOG_IN)
    if isinstance(error, ProfileNotFound):
        listing = "`aws configure list-profiles` lists those that are there."
        return problem(f"{error}.".replace("..", "."), f"Correct AWS_PROFILE; {listing}")
    if isinstance(error, SSOError):
        return problem(f"The login has ended: {error}", f"Run aws sso login. {AGAIN}")
    if isinstance(error, CredentialRetrievalError):
        return problem(f"The credentials could not be fetched: {error}", LOG_IN)
    if isinstance(error, ClientError) and error.response["Error"]["Code"] in _EXPIRED:
        what = f"The login has ended: {error.response['Error'].get('Message', '')}"
        return problem(what, f"Log in again (aws sso login). {AGAIN}")
    return None
