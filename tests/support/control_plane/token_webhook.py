"""Answers an API server who the bearer of a token of `aws eks get-token` is, as EKS does by its access entries.

The token is a presigned request of STS; who sends it learns whose keys signed it. Of the access policies, only
AmazonEKSClusterAdminPolicy gives a group here.
"""

import base64
import datetime
import re
import threading
import urllib.error
import urllib.request
from http.server import ThreadingHTTPServer
from typing import Any, NamedTuple, Self
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree

import boto3

from tests.support.json_handler import JsonHandler

PREFIX = "k8s-aws-v1."
CLUSTER_HEADER = "x-k8s-aws-id"
ADMIN_POLICY = "AmazonEKSClusterAdminPolicy"
MINUTES_VALID = 15


class Refused(Exception):
    """Why a token is not accepted."""


class User(NamedTuple):
    name: str
    groups: list[str]


class TokenWebhook:
    """A context manager; `url` is where the API server asks."""

    def __init__(self, aws: dict[str, str], cluster_name: str) -> None:
        self.endpoint, self.cluster_name = aws["AWS_ENDPOINT_URL"], cluster_name
        self.opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        self.eks = boto3.Session(
            aws["AWS_ACCESS_KEY_ID"],
            aws["AWS_SECRET_ACCESS_KEY"],
            aws.get("AWS_SESSION_TOKEN"),
            region_name=aws.get("AWS_REGION", "eu-west-1"),
        ).client("eks", endpoint_url=self.endpoint)

    def __enter__(self) -> Self:
        handler = type("Bound", (_Handler,), {"webhook": self})
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()

    def review(self, token: str) -> User:
        return self._user(self._caller(token))

    def _caller(self, token: str) -> str:
        """The ARN that STS answers to the token's request, if that is what it should be, for this cluster."""
        url = _request(token)
        asked, query = urlsplit(url), {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        if (asked.scheme, asked.netloc) != urlsplit(self.endpoint)[:2] or asked.path != "/":
            raise Refused(f"The token's request does not go to {self.endpoint}.")
        if query.get("Action") != "GetCallerIdentity":
            raise Refused("The token's request is not GetCallerIdentity.")
        if CLUSTER_HEADER not in query.get("X-Amz-SignedHeaders", "").split(";"):
            raise Refused(f"The token's request does not sign {CLUSTER_HEADER}.")
        if _expired(query.get("X-Amz-Date", "")):
            raise Refused("The token has expired.")
        # moto looks for the key in this header alone, also when the request carries it in its query.
        parts = ", ".join(
            f"{part}={query.get(f'X-Amz-{part}')}" for part in ("Credential", "SignedHeaders", "Signature")
        )
        headers = {CLUSTER_HEADER: self.cluster_name, "Authorization": f"AWS4-HMAC-SHA256 {parts}"}
        try:
            with self.opener.open(urllib.request.Request(url, headers=headers), timeout=10) as answer:
                arn = ElementTree.fromstring(answer.read()).findtext(".//{*}Arn")
        except urllib.error.URLError as failure:
            raise Refused(f"STS: {failure}") from failure
        return arn or ""

    def _user(self, arn: str) -> User:
        entries = self.eks.list_access_entries(clusterName=self.cluster_name)["accessEntries"]
        which = {"clusterName": self.cluster_name}
        which["principalArn"] = next((principal for principal in entries if _is(arn, principal)), "")
        if not which["principalArn"]:
            raise Refused(f"{arn} has no access entry in {self.cluster_name}.")
        entry = self.eks.describe_access_entry(**which)["accessEntry"]
        policies = self.eks.list_associated_access_policies(**which)["associatedAccessPolicies"]
        groups = list(entry["kubernetesGroups"])
        if any(policy["policyArn"].endswith(f"/{ADMIN_POLICY}") for policy in policies):
            groups.append("system:masters")
        if not groups:
            raise Refused(f"The access entry of {arn} gives no group.")
        return User(entry["username"].replace("{{SessionName}}", arn.rpartition("/")[2]), groups)


class _Handler(JsonHandler):
    webhook: TokenWebhook

    def post(self, review: Any) -> None:
        try:
            user = self.webhook.review(review["spec"]["token"])
            status: dict[str, Any] = {
                "authenticated": True,
                "user": {"username": user.name, "groups": user.groups},
            }
        except Refused as reason:
            status = {"authenticated": False, "error": str(reason)}
        self.answer({"apiVersion": review["apiVersion"], "kind": "TokenReview", "status": status})


def _is(arn: str, principal: str) -> bool:
    """Whether a caller is this principal: a session's ARN names its role, but not the role's path."""
    role = re.fullmatch(r"arn:([^:]+):sts::(\d+):assumed-role/([^/]+)/[^/]+", arn)
    if not role:
        return arn == principal
    partition, account, name = role.groups()
    return principal.startswith(f"arn:{partition}:iam::{account}:role/") and principal.endswith(f"/{name}")


def _request(token: str) -> str:
    if not token.startswith(PREFIX):
        raise Refused(f"The token does not begin with {PREFIX}")
    encoded = token.removeprefix(PREFIX)
    try:
        return base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4)).decode()
    except ValueError as failure:
        raise Refused("The token is no base64.") from failure


def _expired(date: str) -> bool:
    try:
        signed = datetime.datetime.strptime(date, "%Y%m%dT%H%M%SZ").replace(tzinfo=datetime.UTC)
    except ValueError:
        return True
    return datetime.datetime.now(datetime.UTC) - signed > datetime.timedelta(minutes=MINUTES_VALID)
