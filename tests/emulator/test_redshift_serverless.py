"""Redshift Serverless: a namespace with its managed password, a workgroup with AWS's settings, a usage limit."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.emulator.conftest import Client


@pytest.fixture
def redshift(client: Client) -> Any:
    return client("redshift-serverless")


def test_a_managed_password_is_a_secret_that_goes_with_its_namespace(redshift: Any, client: Client) -> None:
    wish = {"namespaceName": "managed", "adminUsername": "admin", "manageAdminPassword": True}
    secret = redshift.create_namespace(**wish)["namespace"]["adminPasswordSecretArn"]
    assert client("secretsmanager").describe_secret(SecretId=secret)["OwningService"] == "redshift"
    redshift.delete_namespace(namespaceName="managed")
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        client("secretsmanager").describe_secret(SecretId=secret)


def test_a_namespace_stays_while_it_has_a_workgroup(redshift: Any) -> None:
    redshift.create_namespace(namespaceName="busy")
    redshift.create_workgroup(workgroupName="busy", namespaceName="busy")
    with pytest.raises(ClientError, match="ConflictException"):
        redshift.delete_namespace(namespaceName="busy")
    redshift.delete_workgroup(workgroupName="busy")
    assert redshift.delete_namespace(namespaceName="busy")["namespace"]["status"] == "DELETING"


def test_a_workgroup_has_settings_that_nobody_asked_for(redshift: Any) -> None:
    redshift.create_namespace(namespaceName="settings")
    asked = [{"parameterKey": "max_query_execution_time", "parameterValue": "60"}]
    made = redshift.create_workgroup(workgroupName="settings", namespaceName="settings", configParameters=asked)
    found = {one["parameterKey"]: one["parameterValue"] for one in made["workgroup"]["configParameters"]}
    assert (found["max_query_execution_time"], found["require_ssl"]) == ("60", "true")


def test_enhanced_routing_needs_three_zones(redshift: Any, subnets: list[str]) -> None:
    redshift.create_namespace(namespaceName="routing")
    wish = {"workgroupName": "routing", "namespaceName": "routing", "enhancedVpcRouting": True}
    with pytest.raises(ClientError, match="requires subnets in 3 Availability Zones"):
        redshift.create_workgroup(**wish, subnetIds=subnets[:2])
    assert redshift.create_workgroup(**wish, subnetIds=subnets)["workgroup"]["subnetIds"] == subnets


def test_a_usage_limit_and_its_tags(redshift: Any) -> None:
    redshift.create_namespace(namespaceName="limited")
    group = redshift.create_workgroup(
        workgroupName="limited", namespaceName="limited", tags=[{"key": "a", "value": "1"}]
    )
    arn = group["workgroup"]["workgroupArn"]
    limit = redshift.create_usage_limit(resourceArn=arn, usageType="serverless-compute", amount=60)["usageLimit"]
    assert (limit["period"], limit["breachAction"]) == ("monthly", "log")
    assert redshift.list_tags_for_resource(resourceArn=arn)["tags"] == [{"key": "a", "value": "1"}]
