"""SESv2: settings of a configuration set, its destinations, and identities."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.emulator.conftest import Client


@pytest.fixture
def ses(client: Client) -> Any:
    return client("sesv2")


def test_each_group_of_settings_changes_by_itself(ses: Any) -> None:
    name = {"ConfigurationSetName": "settings"}
    ses.create_configuration_set(**name, Tags=[{"Key": "a", "Value": "1"}])
    ses.put_configuration_set_delivery_options(**name, TlsPolicy="REQUIRE")
    ses.put_configuration_set_suppression_options(**name, SuppressedReasons=["BOUNCE"])
    found = ses.get_configuration_set(**name)
    assert found["DeliveryOptions"] == {"TlsPolicy": "REQUIRE"}
    assert found["SuppressionOptions"] == {"SuppressedReasons": ["BOUNCE"]}
    assert found["SendingOptions"] == {"SendingEnabled": True}
    assert found["Tags"] == [{"Key": "a", "Value": "1"}]


def test_a_configuration_set_lists_its_destinations(ses: Any) -> None:
    ses.create_configuration_set(ConfigurationSetName="destinations")
    names = {"ConfigurationSetName": "destinations", "EventDestinationName": "topic"}
    topic = {"TopicArn": "arn:aws:sns:eu-west-1:123456789012:mail"}
    wish = {"Enabled": True, "MatchingEventTypes": ["SEND"], "SnsDestination": topic}
    ses.create_configuration_set_event_destination(**names, EventDestination=wish)
    (found,) = ses.get_configuration_set_event_destinations(ConfigurationSetName="destinations")["EventDestinations"]
    assert (found["Name"], found["SnsDestination"]) == ("topic", topic)
    ses.delete_configuration_set_event_destination(**names)
    with pytest.raises(ClientError, match="NotFoundException"):
        ses.delete_configuration_set_event_destination(**names)


def test_an_identity_is_unverified_and_made_once(ses: Any) -> None:
    domain = ses.create_email_identity(EmailIdentity="example.com")
    assert (domain["IdentityType"], domain["VerifiedForSendingStatus"]) == ("DOMAIN", False)
    assert len(domain["DkimAttributes"]["Tokens"]) == 3
    with pytest.raises(ClientError, match="AlreadyExistsException"):
        ses.create_email_identity(EmailIdentity="example.com")
    ses.delete_email_identity(EmailIdentity="example.com")
    with pytest.raises(ClientError, match="NotFoundException"):
        ses.get_email_identity(EmailIdentity="example.com")


def test_an_identity_needs_the_configuration_set_that_it_names(ses: Any) -> None:
    with pytest.raises(ClientError, match="Configuration set <nowhere> does not exist"):
        ses.create_email_identity(EmailIdentity="a@example.com", ConfigurationSetName="nowhere")
