"""A login with a role: keys that STS gives to the login of this machine, fetched again before they end."""

from functools import partial

import boto3
from botocore.config import Config
from botocore.credentials import (
    AssumeRoleCredentialFetcher,
    CredentialProvider,
    CredentialResolver,
    DeferredRefreshableCredentials,
)
from botocore.exceptions import NoCredentialsError
from botocore.session import Session

# What CloudTrail shows beside the role: https://docs.aws.amazon.com/IAM/latest/UserGuide/cloudtrail-integration.html
SESSION_NAME = "eks-fargate-terraform"


class _Provider(CredentialProvider):  # type: ignore[misc]
    METHOD = "deployer-role"

    def __init__(self, fetcher: AssumeRoleCredentialFetcher) -> None:
        super().__init__()
        self._fetcher = fetcher

    def load(self) -> DeferredRefreshableCredentials:
        return DeferredRefreshableCredentials(self._fetcher.fetch_credentials, self.METHOD)


def session(role: str, region: str, config: Config) -> boto3.Session:
    """A session as the role; STS is asked at its first call.

    Raises NoCredentialsError where this machine has no login, and a BotoCoreError where its login can't be read.
    """
    login = boto3.Session(region_name=region)
    keys = login.get_credentials()
    if keys is None:
        raise NoCredentialsError
    create = partial(login._session.create_client, region_name=region, config=config)
    fetcher = AssumeRoleCredentialFetcher(create, keys, role, extra_args={"RoleSessionName": SESSION_NAME})
    assumed = Session()
    assumed.register_component("credential_provider", CredentialResolver([_Provider(fetcher)]))
    return boto3.Session(botocore_session=assumed, region_name=region)
