"""`make adopt` and real Terraform take over what is there: nothing is replaced, nothing of its owner is overwritten."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from modules.paths import ROOT
from tests.support.emulator import REGION
from tests.support.terraform_workspace import Workspace, expect
from tests.support.transcripts import Shows, transcript, without

ACCOUNT = "123456789012"
SERVICES = """\
project: shop
region: eu-west-1
accept: [http-only, private-api, nat-traffic, public-image]
services:
  orders: # takes over what it had
    pods: 2
    aws: [s3, sqs, sns, dynamodb, kms, secrets] # all of it
  other:
    pods: 1
"""
OUTPUT = re.compile(r"data\.terraform_remote_state\.(\w+)\.outputs\.(\w+)")
TAGS = [{"Key": "owner", "Value": "team-orders"}]
POLICY = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "*", "Resource": "*"}],
}
Client = Callable[[str], Any]


@pytest.fixture(scope="module")
def there(own_client: Client) -> dict[str, str]:
    """Word -> ARN of what is there, with settings and data of its owner."""
    table = own_client("dynamodb").create_table(
        TableName="orders-prod",
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("order", "line", "customer")],
        KeySchema=[{"AttributeName": "order", "KeyType": "HASH"}, {"AttributeName": "line", "KeyType": "RANGE"}],
        GlobalSecondaryIndexes=[
            {
                "IndexName": "by-customer",
                "KeySchema": [{"AttributeName": "customer", "KeyType": "HASH"}],
                "Projection": {"ProjectionType": "ALL"},
            }
        ],
        BillingMode="PAY_PER_REQUEST",
        Tags=TAGS,
    )["TableDescription"]["TableArn"]
    own_client("dynamodb").put_item(TableName="orders-prod", Item={"order": {"S": "1"}, "line": {"S": "1"}})
    own_client("dynamodb").update_time_to_live(
        TableName="orders-prod", TimeToLiveSpecification={"Enabled": True, "AttributeName": "gone"}
    )
    s3 = own_client("s3")
    s3.create_bucket(Bucket="orders-files", CreateBucketConfiguration={"LocationConstraint": REGION})
    s3.put_bucket_policy(Bucket="orders-files", Policy=json.dumps(POLICY))
    s3.put_bucket_tagging(Bucket="orders-files", Tagging={"TagSet": TAGS})
    s3.put_object(Bucket="orders-files", Key="a", Body=b"a")
    _bucket_of_logs(own_client, "owners-logs")
    logging = {"LoggingEnabled": {"TargetBucket": "owners-logs", "TargetPrefix": "orders/"}}
    s3.put_bucket_logging(Bucket="orders-files", BucketLoggingStatus=logging)
    sqs = own_client("sqs")
    dead = sqs.create_queue(QueueName="orders-dead")["QueueUrl"]
    attributes = {"MessageRetentionPeriod": "1000000", "VisibilityTimeout": "77", "Policy": json.dumps(POLICY)}
    attributes["RedrivePolicy"] = json.dumps(
        {"deadLetterTargetArn": f"arn:aws:sqs:{REGION}:{ACCOUNT}:orders-dead", "maxReceiveCount": 9}
    )
    sqs.create_queue(QueueName="orders-in", Attributes=attributes, tags={"owner": "team-orders"})
    sqs.send_message(QueueUrl=dead, MessageBody="dead")
    topic = own_client("sns").create_topic(Name="orders-out", Tags=TAGS, Attributes={"DisplayName": "Orders"})[
        "TopicArn"
    ]
    own_client("sns").subscribe(TopicArn=topic, Protocol="email", Endpoint="ops@example.com")
    # moto answers without the usage unless it is given; AWS's default is this.
    key = own_client("kms").create_key(
        KeyUsage="ENCRYPT_DECRYPT",
        Description="Key of the old system",
        Policy=json.dumps(POLICY),
        Tags=[{"TagKey": "owner", "TagValue": "x"}],
    )["KeyMetadata"]["Arn"]
    secret = own_client("secretsmanager").create_secret(Name="orders/old", SecretString="s3cret", Description="Old")[
        "ARN"
    ]
    repository = own_client("ecr").create_repository(repositoryName="old/orders")["repository"]["repositoryArn"]
    return {
        "dynamodb": table,
        "s3": "arn:aws:s3:::orders-files",
        "sqs": f"arn:aws:sqs:{REGION}:{ACCOUNT}:orders-in",
        "sns": topic,
        "kms": key,
        "secrets": secret,
        "repository": repository,
    }


def _bucket_of_logs(client: Client, name: str) -> None:
    """Into which S3 may deliver logs; made once."""
    s3 = client("s3")
    if name in {one["Name"] for one in s3.list_buckets()["Buckets"]}:
        return
    s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})
    may = {
        "Effect": "Allow",
        "Principal": {"Service": "logging.s3.amazonaws.com"},
        "Action": "s3:PutObject",
        "Resource": f"arn:aws:s3:::{name}/*",
    }
    s3.put_bucket_policy(Bucket=name, Policy=json.dumps({"Version": "2012-10-17", "Statement": [may]}))


class Place:
    """A services.yaml with its generated/, and the command on it."""

    def __init__(self, folder: Path, aws: dict[str, str]) -> None:
        folder.mkdir(exist_ok=True)
        self.folder, self.aws = folder, aws
        self.file, self.out = folder / "services.yaml", folder / "generated"
        self.file.write_text(SERVICES)

    def adopt(self, service: str, arn: str) -> subprocess.CompletedProcess[str]:
        return self.main("adopt", service, arn)

    def main(self, *words: str, workspace: Workspace | None = None) -> subprocess.CompletedProcess[str]:
        """A command on it, or on the workspace that is made of it."""
        out, environment = (workspace.generated, workspace.environment) if workspace else (self.out, self.aws)
        here = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        return subprocess.run(
            [sys.executable, ROOT / "main.py", *words, "--file", self.file, "--out", out],
            env=here | environment,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )


@pytest.fixture(scope="module")
def adopted(own_aws: dict[str, str], there: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Place:
    place = Place(tmp_path_factory.mktemp("place"), own_aws)
    for arn in there.values():
        done = place.adopt("orders", arn)
        assert done.returncode == 0, done.stderr
    return place


def test_services_yaml_says_what_would_replace_it_and_nothing_else_of_the_text_changes(
    adopted: Place, there: dict[str, str]
) -> None:
    lines = adopted.file.read_text().splitlines()
    before = SERVICES.splitlines()
    assert lines[:6] == before[:6]
    assert lines[-2:] == before[-2:]
    (aws,) = [line for line in lines if line.startswith("    aws: ")]
    assert aws.endswith(" # all of it")
    keys = "partition_key: {name: order, type: S}, sort_key: {name: line, type: S}, ttl: gone"
    assert f"{{dynamodb: {{adopt: {{name: orders-prod}}, {keys}}}}}" in aws
    assert "{s3: {adopt: {name: orders-files, attached: [logging, policy" in aws
    assert f'{{secrets: {{adopt: {{arn: "{there["secrets"]}"}}}}}}' in aws
    assert lines[7] == "    repository: {adopt: {name: old/orders, encryption: AES256}}"


def _upstream(workspace: Workspace, client: Client, stack: str = "orders") -> None:
    """States of what the service's stack reads, with values that AWS knows."""
    ec2 = client("ec2")
    group = ec2.describe_security_groups()["SecurityGroups"][0]["GroupId"]
    key = client("kms").create_key()["KeyMetadata"]["Arn"]
    _bucket_of_logs(client, "bucket-logs")
    values: dict[str, Any] = {
        "bucket_logs_name": "bucket-logs",
        "logs_key_arn": key,
        "alarms_topic_arn": f"arn:aws:sns:{REGION}:{ACCOUNT}:alarms",
        "service_security_group_ids": {"orders": group, "other": group},
        "service_fargate_profiles": {"orders": "orders-fp", "other": "other-fp"},
        "service_namespaces": {"orders": "orders", "other": "other"},
        "oidc_provider_arn": f"arn:aws:iam::{ACCOUNT}:oidc-provider/oidc.example.com",
        "oidc_issuer": "oidc.example.com",
        "s3_prefix_list_id": "pl-6da54004",
    }
    text = json.dumps(workspace.whole[stack])
    state = workspace.generated.parent / "state"
    state.mkdir(exist_ok=True)
    offered = {stack: dict(values) for stack in workspace.whole[stack]["data"]["terraform_remote_state"]}
    for one, output in OUTPUT.findall(text):
        offered[one].setdefault(output, "unused")
    for one, outputs in offered.items():
        written = {
            name: {
                "value": value,
                "type": ["object", dict.fromkeys(value, "string")] if isinstance(value, dict) else "string",
            }
            for name, value in outputs.items()
        }
        content = {"version": 4, "serial": 1, "lineage": one, "terraform_version": "1.11.0", "outputs": written}
        (state / f"{one}.tfstate").write_text(json.dumps({**content, "resources": []}))


def test_a_table_is_adopted_and_its_plan_says_what_changes_in_place(
    own_client: Client, own_aws: dict[str, str], tmp_path: Path, shows: Shows
) -> None:
    own_client("dynamodb").create_table(
        TableName="baskets",
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "N"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
    )
    arn = f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/baskets"
    place = Place(tmp_path / "place", own_aws)
    adopted = place.adopt("other", arn)
    assert adopted.returncode == 0, adopted.stderr
    written = [line for line in place.file.read_text().splitlines() if line not in SERVICES.splitlines()]
    workspace = Workspace(place.out, tmp_path / "work", own_aws)
    _upstream(workspace, own_client, "other")
    planned = place.main("plan", "other", workspace=workspace)
    assert planned.returncode == 2, planned.stderr
    edited = "".join(f"+{line}\n" for line in written)
    said = adopted.stderr.partition("adopts ")
    shows(
        "table-adopted",
        transcript(
            (f"make adopt SERVICE=other FROM={arn}", f"{said[0].splitlines()[-1]}{said[1]}{said[2]}"),
            ("git diff --unified=0 services.yaml | grep '^[+-][^+-]'", edited),
            (".venv/bin/python main.py plan other", without("Cost", planned.stdout)),
        ),
    )


def _owners(client: Client, there: dict[str, str]) -> dict[str, Any]:
    """What its owner set, and the data."""
    table = client("dynamodb").describe_table(TableName="orders-prod")["Table"]
    sqs = client("sqs")
    url, dead = (sqs.get_queue_url(QueueName=name)["QueueUrl"] for name in ("orders-in", "orders-dead"))
    queue = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    topic = client("sns").get_topic_attributes(TopicArn=there["sns"])["Attributes"]
    key = client("kms").describe_key(KeyId=there["kms"])["KeyMetadata"]
    secret = client("secretsmanager").describe_secret(SecretId=there["secrets"])
    return {
        "indexes": [one["IndexName"] for one in table["GlobalSecondaryIndexes"]],
        "keys": table["KeySchema"],
        "created": table["CreationDateTime"],
        "items": client("dynamodb").scan(TableName="orders-prod")["Items"],
        "table owner": _owner(client("dynamodb").list_tags_of_resource(ResourceArn=there["dynamodb"])["Tags"]),
        "bucket policy": client("s3").get_bucket_policy(Bucket="orders-files")["Policy"],
        "bucket logging": client("s3").get_bucket_logging(Bucket="orders-files")["LoggingEnabled"],
        "bucket owner": _owner(client("s3").get_bucket_tagging(Bucket="orders-files")["TagSet"]),
        "object": client("s3").get_object(Bucket="orders-files", Key="a")["Body"].read(),
        "queue": {name: queue[name] for name in ("MessageRetentionPeriod", "VisibilityTimeout", "CreatedTimestamp")},
        "queue policy": queue["Policy"],
        "redrive": json.loads(queue["RedrivePolicy"]),
        "queue owner": sqs.list_queue_tags(QueueUrl=url)["Tags"]["owner"],
        "dead": sqs.get_queue_attributes(QueueUrl=dead, AttributeNames=["All"])["Attributes"][
            "ApproximateNumberOfMessages"
        ],
        "topic": {name: topic[name] for name in ("Policy", "DisplayName")},
        "subscriptions": client("sns").list_subscriptions_by_topic(TopicArn=there["sns"])["Subscriptions"],
        "key": (key["Description"], key["CreationDate"]),
        "key policy": client("kms").get_key_policy(KeyId=there["kms"], PolicyName="default")["Policy"],
        "secret": (secret["Description"], secret["CreatedDate"]),
        "value": client("secretsmanager").get_secret_value(SecretId=there["secrets"])["SecretString"],
    }


def _owner(tags: list[dict[str, str]]) -> list[str]:
    return [tag["Value"] for tag in tags if tag["Key"] == "owner"]


def test_nothing_is_replaced_nothing_is_overwritten_and_a_second_plan_is_empty(
    adopted: Place, own_client: Client, there: dict[str, str], own_aws: dict[str, str], tmp_path: Path
) -> None:
    workspace = Workspace(adopted.out, tmp_path, own_aws)
    _upstream(workspace, own_client)
    before = _owners(own_client, there)
    workspace.init("orders")
    expect(workspace.run("orders", "plan", "-out=plan"), 0)
    changes = json.loads(workspace.run("orders", "show", "-json", "plan").stdout)["resource_changes"]
    imported = {one["address"]: one["change"]["actions"] for one in changes if one["change"].get("importing")}
    declared = json.loads((adopted.out / "stacks" / "orders" / "transitions.tf.json").read_text())["import"]
    assert imported.keys() == {one["to"] for one in declared}
    assert {"create", "delete"} & {action for actions in imported.values() for action in actions} == set()
    assert not [one["address"] for one in changes if "delete" in one["change"]["actions"]]
    expect(workspace.run("orders", "apply", "plan"), 0)
    assert _owners(own_client, there) == before
    plan = workspace.plan("orders")
    assert plan.code == 0, plan.text


@pytest.mark.parametrize(
    ("service", "arn", "words"),
    [
        ("nobody", "arn:aws:s3:::orders-files", ["SERVICE=nobody", "services.yaml has no service of this name."]),
        ("other", "orders-prod", ["FROM=orders-prod", "This is not an ARN.", "Name the resource by its ARN"]),
        ("other", "arn:aws:ec2:eu-west-1:123456789012:instance/i-1", ["No service can adopt this."]),
        ("other", "arn:aws:sqs:eu-west-2:123456789012:a", ["It is in eu-west-2, and the system in eu-west-1."]),
        ("other", "arn:aws:sqs:eu-west-1:444455556666:a", ["you are logged in to 123456789012."]),
        ("other", "arn:aws:sqs:eu-west-1:123456789012:a.fifo", ["It is a FIFO queue"]),
        ("other", "arn:aws:dynamodb:eu-west-1:123456789012:table/none", ["AWS has no such resource."]),
        ("other", "arn:aws:s3:::nothing-of-this-name", ["AWS has no such resource."]),
        ("other", "arn:aws:sqs:eu-west-1:123456789012:none", ["AWS has no such resource."]),
        ("other", "arn:aws:dynamodb:eu-west-1:123456789012:table/orders-prod", ["orders-prod is adopted twice."]),
    ],
)
def test_what_can_not_be_adopted_is_said_and_nothing_is_written(
    adopted: Place, service: str, arn: str, words: list[str]
) -> None:
    before = adopted.file.read_bytes()
    done = adopted.adopt(service, arn)
    assert done.returncode == 1
    assert [word for word in words if word not in done.stderr] == [], done.stderr
    assert adopted.file.read_bytes() == before
