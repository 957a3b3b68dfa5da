"""What S3's calls are refused with becomes a sentence with a next step."""

from typing import Any
from unittest.mock import Mock

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, NoCredentialsError

from modules.errors import CommandError
from modules.shared_state.s3 import S3


def _refused(error: Exception) -> str:
    account: Any = Mock(id="111122223333")
    account.client.return_value.get_object.side_effect = error
    with pytest.raises(CommandError) as refused:
        S3(account, "eu-west-1").call("get_object", Bucket="shop", Key="network.tfstate")
    return str(refused.value)


def test_a_login_that_ends_in_the_middle_is_said_as_at_the_login() -> None:
    expired = ClientError({"Error": {"Code": "ExpiredToken", "Message": "The token has expired."}}, "GetObject")
    assert "The login has ended: The token has expired." in _refused(expired)
    assert "Log in again (aws sso login)." in _refused(expired)
    assert "There are no AWS credentials on this machine." in _refused(NoCredentialsError())


def test_a_network_that_does_not_answer_is_no_lost_login() -> None:
    said = _refused(EndpointConnectionError(endpoint_url="https://s3.eu-west-1.amazonaws.com"))
    assert "AWS did not answer: Could not connect to the endpoint URL" in said
    assert "Check the network and the proxy" in said
