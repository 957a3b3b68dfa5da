"""Tokens made as `aws eks get-token` makes them, reviewed by what an emulated AWS knows."""

import base64
import json
import urllib.request
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.signers import RequestSigner

from tests.support.control_plane import CommandFailed, ControlPlane
from tests.support.control_plane.token_webhook import CLUSTER_HEADER, PREFIX, Refused, TokenWebhook, User
from tests.support.emulator import REGION, clients, emulated_aws

CLUSTER = "shop"
ELSEWHERE = PREFIX + base64.urlsafe_b64encode(b"https://example.com/?Action=GetCallerIdentity").decode()
ADMIN = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy"


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    with emulated_aws(tmp_path_factory.mktemp("emulator") / "log") as environment:
        make_cluster(environment)
        yield environment


@pytest.fixture(scope="module")
def webhook(aws: dict[str, str]) -> Iterator[TokenWebhook]:
    with TokenWebhook(aws, CLUSTER) as webhook:
        yield webhook


def test_a_role_with_the_cluster_admin_policy_is_a_master(aws: dict[str, str], webhook: TokenWebhook) -> None:
    arn = role(aws, "admin")
    admit(aws, arn, ADMIN)
    user = webhook.review(_token(aws, assume(aws, arn)))
    assert user == User("arn:aws:sts::123456789012:assumed-role/admin/tests", ["system:masters"])


def test_a_role_is_found_by_its_name_whatever_its_path(aws: dict[str, str], webhook: TokenWebhook) -> None:
    arn = role(aws, "pipeline", path="/teams/shop/")
    admit(aws, arn, ADMIN)
    assert webhook.review(_token(aws, assume(aws, arn))).groups == ["system:masters"]


def test_a_user_has_an_entry_of_its_own(aws: dict[str, str], webhook: TokenWebhook) -> None:
    iam = clients(aws)("iam")
    arn = iam.create_user(UserName="somebody")["User"]["Arn"]
    keys = iam.create_access_key(UserName="somebody")["AccessKey"]
    admit(aws, arn, ADMIN)
    session = boto3.Session(keys["AccessKeyId"], keys["SecretAccessKey"], region_name=REGION)
    assert webhook.review(_token(aws, session)) == User(arn, ["system:masters"])


def test_a_role_without_an_entry_is_nobody(aws: dict[str, str], webhook: TokenWebhook) -> None:
    arn = role(aws, "stranger")
    with pytest.raises(Refused, match="assumed-role/stranger/tests has no access entry in shop"):
        webhook.review(_token(aws, assume(aws, arn)))


def test_an_entry_without_a_policy_gives_nothing(aws: dict[str, str], webhook: TokenWebhook) -> None:
    arn = role(aws, "guest")
    admit(aws, arn)
    with pytest.raises(Refused, match="gives no group"):
        webhook.review(_token(aws, assume(aws, arn)))


@pytest.mark.parametrize(
    ("token", "reason"),
    [
        ("admintoken", "does not begin with k8s-aws-v1"),
        (
            PREFIX + base64.urlsafe_b64encode(b"https://example.com/?Action=GetCallerIdentity").decode(),
            "does not go to",
        ),
    ],
)
def test_what_is_no_token_of_ours_is_refused(webhook: TokenWebhook, token: str, reason: str) -> None:
    with pytest.raises(Refused, match=reason):
        webhook.review(token)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (("GetCallerIdentity", "GetSessionToken"), "is not GetCallerIdentity"),
        ((CLUSTER_HEADER, "x-other"), "does not sign x-k8s-aws-id"),
        (("X-Amz-Date=20", "X-Amz-Date=19"), "has expired"),
    ],
)
def test_another_request_is_refused(
    aws: dict[str, str], webhook: TokenWebhook, change: tuple[str, str], reason: str
) -> None:
    request = base64.urlsafe_b64decode(_token(aws, _session(aws)).removeprefix(PREFIX) + "==").decode()
    assert change[0] in request
    with pytest.raises(Refused, match=reason):
        webhook.review(PREFIX + base64.urlsafe_b64encode(request.replace(*change).encode()).decode())


def test_an_api_server_gets_a_token_review(aws: dict[str, str], webhook: TokenWebhook) -> None:
    arn = role(aws, "reviewed")
    admit(aws, arn, ADMIN)
    assert _review(webhook, _token(aws, assume(aws, arn)))["user"]["groups"] == ["system:masters"]
    assert _review(webhook, "nonsense") == {
        "authenticated": False,
        "error": "The token does not begin with k8s-aws-v1.",
    }


def test_an_api_server_knows_whom_the_access_entries_admit(aws: dict[str, str], version: str) -> None:
    admin, stranger = role(aws, "known"), role(aws, "unknown")
    admit(aws, admin, ADMIN)
    issuer = "https://oidc.example.com/id/1"
    with ControlPlane(version, crds=False, node_count=1, issuer=issuer, aws=aws, cluster_name=CLUSTER) as plane:
        said = plane.kubectl(f"--token={_token(aws, assume(aws, admin))}", "auth", "whoami", "--output=json")
        user = json.loads(said)["status"]["userInfo"]
        assert (user["username"], user["groups"][0]) == (
            "arn:aws:sts::123456789012:assumed-role/known/tests",
            "system:masters",
        )
        with pytest.raises(CommandFailed, match="must be logged in"):
            plane.kubectl(f"--token={_token(aws, assume(aws, stranger))}", "get", "nodes")
        account = plane.kubectl("create", "token", "default")
        assert json.loads(base64.urlsafe_b64decode(account.split(".")[1] + "=="))["iss"] == issuer


def make_cluster(aws: dict[str, str]) -> None:
    client = clients(aws)
    ec2 = client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{number}.0/24", AvailabilityZone=f"{REGION}{letter}")
        for number, letter in enumerate("ab")
    ]
    client("eks").create_cluster(
        name=CLUSTER,
        roleArn=role(aws, "cluster"),
        resourcesVpcConfig={"subnetIds": [subnet["Subnet"]["SubnetId"] for subnet in subnets]},
        accessConfig={"authenticationMode": "API"},
    )


def role(aws: dict[str, str], name: str, path: str = "/") -> str:
    made = clients(aws)("iam").create_role(RoleName=name, Path=path, AssumeRolePolicyDocument="{}")
    return str(made["Role"]["Arn"])


def admit(aws: dict[str, str], arn: str, policy: str | None = None) -> None:
    eks = clients(aws)("eks")
    eks.create_access_entry(clusterName=CLUSTER, principalArn=arn)
    if policy:
        eks.associate_access_policy(
            clusterName=CLUSTER, principalArn=arn, policyArn=policy, accessScope={"type": "cluster"}
        )


def _session(aws: dict[str, str]) -> boto3.Session:
    return boto3.Session(aws["AWS_ACCESS_KEY_ID"], aws["AWS_SECRET_ACCESS_KEY"], region_name=REGION)


def assume(aws: dict[str, str], arn: str) -> boto3.Session:
    keys = clients(aws)("sts").assume_role(RoleArn=arn, RoleSessionName="tests")["Credentials"]
    return boto3.Session(keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"], region_name=REGION)


def _token(aws: dict[str, str], session: boto3.Session) -> str:
    sts = session.client("sts")
    signer = RequestSigner(
        sts.meta.service_model.service_id, REGION, "sts", "v4", session.get_credentials(), session.events
    )
    request = {
        "method": "GET",
        "url": f"{aws['AWS_ENDPOINT_URL']}/?Action=GetCallerIdentity&Version=2011-06-15",
        "body": {},
        "headers": {CLUSTER_HEADER: CLUSTER},
        "context": {},
    }
    url = signer.generate_presigned_url(request, region_name=REGION, expires_in=60, operation_name="")
    return PREFIX + base64.urlsafe_b64encode(url.encode()).decode().rstrip("=")


def _review(webhook: TokenWebhook, token: str) -> dict[str, Any]:
    body = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenReview", "spec": {"token": token}}
    request = urllib.request.Request(webhook.url, json.dumps(body).encode(), {"Content-Type": "application/json"})
    with urllib.request.urlopen(request) as answer:
        review = json.loads(answer.read())
    assert review["kind"] == "TokenReview"
    return dict(review["status"])
