"""What the role of a pod's account may do, by what stands in AWS and the API server."""

import base64
import json
from collections.abc import Callable
from typing import Any

import boto3

from modules.iam.evaluation import Call, allows
from tests.support import permission_calls
from tests.support.deployment import Deployment
from tests.support.iam_simulator import document, grants, trusts

Client = Callable[[str], Any]
AUDIENCE = "--audience=sts.amazonaws.com"


def allowed_exactly(wanted: list[Call], policies: list[dict[str, Any]], denied: list[Call]) -> None:
    """Also no call without the conditions on it, and no action on any resource that is not wanted."""
    assert [call for call in wanted if not allows(policies, call)] == []
    unconditional = [call._replace(context={}) for call in wanted if call.context]
    assert [call for call in (*denied, *unconditional) if allows(policies, call)] == []
    unwanted = [
        grant
        for grant in grants(policies)
        if not any(call.action == grant["Action"] and allows([{"Statement": grant}], call) for call in wanted)
    ]
    assert unwanted == []


def assumed(
    deployed: Deployment,
    outputs: dict[str, dict[str, Any]],
    client: Client,
    aws: dict[str, str],
    service: str,
    account: str,
) -> str:
    """Name of the role that STS gives for the account's token."""
    found = {one["metadata"]["name"]: one for one in deployed.items("serviceaccounts", service)}
    arn = found[account]["metadata"]["annotations"]["eks.amazonaws.com/role-arn"]
    token = deployed.plane.kubectl("create", "token", account, f"--namespace={service}", AUDIENCE).strip()
    assert trusts(trust_of(client, arn), outputs["cluster"]["oidc_provider_arn"], claims_of(token))
    keys = client("sts").assume_role_with_web_identity(RoleArn=arn, RoleSessionName="pod", WebIdentityToken=token)
    session = boto3.Session(
        keys["Credentials"]["AccessKeyId"],
        keys["Credentials"]["SecretAccessKey"],
        keys["Credentials"]["SessionToken"],
        region_name=permission_calls.REGION,
    )
    identity = session.client("sts", endpoint_url=aws["AWS_ENDPOINT_URL"]).get_caller_identity()["Arn"]
    role = str(identity.split("/")[1])
    assert arn.endswith(f":role/{role}")
    return role


def trust_of(client: Client, arn: str) -> dict[str, Any]:
    return document(client("iam").get_role(RoleName=arn.rpartition("/")[2])["Role"]["AssumeRolePolicyDocument"])


def claims_of(token: str) -> dict[str, Any]:
    payload = token.split(".")[1]
    return dict(json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4))))
